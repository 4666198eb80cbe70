"""Records of fresh patients: what every test about policies starts from."""

import pytest

from conformance.policies.records import Record
from fixtures.client import Community


@pytest.fixture
def record(community: Community) -> Record:
    """A registered patient without any policy set."""
    return Record(community, community.patient())


@pytest.fixture
def other(community: Community) -> Record:
    """A second registered patient without any policy set."""
    return Record(community, community.patient())


@pytest.fixture(scope="module")
def opened(community: Community) -> Record:
    """A record that is open (201, 202, 203), shared by the tests of a file: each adds what is its own."""
    record = Record(community, community.patient())
    record.onboard()
    return record
