"""What was done with a record, as the audit record (ITI-20, by syslog) and the patient's trail (ITI-81) tell it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from conformance.fhir.iti_81_trail.acts import ACTS
from conformance.fhir.iti_81_trail.book import Book, Page
from conformance.twins.agreement import Facts, Views
from fixtures.audit import Arrival
from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.atna_read import AuditRecord
from fixtures.epr.fhir_audit import UNIQUE_ID
from fixtures.epr.names import EPR_PURPOSE_OF_USE, EPR_ROLE
from fixtures.suite import requirement
from fixtures.suite.trail import Trail

#: how far the two times of one act may be apart (ITI-1, and truncation to seconds)
CLOCK: Final = timedelta(seconds=2)
#: users whom both identify; the trail identifies no patient
IDENTIFIED: Final = ("HCP", "ASS")

Look = Callable[[str], Views]


def after(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "act", [pytest.param(name, marks=pytest.mark.transaction("ITI-81", *ACTS[name][0])) for name in names]
    )


@pytest.fixture(scope="module")
def look(community: Community, trail: Trail) -> Look:
    """Does an act, once; what the trail and the audit record tell of it."""
    trail.demand()
    seen: dict[str, Views] = {}

    def done(name: str) -> Views:
        if name not in seen:
            seen[name] = both(community, trail, name)
        return seen[name]

    return done


def both(community: Community, trail: Trail, act: str) -> Views:
    book = Book(community)
    deed = ACTS[act][1](book)
    began = datetime.now(UTC)
    page = book.written(deed)
    transaction = deed.message.transaction
    arrived = trail.wait(lambda found: bool(about(transaction, deed.patient, found)), began)
    if not trail.arrivals:
        raise Inconclusive(Reason.NEEDS_READ_CHANNEL, "no audit record has arrived from the target")
    records = about(transaction, deed.patient, arrived)
    return Views(page.seen.reply, of_trail(page), of_audit(records, page) if records else {})


def about(transaction: str, patient: RegisteredPatient, arrived: Iterable[Arrival]) -> list[AuditRecord]:
    """The records of the transaction that name the patient."""
    found = [one.record for one in arrived if one.record is not None]
    ids = {patient.xad_pid, patient.resource_id}
    return [
        one
        for one in found
        if any(each.code == transaction for each in one.types) and any(each.id in ids for each in one.objects)
    ]


def of_trail(page: Page) -> Facts:
    events = page.seen.events
    if not events:
        return {}
    first = events[0]
    return {
        "patients": set(first.patients),
        "users": {(one.role, one.identifier) for one in first.agents if one.role in IDENTIFIED},
        "purposes": set(first.purposes),
        "documents": sorted(one.identifier for event in events for one in event.entities if one.system == UNIQUE_ID),
        "time": first.recorded,
    }


def of_audit(records: list[AuditRecord], page: Page) -> Facts:
    """In the form of the trail: the patient is known by another id, and times that are near are the same."""
    record = records[-1]
    roles = [(role, one) for one in record.participants for role in one.roles if role.system == EPR_ROLE]
    at: Any = record.time
    shown = page.seen.events[0].recorded if page.seen.events else None
    return {
        "patients": {page.deed.patient.spid},
        "users": {(role.code, one.user_id) for role, one in roles if role.code in IDENTIFIED},
        "purposes": {one.code for one in record.purposes if one.system == EPR_PURPOSE_OF_USE},
        "documents": sorted(one.id for each in records for one in each.of_role("3")),
        "time": shown if at and shown and abs(at - shown) <= CLOCK else at,
    }


def agree(views: Views, *names: str) -> None:
    """Both tell, and the same of these."""
    for name in names:
        trail, record = views.fhir.get(name), views.soap.get(name)
        expect(views.reply).meets(
            bool(record) and trail == record, f"{name} of the audit record: {record}", f"{trail} in the trail"
        )


@requirement("AUD-ATC-018")
@after("search", "retrieval", "upload")
def test_both_are_about_the_same_patient(look: Look, act: str) -> None:
    agree(look(act), "patients")


@requirement("AUD-ATC-014")
@after("search", "retrieval", "upload", "retrieval by an assistant")
def test_both_name_the_same_users(look: Look, act: str) -> None:
    agree(look(act), "users")


@requirement("AUD-ATC-017")
@after("search", "search in an emergency", "upload", "retrieval in an emergency")
def test_both_tell_the_same_purpose(look: Look, act: str) -> None:
    agree(look(act), "purposes")


@requirement("AUD-ATC-019")
@after("retrieval", "retrieval of two documents")
def test_both_name_the_same_documents(look: Look, act: str) -> None:
    agree(look(act), "documents")


@requirement("AUD-ATC-026")
@after("search", "retrieval", "upload")
def test_both_have_the_same_time(look: Look, act: str) -> None:
    agree(look(act), "time")
