"""The port of ours nobody may call."""

from collections.abc import Iterator

import pytest

from fixtures.client import Community
from security.xml.collector import Collector, listening
from security.xml.messages import MESSAGES


@pytest.fixture
def collector(community: Community) -> Iterator[Collector]:
    urls = [community.url(name) for name in MESSAGES if community.claims(name)]
    with listening(urls[0]) as collector:
        yield collector
