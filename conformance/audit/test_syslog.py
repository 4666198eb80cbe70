"""How records are sent (ITI TF-2 3.20.4.1.2, RFC 5424, RFC 5425); one that breaks the rules may never arrive."""

import pytest

from conformance.audit.acts import Scene
from conformance.audit.conftest import ACTS, Look
from fixtures.audit import Arrival
from fixtures.checks.audit import Act
from fixtures.checks.expect import note
from fixtures.checks.verdicts import Finding, Reason, Skipped, Unmet
from fixtures.epr.syslog import IHE_MESSAGE_ID, Rejection, wrong_names
from fixtures.suite import requirement, transaction

ACT = "pdq by id"
NO_SYSLOG = "the target exports its records or feeds AuditEvents, it does not send syslog"
pytestmark = transaction(ACTS[ACT][0])


@pytest.fixture
def arrival(look: Look, scene: Scene) -> Arrival:
    """The message with the record of an act; Skipped where records do not come by syslog."""
    record = look(ACT).is_right().matches[0].record
    (found,) = [each for each in scene.trail.since(look(ACT).act.began) if each.record == record][:1]
    if found.transport not in ("tls", "udp"):
        raise Skipped(Reason.NEEDS_PROFILE, NO_SYSLOG)
    return found


def demand(*, is_right: bool, expected: str, received: str) -> None:
    if not is_right:
        raise Unmet(Finding(expected, received, "syslog header"))


@requirement("AUD-ITI20-004")
def test_facility_and_severity_are_those_of_an_audit_message(arrival: Arrival) -> None:
    said = arrival.message.priority
    demand(is_right=said in (84, 85), expected="PRI <85>, or <84> for a warning", received=f"<{said}>")


@requirement("AUD-ITI20-006")
def test_the_message_id_is_that_of_ihe(arrival: Arrival) -> None:
    said = arrival.message.message_id
    if said == "DICOM+RFC3881":
        note(Finding(IHE_MESSAGE_ID, said, "syslog header"))
        return
    demand(is_right=said == IHE_MESSAGE_ID, expected=IHE_MESSAGE_ID, received=said)


@requirement("AUD-ITI20-007")
def test_there_is_no_structured_data(arrival: Arrival) -> None:
    said = arrival.message.structured_data
    demand(is_right=said == "-", expected="-", received=said)


@requirement("AUD-ITI20-005", "AUD-ITI20-008")
def test_the_header_is_that_of_rfc_5424(arrival: Arrival) -> None:
    remarks = "; ".join(arrival.message.remarks)
    demand(is_right=not remarks, expected="a header of RFC 5424, version 1", received=remarks)


@requirement("AUD-ITI20-021")
def test_the_record_comes_without_undue_delay(look: Look) -> None:
    look(ACT).leaves_exactly_its_records()


@pytest.fixture
def act(scene: Scene) -> Act:
    """An exchange of its own; Skipped where records do not come by syslog."""
    audit = scene.trail.demand()
    if audit.listen is None:
        raise Skipped(Reason.NEEDS_PROFILE, NO_SYSLOG)
    return ACTS[ACT][1](scene)


@requirement("AUD-ITI20-002")
def test_every_record_over_tls_stands_behind_its_octet_count(scene: Scene, act: Act) -> None:
    if scene.trail.demand().transport != "tls":
        raise Skipped(Reason.NEEDS_PROFILE, "a datagram needs no octet count")
    found = "; ".join(each.why for each in scene.trail.rejected(act, Rejection.BAD_FRAME))
    demand(is_right=not found, expected="MSG-LEN SP SYSLOG-MSG, no leading zero", received=found)


@requirement("AUD-ITI20-009")
def test_the_names_in_the_header_are_printable_and_short_enough(scene: Scene, act: Act) -> None:
    rejected = scene.trail.rejected(act, Rejection.NOT_SYSLOG)
    found = "; ".join(said for each in rejected for said in wrong_names(each.raw))
    demand(is_right=not found, expected="names of printable ASCII without blanks", received=found)
