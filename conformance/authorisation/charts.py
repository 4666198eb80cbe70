"""Records to be judged by: policies as configured, one document of each level, and what each user gets of them.

A chart is made when it is first asked for, and whatever was asked once is not asked again: hundreds of cases share it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from conformance.authorisation.setups import ACTORS, SETUPS, People, Setup
from fixtures.client import Community, Published, RegisteredPatient, refusal
from fixtures.client.records import NORMAL, right
from fixtures.epr import adr, ppq
from fixtures.epr.ebrim import provider_role
from fixtures.epr.message import Message, Reply
from fixtures.epr.policy_names import CONFIDENTIALITY
from fixtures.epr.policy_read import decision_response
from fixtures.epr.queries import find_documents, get_documents
from fixtures.epr.saml_read import read_xua
from fixtures.epr.swiss_day import swiss_day
from fixtures.epr.valuesets import Code
from fixtures.epr.xds import retrieve
from fixtures.epr.xds_read import query_response
from fixtures.policy.decide import Decision, answer
from fixtures.policy.patient_policy import PatientPolicy, onboarding
from fixtures.policy.stack import stack
from fixtures.policy.xacml import patient_document

LEVELS: Final = {name: Code(*code) for name, code in CONFIDENTIALITY.items()}
_NOBODY: Final = "7601999109991"


@dataclass(frozen=True)
class Attempt:
    """A submission: the answer, and the level the document is registered at ("" for a document that is not)."""

    reply: Reply
    stored: str


@dataclass(frozen=True)
class Chart:
    """A record. ``documents`` by level, published by the patient; ``policies`` are all it has."""

    community: Community
    people: People
    patient: RegisteredPatient
    policies: tuple[PatientPolicy, ...]
    documents: dict[str, Published]
    _replies: dict[tuple[str, ...], Reply] = field(default_factory=dict)

    def token(self, who: str) -> bytes:
        role, purpose = ACTORS[who]
        user = self.people.colleague if who == "colleague" else None
        return self.community.token(role, self.patient, purpose=purpose, user=user)

    def user(self, who: str) -> str:
        """The name in the X-User Assertion: the professional, also where an assistant or technical user acts."""
        return read_xua(self.token(who)).name_id.value

    # --- what has to be -------------------------------------------------------------------------

    def decided(self, who: str, transaction: str) -> dict[str, Decision]:
        """What the policy stack says, by level."""
        resources = adr.documents(self.patient.spid)
        found = answer(stack(), self.policies, self._subject(who), resources, transaction, swiss_day())
        return dict(zip(LEVELS, found.decisions, strict=True))

    def permitted(self, who: str, transaction: str) -> set[str]:
        return {level for level, decision in self.decided(who, transaction).items() if decision is Decision.PERMIT}

    def may_pass_on(self, who: str) -> bool:
        """Whether the policy stack permits :meth:`passes_on`."""
        added = self._passed_on()
        resource = adr.policy_set(self.patient.spid, added.id, added.referenced, added.start, added.end)
        found = answer(stack(), self.policies, self._subject(who), [resource], "PPQ-1-ADD", swiss_day())
        return found.decisions == (Decision.PERMIT,)

    def _subject(self, who: str) -> adr.Subject:
        role, purpose = ACTORS[who]
        home = self.community.target.home_community_id
        if role in ("HCP", "ASS", "TCU"):
            user = self.people.colleague if who == "colleague" else self.community.user(role)
            acting = self.community.target.user(user.principal) if user.principal else user
            groups = tuple(group.oid for group in acting.groups)
            return adr.subject("HCP", acting.gln, purpose, organizations=groups, home=home)
        names = {"PAT": self.patient.spid, "REP": self.people.representative}
        return adr.subject(role, names.get(role, role), purpose, home=home)

    # --- what is --------------------------------------------------------------------------------

    def found(self, who: str) -> Reply:
        """The answer to FindDocuments."""
        return self._once("ITI-18", who, lambda token: find_documents(self.patient.xad_pid, token=token))

    def retrieved(self, who: str, level: str) -> Reply:
        """The answer to the retrieval of the document of that level."""
        wanted = [self.documents[level].request]
        return self._once("ITI-43", who, lambda token: retrieve(wanted, token=token), level)

    def decision(self, who: str, transaction: str) -> Reply:
        """What the Authorization Decision Provider of the target answers about the three levels."""
        home = self.community.target.home_community_id
        subject, resources = self._subject(who), adr.documents(self.patient.spid, home)

        def request(token: bytes) -> Message:
            return adr.decision_request(subject, resources, transaction, token=token, issuer=home)

        return self._once("CH:ADR", who, request, transaction)

    def decisions(self, who: str, transaction: str) -> dict[str, str]:
        """The same, by level."""
        return dict(zip(LEVELS, decision_response(self.decision(who, transaction)).decisions, strict=False))

    def publishes(self, who: str, level: str) -> Attempt:
        """Publish a document at this level, and look what became of it."""
        # a policy administrator has no originalProviderRole; the right is what is to be missing
        role = {"original_provider_role": provider_role("HCP")} if who == "PADM" else {}
        wanted = {"confidentiality_codes": (LEVELS[level],), **role}
        sent = self.community.submission(self.patient, token=self.token(who), **wanted)
        reply = self.community.send(sent.message)
        if refusal(reply):
            return Attempt(reply, "")
        asked = get_documents(token=self.community.token("PAT", self.patient), unique_ids=[sent.entry.unique_id])
        entries = query_response(self.community.send(asked)).documents
        codes = {code.code for entry in entries for code in entry.confidentiality_codes}
        # where the patient cannot see it (a record without policies), the answer is believed
        return Attempt(reply, next((name for name, code in LEVELS.items() if code.code in codes), level))

    def passes_on(self, who: str) -> Reply:
        """The answer to a right for somebody else, normal and until today, that this user adds by PPQ-1."""
        documents = [patient_document(self._passed_on())]
        home = self.community.target.home_community_id
        return self.community.send(ppq.add_policies(documents, token=self.token(who), issuer=home))

    def _passed_on(self) -> PatientPolicy:
        return replace(right(_NOBODY, NORMAL, end=swiss_day() + timedelta(days=1)), spid=self.patient.spid)

    def _once(self, name: str, who: str, message: Callable[[bytes], Message], *more: str) -> Reply:
        key = (name, who, *more)
        if key not in self._replies:
            self._replies[key] = self.community.send(message(self.token(who)))
        return self._replies[key]


@dataclass
class Charts:
    """Charts by the name of their setup, each made once."""

    community: Community
    _made: dict[str, Chart] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Chart:
        if name not in self._made:
            self._made[name] = make_chart(self.community, SETUPS[name])
        return self._made[name]

    def forget(self) -> None:
        """What was answered is asked again; the records stay."""
        for chart in self._made.values():
            chart._replies.clear()


def make_chart(community: Community, setup: Setup) -> Chart:
    """A record of its own with one document of each level."""
    patient = community.record((), emergency=setup.emergency, provide=setup.provide)
    people = People(community, read_xua(community.token("REP", patient)).name_id.value)
    rights = [replace(one, spid=patient.spid) for one in setup.rights(people)]
    held = tuple(rights)
    if rights:
        community.grant(patient, *rights)
    held += onboarding(patient.spid, emergency=setup.emergency, provide=setup.provide)
    documents = {level: _published(community, patient, level) for level in LEVELS}
    if not setup.is_held:
        community.revoke(patient)
        held = ()
    return Chart(community, people, patient, held, documents)


def _published(community: Community, patient: RegisteredPatient, level: str) -> Published:
    token = community.token("PAT", patient)
    content = f"%PDF-1.4 {level} {patient.spid}".encode()
    return community.publish(patient, token=token, content=content, confidentiality_codes=(LEVELS[level],))


def traces(document: Published, message: Message) -> Sequence[str]:
    """Whatever would betray that this document exists, as far as the message does not say it itself."""
    entry, package = document.entry, document.submission_set
    ids = (entry.entry_uuid, entry.unique_id, package.entry_uuid, package.unique_id, entry.hash)
    return [value for value in ids if value and value.encode() not in message.envelope]
