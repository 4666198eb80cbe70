"""Actors that start and stop write that down (ITI TF-2 table 3.20.4.1.1.1-1, Actor-start-stop)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import pytest

from conformance.audit.acts import Scene
from conformance.audit.conftest import ACTS, Look
from fixtures.checks.audit_activity import demand_activities, rules_of
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.epr.atna_read import AuditRecord
from fixtures.suite import requirement, transaction

ACT: Final = "pdq by id"
pytestmark = transaction(ACTS[ACT][0])


@pytest.fixture
def activities(look: Look, scene: Scene) -> Sequence[AuditRecord]:
    """Starts and stops so far; Skipped where there was none: only the operator can arrange one."""
    look(ACT).is_right()
    arrived = [arrival.record for arrival in scene.trail.since(datetime.min.replace(tzinfo=UTC))]
    found = [record for record in arrived if rules_of(record)]
    if not found:
        raise Skipped(Reason.NEEDS_ADMINISTRATION, "no actor recorded a start or stop; restart one during a run")
    return found


@requirement("AUD-MSG-026")
def test_a_start_or_stop_is_recorded_with_application_and_launcher(activities: Sequence[AuditRecord]) -> None:
    demand_activities(activities)
