"""Each act is done once, and its records are awaited once, for all tests of it."""

from collections.abc import Callable

import pytest

from conformance.audit import acts, acts_policies
from conformance.audit.acts import Scene
from fixtures.checks.audit import Recorded
from fixtures.client import Community
from fixtures.suite.trail import Trail

ACTS = acts.ACTS | acts_policies.ACTS
Look = Callable[[str], Recorded]


def each_act(*names: str) -> pytest.MarkDecorator:
    """Run the test for each of these acts, where the target claims their transaction."""
    return pytest.mark.parametrize(
        "act", [pytest.param(name, marks=pytest.mark.transaction(ACTS[name][0])) for name in names]
    )


@pytest.fixture(scope="session")
def scene(community: Community, trail: Trail) -> Scene:
    """Inconclusive (needs-read-channel) where no audit record of the target reaches us."""
    trail.demand()
    return Scene(community, trail)


@pytest.fixture(scope="session")
def look(scene: Scene) -> Look:
    """Does an act, once, and gives its audit records."""
    seen: dict[str, Recorded] = {}

    def done(name: str) -> Recorded:
        if name not in seen:
            seen[name] = scene.trail.recorded(ACTS[name][1](scene))
        return seen[name]

    return done
