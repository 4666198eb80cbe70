"""A patient and the token of a professional for the record; two records with a document each."""

import pytest

from fixtures.client import Community
from security.bearer.drawer import Drawer, filled
from security.bearer.forging import Genuine


@pytest.fixture(scope="module")
def genuine(community: Community) -> Genuine:
    return Genuine(community, community.record())


@pytest.fixture(scope="module")
def drawer(community: Community) -> Drawer:
    return filled(community)


@pytest.fixture(scope="module")
def victim(community: Community) -> Drawer:
    return filled(community)
