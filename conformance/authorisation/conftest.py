"""Charts: records in every policy configuration, made once for all tests of a process."""

import pytest

from conformance.authorisation.charts import Charts
from fixtures.client import Community


@pytest.fixture(scope="session")
def charts(community: Community) -> Charts:
    """Records by the name of their policy configuration."""
    return Charts(community)
