"""One good set of exchanges for each transaction of the FHIR API, on which its structural rows are judged."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from conformance.fhir.directory import Directory
from fixtures.checks.catalogue import Requirement
from fixtures.checks.rest_rows import RestView, answer_view, call_view
from fixtures.checks.rows import demand
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import complete
from fixtures.epr.fhir_directory import OID_SYSTEM, find, read
from fixtures.epr.fhir_documents import (
    by_post,
    find_document_references,
    read_document_reference,
    references_of,
    update,
    update_all,
)
from fixtures.epr.fhir_json import Resource
from fixtures.epr.fhir_patients import cross_reference, match
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import Call, metadata
from fixtures.epr.rest_reply import RestReply
from fixtures.suite.watch import facts_of

Maker = Callable[[Community], Iterator[Call]]


class RestSamples:
    """Sends each kind of call in its variants, once, and keeps requests and replies."""

    def __init__(self, community: Community, makers: Mapping[str, Maker] | None = None) -> None:
        self.community = community
        self.makers = MAKERS if makers is None else makers
        self.facts = facts_of(community.target)
        self._kept: dict[str, list[RestReply]] = {}

    def demand(self, message: str, row: Requirement) -> None:
        """``message`` is "ITI-83 response" or "ITI-83 request"."""
        transaction, _, side = message.rpartition(" ")
        replies = self._of(transaction)
        views: Iterator[RestView | None]
        if side == "response":
            views = (answer_view(reply, self.facts) for reply in replies)
        else:
            views = (call_view(reply.request, self.facts) for reply in replies)
        demand(row, views)

    def _of(self, transaction: str) -> list[RestReply]:
        if transaction not in self._kept:
            calls = self.makers[transaction](self.community)
            self._kept[transaction] = [self.community.fhir.send(call) for call in calls]
        return self._kept[transaction]


def _capabilities(community: Community) -> Iterator[Call]:
    del community
    yield metadata()
    yield Call("FHIR API", "GET", "Observation").without_token()


def _pix(community: Community) -> Iterator[Call]:
    patient, domains = community.patient(), community.target.domains
    yield community.fhir.basic(cross_reference(domains.local, patient.local_id))
    yield community.fhir.basic(cross_reference(domains.local, patient.local_id, EPR_SPID, domains.mpi))
    yield community.fhir.basic(cross_reference(domains.local, "never-added"))


def _match(community: Community) -> Iterator[Call]:
    patient = community.patient()
    yield community.fhir.basic(match(family=patient.family, birth_date=patient.birth_date))
    yield community.fhir.basic(match(spid=patient.spid))


def _provide(community: Community) -> Iterator[Call]:
    patient = community.record()
    for role in ("PAT", "HCP"):
        yield community.fhir.provision(patient, role=role).call
    papers = [community.fhir.paper(patient, content=b"%%PDF-1.4 %d" % number) for number in range(2)]
    yield community.fhir.provision(patient, *papers).call
    yield community.fhir.provision(patient).call.in_xml()
    yield community.fhir.provision(patient).call.without("meta")


def _documents(community: Community) -> tuple[RegisteredPatient, str, list[Resource]]:
    """A patient with two documents, his token, and their DocumentReferences."""
    patient = community.record()
    token = community.fhir.token("PAT", patient)
    community.fhir.publish(patient, token=token)
    community.fhir.accepted(_complete(community, patient, token))
    found = community.fhir.accepted(find_document_references(patient.spid, token=token))
    return patient, token, list(references_of(found))


def _complete(community: Community, patient: RegisteredPatient, token: str) -> Call:
    """A submission with every optional attribute."""
    paper = community.fhir.paper(patient)
    entry = replace(complete(paper.entry), original_provider_role=paper.entry.original_provider_role)
    return community.fhir.provision(patient, replace(paper, entry=entry.describing(paper.content)), token=token).call


def _find(community: Community) -> Iterator[Call]:
    patient, token, found = _documents(community)
    query = find_document_references(patient.spid, token=token)
    yield query
    yield by_post(query)
    yield query.in_xml()
    yield find_document_references(patient.spid, token=token, status="superseded")
    yield from (read_document_reference(str(one.get("id")), token=token) for one in found)
    yield query.without_query("patient.identifier")


def _update(community: Community) -> Iterator[Call]:
    _, token, found = _documents(community)
    yield from (update(one, token=token) for one in found)
    yield update_all(found, token=token)
    yield from (update(one, token=token).with_value("masterIdentifier.value", "urn:oid:1.2.3") for one in found)


def _directory(community: Community) -> Iterator[Call]:
    directory = Directory(community)
    known = ("_id", directory.practitioner()["id"])
    yield directory.call(find("Practitioner", known))
    yield directory.call(read("Practitioner", known[1]))
    yield directory.call(find("Organization", ("identifier", f"{OID_SYSTEM}|{directory.group}")))
    roles = ("practitioner", directory.professional), ("_include", "PractitionerRole:practitioner")
    yield directory.call(find("PractitionerRole", *roles))


#: transaction -> its calls, each as it is sent
MAKERS: dict[str, Maker] = {
    "FHIR API": _capabilities,
    "ITI-83": _pix,
    "ITI-119": _match,
    "ITI-65": _provide,
    "ITI-67": _find,
    "CH:MHD-1": _update,
    "ITI-90": _directory,
}
