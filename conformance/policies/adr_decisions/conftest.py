"""Records by name, opened over the wire when they are first asked about and shared by all cells of a worker."""

from collections.abc import Callable

import pytest

from conformance.policies.adr_decisions.cells import policies
from conformance.policies.records import Record
from fixtures.client import Community
from fixtures.policy.patient_policy import PatientPolicy

Known = tuple[Record, tuple[PatientPolicy, ...]]


@pytest.fixture(scope="module")
def known(community: Community) -> Callable[[str], Known]:
    """The record of that name (cells.RECORDS) and its policy sets."""
    kept: dict[str, Known] = {}

    def found(name: str) -> Known:
        if name not in kept:
            record = Record(community, community.patient())
            sets = policies(record, name)
            record.add(*sets)
            kept[name] = record, sets
        return kept[name]

    return found
