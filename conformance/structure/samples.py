"""One good set of exchanges for each message, on which every structural row of the catalogue is judged."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

from conformance.policies.messages import decision_requests, policy_feeds, policy_queries
from conformance.policies.records import Record
from fixtures.checks.catalogue import Requirement
from fixtures.checks.rows import demand
from fixtures.checks.view import View, request_view, response_view
from fixtures.client import Community, RegisteredPatient, new_oid
from fixtures.epr import hl7v3
from fixtures.epr.ebrim import complete
from fixtures.epr.identifiers import II, spid
from fixtures.epr.message import Message, Reply
from fixtures.epr.queries import (
    find_documents,
    find_submission_sets,
    get_all,
    get_submission_set_and_contents,
    get_submission_sets,
    slot,
)
from fixtures.epr.xds import Document, provide_and_register, retrieve
from fixtures.people.patients import unique_family
from fixtures.suite.watch import facts_of

ROLES = ("HCP", "ASS", "TCU", "PAT", "REP", "PADM", "DADM")


class Samples:
    """Sends each kind of message in its variants, once, and keeps requests and replies."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.facts = facts_of(community.target)
        self._kept: dict[str, list[Reply]] = {}

    def demand(self, message: str, row: Requirement) -> None:
        """``message`` is "ITI-18 response" or "ITI-18 request"."""
        transaction, _, side = message.rpartition(" ")
        replies = self._of(transaction)
        views: Iterator[View | None]
        if side == "response":
            views = (response_view(reply, self.facts) for reply in replies)
        else:
            views = (request_view(reply.request, self.facts) for reply in replies)
        demand(row, views)

    def _of(self, transaction: str) -> list[Reply]:
        if transaction not in self._kept:
            self._kept[transaction] = [self.community.send(message) for message in self._messages(transaction)]
        return self._kept[transaction]

    def _messages(self, transaction: str) -> Iterator[Message]:
        makers: dict[str, Callable[[], Iterator[Message]]] = {
            "ITI-18": self._queries,
            "ITI-41": self._submissions,
            "ITI-42": self._registrations,
            "ITI-43": self._retrievals,
            "ITI-44": self._feeds,
            "ITI-45": self._pix,
            "ITI-47": self._pdq,
            "GetXUA": self._tokens,
            "PPQ-1": lambda: policy_feeds(self.record),
            "PPQ-2": lambda: policy_queries(self.record),
            "CH:ADR": lambda: decision_requests(self.record),
        }
        return makers[transaction]()

    @cached_property
    def patient(self) -> RegisteredPatient:
        return self.community.record()

    @cached_property
    def record(self) -> Record:
        """A record of its own, opened by policy sets."""
        record = Record(self.community, self.community.patient())
        record.onboard()
        return record

    @cached_property
    def token(self) -> bytes:
        return self.community.token("PAT", self.patient)

    def _complete(self) -> Message:
        sent = self.community.submission(self.patient, token=self.token)
        entry = complete(sent.entry)
        return provide_and_register(sent.submission_set, [Document(entry, sent.content)], token=self.token)

    def _queries(self) -> Iterator[Message]:
        self.community.accepted(self._complete())
        other = self.community.publish(self.patient, token=self.token)
        query = find_documents(self.patient.xad_pid, token=self.token)
        yield query
        yield find_documents(self.patient.xad_pid, token=self.token, return_type="ObjectRef")
        yield find_submission_sets(self.patient.xad_pid, token=self.token)
        yield get_all(self.patient.xad_pid, token=self.token)
        yield get_submission_set_and_contents(token=self.token, unique_id=other.submission_set.unique_id)
        yield get_submission_sets([other.entry.entry_uuid], token=self.token)
        yield query.without(slot("$XDSDocumentEntryStatus"))

    def _submissions(self) -> Iterator[Message]:
        yield self._complete()
        yield self._complete().without("//rim:ExtrinsicObject/rim:Slot[@name='creationTime']")

    def _registrations(self) -> Iterator[Message]:
        valid = self.community.submission(self.patient, token=self.token, transaction="ITI-42").message
        yield valid
        yield valid.without("//rim:ExtrinsicObject/rim:Slot[@name='creationTime']")

    def _retrievals(self) -> Iterator[Message]:
        published = self.community.publish(self.patient, token=self.token)
        unknown = replace(published.request, document_unique_id=new_oid())
        yield retrieve([published.request], token=self.token)
        yield retrieve([published.request, unknown], token=self.token)
        yield retrieve([unknown], token=self.token)

    def _feeds(self) -> Iterator[Message]:
        who = self.community.addressing
        patient = self.community.invented_patient(birth_name="Zurbriggen")
        yield hl7v3.add(patient, who)
        yield hl7v3.revise(patient, who)
        other = replace(patient, local_id=f"{patient.local_id}-2")
        yield hl7v3.add(other, who)
        yield hl7v3.merge(patient, other.local_id, who)
        yield hl7v3.add(patient, who).without("//hl7:patientPerson/hl7:name")

    def _pix(self) -> Iterator[Message]:
        who, domain = self.community.addressing, self.community.target.domains.local
        yield hl7v3.pix_query(II(domain, self.patient.local_id), who)
        yield hl7v3.pix_query(II(domain, "never-added"), who)

    def _pdq(self) -> Iterator[Message]:
        who = self.community.addressing
        yield hl7v3.by_id(spid(self.patient.spid), addressing=who)
        yield hl7v3.by_name(unique_family(self.community._patients.rng), addressing=who)
        family = unique_family(self.community._patients.rng)
        for _ in range(6):
            self.community.patient(family=family)
        yield hl7v3.by_name(family, addressing=who)

    def _tokens(self) -> Iterator[Message]:
        declared = self.community.target.sts_profile
        for profile in ("2020", "2026") if declared == "both" else (declared,):
            for role in ROLES:
                yield self.community.token_request(role, self.patient, profile=profile)
