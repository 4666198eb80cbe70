"""Each decision is that of the policy stack, asked for over the wire about policy sets fed over the wire (CH:ADR)."""

from collections.abc import Callable

import pytest

from conformance.policies.adr_decisions.cells import Cell, cells
from conformance.policies.adr_decisions.conftest import Known
from conformance.policies.records import decided
from fixtures.checks.expect import expect
from fixtures.suite import transaction


@transaction("CH:ADR", "PPQ-1")
@pytest.mark.parametrize("cell", cells())
def test_a_decision_is_that_of_the_policy_stack(known: Callable[[str], Known], cell: Cell) -> None:
    record, sets = known(cell.record)
    subject, resources = cell.subject(record), cell.resources(record)
    reply = record.community.send(record.asking(subject, resources, cell.action))
    found = {result.resource_id: result.decision for result in decided(reply).results}
    expected = record.expected(sets, subject, resources, cell.action)
    expect(reply).is_success().meets(found == expected, str(expected), found)
