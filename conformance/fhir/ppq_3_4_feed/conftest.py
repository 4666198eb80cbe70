"""Records whose policy sets are Consents."""

import pytest

from conformance.fhir.policies import Consents
from fixtures.client import Community


@pytest.fixture
def record(community: Community) -> Consents:
    """A patient of this test alone, whose record is open."""
    return Consents(community, community.record())


@pytest.fixture(scope="module")
def opened(community: Community) -> Consents:
    """An open record shared by the tests of a file: each adds what is its own."""
    return Consents(community, community.record())
