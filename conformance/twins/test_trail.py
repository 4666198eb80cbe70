"""What a patient sees in the trail (ITI-81) of policies changed by either face, and of who read in an emergency."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import pytest

from conformance.authorisation.charts import make_chart
from conformance.authorisation.setups import SETUPS
from conformance.fhir.iti_81_trail.book import Book
from conformance.fhir.policies import Consents
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.fhir_audit import GLNS, SeenEvent
from fixtures.policy.patient_policy import PatientPolicy
from fixtures.suite import requirement, transaction

RESTRICTED, EXCLUDED = "access-level:restricted", "exclusion-list"
CODES: Final = {
    *(f"ATC_POL_{what}_AUT_PART_AL" for what in ("CREATE", "UPDATE", "REMOVE")),
    *("ATC_POL_DEF_CONFLEVEL", "ATC_POL_DIS_EMER_USE", "ATC_POL_ENA_EMER_USE"),
    *("ATC_POL_INCL_BLACKLIST", "ATC_POL_EXL_BLACKLIST"),
}
Change = Callable[[Consents, PatientPolicy], object]
SOAP: Final[Mapping[str, Change]] = {
    "add": lambda record, one: record.community.accepted(lambda: record.adding(one, by="PAT")),
    "update": lambda record, one: record.community.accepted(lambda: record.updating(one, by="PAT")),
    "delete": lambda record, one: record.community.accepted(lambda: record.deleting(one.id, by="PAT")),
}
FHIR: Final[Mapping[str, Change]] = {
    "add": lambda record, one: record.community.fhir.accepted(record.posting(one)),
    "update": lambda record, one: record.community.fhir.accepted(record.putting(one)),
    "delete": lambda record, one: record.community.fhir.accepted(record.removing(one.id)),
}


@pytest.fixture
def book(community: Community) -> Book:
    return Book(community)


@pytest.fixture
def record(community: Community) -> Consents:
    """A registered patient without any policy set."""
    return Consents(community, community.patient())


def changes(record: Consents) -> Sequence[tuple[str, PatientPolicy]]:
    """Each kind of change of policies a patient may make, once, beginning with an open record."""
    _, emergency, provide = record.onboard()
    right, excluded = record.right(), record.right(who="7601999100219", reference=EXCLUDED)
    return (
        ("add", right),
        ("update", replace(right, reference=RESTRICTED)),
        ("delete", right),
        ("update", replace(provide, reference="provide-level:restricted")),
        ("delete", emergency),
        ("add", record.policy("202", RESTRICTED)),
        ("add", excluded),
        ("delete", excluded),
    )


def seen_after(record: Consents, book: Book, face: Mapping[str, Change]) -> None:
    """The changes are made by that face, and each is an event the patient reads."""
    made = changes(record)
    known = {event.id for event in book.events(book.read(record.patient))}
    for operation, policy in made:
        face[operation](record, policy)

    def codes(events: Sequence[SeenEvent]) -> set[str]:
        return {code for event in events if event.id not in known for code in event.codes}

    reply, events = book.awaited(record.patient, lambda found: codes(found) >= CODES)
    missing = sorted(CODES - codes(events))
    expect(reply).is_ok().meets(not missing, "an event of each change", f"none of {', '.join(missing)}")


@requirement("POL-PPQ1-093")
@transaction("PPQ-1", "ITI-81")
def test_changes_by_ppq_1_are_seen_by_the_patient(record: Consents, book: Book) -> None:
    seen_after(record, book, SOAP)


@requirement("FHIR-PPQ3-014")
@transaction("PPQ-1", "PPQ-3", "ITI-81")
def test_changes_by_ppq_3_are_seen_by_the_patient(record: Consents, book: Book) -> None:
    seen_after(record, book, FHIR)


def in_emergency(events: Sequence[SeenEvent], gln: str) -> list[SeenEvent]:
    """The readings of documents in an emergency by the professional."""
    readings = [event for event in events if event.code == "ATC_DOC_READ" and event.purposes == ("EMER",)]
    return [one for one in readings if any((agent.system, agent.identifier) == (GLNS, gln) for agent in one.agents)]


@requirement("POL-ENF-010")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43", "ITI-81")
def test_an_emergency_reading_works_and_is_seen_by_the_patient(community: Community, book: Book) -> None:
    chart = make_chart(community, SETUPS["emergency-restricted"])
    gln = community.user("HCP").gln
    query = chart.found("HCP-EMER")
    found = [level for level, one in chart.documents.items() if one.is_found(query)]
    expect(query).meets(found == ["normal", "restricted"], "normal and restricted found", found)
    replies = {level: chart.retrieved("HCP-EMER", level) for level in found}
    read = [
        level for level, one in replies.items() if any(p.content == chart.documents[level].content for p in one.parts)
    ]
    expect(query).meets(read == found, "both retrieved", read)
    reply, events = book.awaited(chart.patient, lambda seen: len(in_emergency(seen, gln)) > 1)
    shown = len(in_emergency(events, gln))
    expect(reply).is_ok().meets(shown == 2, f"two readings in an emergency by {gln}", shown)
