"""CH:ATC: a patient learns from the trail who entered a group the patient gave access to (HpdAuditEvent)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from conformance.fhir.directory import Directory, Feeder
from conformance.fhir.iti_81_trail.book import Book
from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, RegisteredPatient
from fixtures.client.records import NORMAL, right
from fixtures.epr.fhir_audit import GLNS, SeenEvent
from fixtures.epr.fhir_directory import OID_SYSTEM, practitioner_role
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement, transaction

ENTRY = "ATC_HPD_GROUP_ENTRY_NOTIFY"


@pytest.fixture
def granting(community: Community, directory: Directory) -> RegisteredPatient:
    """A patient who gave access to a group of the target file."""
    end = (datetime.now(UTC) + timedelta(days=30)).date()
    return community.record([right(directory.group, NORMAL, template="302", end=end)])


def is_told(events: Sequence[SeenEvent]) -> bool:
    return any(event.code == ENTRY for event in events)


def notice(reply: RestReply, events: Sequence[SeenEvent]) -> SeenEvent:
    """The event; Inconclusive where there is none."""
    found = [event for event in events if event.code == ENTRY]
    if not found:
        told = f"There is no {ENTRY}; a patient has to ask for it, and how is for the community to say"
        raise Inconclusive(Reason.UNDECIDED, f"{told}. Evidence {reply.evidence or 'not recorded'}.")
    return found[0]


@requirement("AUD-ATC-011", "HPD-SRC-007")
@transaction("ITI-81", "ITI-90", "ITI-130", "PPQ-1")
def test_a_patient_learns_who_entered_a_group(feeder: Feeder, book: Book, granting: RegisteredPatient) -> None:
    who, where = feeder.practitioner(), f"Organization/{feeder.directory.organization()['id']}"
    feeder.created(practitioner_role(feeder.created(who), where))
    reply, events = book.awaited(granting, is_told)
    event = notice(reply, events)
    named = [(entity.type, entity.system, entity.identifier) for entity in event.entities]
    expect(reply).meets(("1", GLNS, who["identifier"][0]["value"]) in named, "the professional by GLN", named)
    expect(reply).meets(("3", OID_SYSTEM, feeder.directory.group) in named, "the group by OID", named)
    expect(reply).meets(len(event.agents) == 1, "one agent, the notification service", event.agents)
