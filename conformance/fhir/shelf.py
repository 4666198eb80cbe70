"""The documents of one patient on the FHIR API: what tests about ITI-65, ITI-67, ITI-68 and CH:MHD-1 share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, RegisteredPatient
from fixtures.client.fhir_documents import Provided, Provision
from fixtures.epr.fhir_documents import (
    Paper,
    attachment_of,
    find_document_references,
    master_identifier,
    next_page,
    references_of,
    retrieve_document,
    update,
)
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.target import User

#: where a submission of one document has what
LIST: Final = "entry[0].resource"
DOCUMENT: Final = "entry[1].resource"
ATTACHMENT: Final = f"{DOCUMENT}.content[0].attachment"
BINARY: Final = "entry[2].resource"
#: every status a document can have
ANY: Final = "current,superseded"
Change = Callable[[Call], Call]


@dataclass(frozen=True)
class Shelf:
    """``role`` is who acts where a test names nobody: the patient sees and may do everything."""

    community: Community
    patient: RegisteredPatient
    role: str = "PAT"

    def token(self, role: str = "", *, purpose: str = "", user: User | None = None) -> str:
        return self.community.fhir.token(role or self.role, self.patient, purpose=purpose, user=user)

    def send(self, call: Call, *, baseline: Call | Callable[[], Call] | None = None) -> RestReply:
        return self.community.fhir.send(call, baseline=baseline)

    # --- publishing ------------------------------------------------------------------------------

    def paper(self, **wanted: Any) -> Paper:
        return self.community.fhir.paper(self.patient, **{"role": self.role, **wanted})

    def provision(self, *papers: Paper, role: str = "", **wanted: Any) -> Provision:
        """A valid submission, not yet sent."""
        role = role or self.role
        return self.community.fhir.provision(self.patient, *papers, role=role, token=self.token(role), **wanted)

    def publish(self, *papers: Paper, role: str = "", **wanted: Any) -> Provided:
        """A submission that must be taken."""
        role = role or self.role
        return self.community.fhir.publish(self.patient, *papers, role=role, token=self.token(role), **wanted)

    def fresh(self) -> Call:
        """Another valid submission, which can be sent once."""
        return self.provision().call

    def refused(
        self,
        change: Change,
        *,
        statuses: Iterable[int] = (422, 400),
        usual: Iterable[str] = (),
        tolerated: Iterable[int | str] = (),
        provision: Provision | None = None,
    ) -> RestReply:
        """A valid submission with one change is refused, and nothing of it is stored."""
        sent = provision or self.provision()
        reply = self.send(change(sent.call), baseline=self.fresh)
        expect(reply).is_refused(*statuses, usual=usual, tolerated=tolerated)
        self.has_none(reply, *(paper.entry.unique_id for paper in sent.papers))
        return reply

    def has_none(self, reply: RestReply, *unique_ids: str) -> None:
        """None of these documents is found, whatever its status."""
        left = set(unique_ids) & set(self.found(status=ANY))
        expect(reply).meets(not left, "nothing stored", f"found by ITI-67: {sorted(left)}")

    # --- finding ---------------------------------------------------------------------------------

    def query(self, *more: tuple[str, str], role: str = "", status: str = "current", user: User | None = None) -> Call:
        """The search for this patient's documents."""
        token = self.token(role, user=user)
        return find_document_references(self.patient.spid, *more, token=token, status=status)

    def search(self, *more: tuple[str, str], **who: Any) -> RestReply:
        """A search that must be answered."""
        return self.community.fhir.accepted(self.query(*more, **who))

    def found(self, *more: tuple[str, str], **who: Any) -> list[str]:
        """The uniqueIds of what is found, sorted."""
        return sorted(map(master_identifier, self.all_of(self.search(*more, **who))))

    def all_of(self, first: RestReply) -> list[dict[str, Any]]:
        """The DocumentReferences of an answer and of the pages after it."""
        return [one for page in self.pages_after(first) for one in references_of(page)]

    def pages_after(self, first: RestReply) -> list[RestReply]:
        """An answer and those its next links lead to; at most ten."""
        found = [first]
        while len(found) < 10 and (url := next_page(found[-1])):
            call = Call("ITI-67", "GET", url, token=first.request.token)
            found.append(self.community.fhir.accepted(call))
        return found

    def finds(self, wanted: Iterable[Provided], *more: tuple[str, str], **who: Any) -> RestReply:
        """The search finds exactly these documents."""
        reply = self.send(self.query(*more, **who))
        found = sorted(map(master_identifier, self.all_of(reply)))
        expected = sorted(one.entry.unique_id for one in wanted)
        expect(reply).is_ok().meets(found == expected, f"the documents {expected}", found, "entry.resource")
        return reply

    def finds_by_one(self, wanted: Iterable[Provided], *alternatives: tuple[str, str]) -> None:
        """One of these parameters finds exactly these documents: the guide leaves open which."""
        replies = [self.send(self.query(one)) for one in alternatives]
        expected = sorted(one.entry.unique_id for one in wanted)
        found = [sorted(map(master_identifier, self.all_of(reply))) for reply in replies if reply.status == 200]
        expect(replies[0]).meets(expected in found, f"the documents {expected}", found, "entry.resource")

    def pages(self, count: int) -> list[RestReply]:
        """The answers to a search in pages of so many documents."""
        return self.pages_after(self.search(("_count", str(count))))

    def resource(self, document: Provided | Paper, **who: Any) -> dict[str, Any]:
        """The DocumentReference as ITI-67 gives it; Inconclusive (BASELINE_REFUSED) where it is not found."""
        reply = self.search(**{"status": ANY, **who})
        unique_id = document.entry.unique_id
        found = [one for one in self.all_of(reply) if master_identifier(one) == unique_id]
        if not found:
            raise Inconclusive(Reason.BASELINE_REFUSED, f"ITI-67 does not find {unique_id}, which was published")
        return found[0]

    def id_of(self, document: Provided | Paper) -> str:
        """The id of its DocumentReference; Inconclusive (BASELINE_REFUSED) where it has none."""
        id_ = self.resource(document).get("id")
        if not isinstance(id_, str):
            raise Inconclusive(Reason.BASELINE_REFUSED, "the DocumentReference ITI-67 gives has no id")
        return id_

    def relation(self, code: str, document: Provided | Paper) -> tuple[str, dict[str, Any]]:
        """relatesTo a document that was published."""
        return code, {"reference": f"DocumentReference/{self.id_of(document)}"}

    def retrieval(self, document: Provided | Paper, role: str = "", *, accept: str = "*/*") -> Call:
        """ITI-68 for a document, by a user of this role; the URL is from the patient's view."""
        url = str(attachment_of(self.resource(document)).get("url", ""))
        return retrieve_document(url, token=self.token(role), accept=accept)

    # --- updating --------------------------------------------------------------------------------

    def update(self, resource: Mapping[str, Any], role: str = "", *, user: User | None = None) -> Call:
        return update(resource, token=self.token(role, user=user))

    def unchanged(self, reply: RestReply, document: Provided, before: Mapping[str, Any]) -> None:
        """The DocumentReference is what it was: what may be updated, and what may not."""
        now = self.resource(document)
        differ = [name for name in _SAID if now.get(name) != before.get(name)]
        expect(reply).meets(not differ, "nothing changed", f"changed: {', '.join(differ)}")


_SAID: Final = ("masterIdentifier", "status", "type", "category", "subject", "securityLabel", "content", "extension")
