"""A patient and the token of a professional for the record."""

import pytest

from fixtures.client import Community
from security.bearer.forging import Genuine


@pytest.fixture(scope="module")
def genuine(community: Community) -> Genuine:
    return Genuine(community, community.record())
