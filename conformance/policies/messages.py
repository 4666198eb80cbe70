"""Each kind of message about policies in its variants, for the structural rows."""

from collections.abc import Iterator

from conformance.policies.records import Record, day
from fixtures.epr import adr
from fixtures.epr.message import Message
from fixtures.epr.policy_names import POLICIES
from fixtures.policy.patient_policy import new_id

NORMAL = "access-level:normal"


def policy_feeds(record: Record) -> Iterator[Message]:
    """Add, update, delete, an update and a deletion of what is unknown, a feed that is not permitted."""
    right = record.policy("301", NORMAL, start=day(0), end=day(9))
    yield record.adding(right)
    yield record.updating(right)
    yield record.deleting(right.id)
    yield record.updating(right)
    yield record.deleting(right.id)
    yield record.adding(record.policy("301", NORMAL), by="DADM")


def policy_queries(record: Record) -> Iterator[Message]:
    """By patient, by id, by an id nobody has, and by somebody who may not read."""
    yield record.by_patient()
    yield record.by_id(*record.held())
    yield record.by_id(new_id())
    yield record.by_patient("DADM")


def decision_requests(record: Record) -> Iterator[Message]:
    """The three trigger events, decided Permit, NotApplicable and Deny, and a patient nobody holds policies of."""
    record.add(record.policy("301", "exclusion-list"))
    sets = [adr.policy_set(record.spid, new_id(), f"{POLICIES}{NORMAL}", day(0), day(9)) for _ in range(3)]
    yield record.asking(record.subject("PAT"), record.documents(), "ITI-18")
    yield record.asking(record.subject("HCP"), record.documents(), "ITI-43")
    yield record.asking(record.subject("PADM"), record.documents(), "ITI-43")
    yield record.asking(record.subject("PAT"), sets, "PPQ-1-ADD")
    yield record.asking(record.subject("PAT"), [adr.audit_trail(record.spid)], "ITI-81")
    unknown = Record(record.community, record.community.patient())
    yield unknown.asking(unknown.subject("PAT"), unknown.documents(), "ITI-18")
