"""Each act is done once, and its records are awaited once, for all tests of it."""

from collections.abc import Callable
from typing import Any

import pytest

from conformance.audit import acts, acts_policies
from conformance.audit.acts import Scene
from conformance.audit.witness import Witness, can_witness
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
def look(request: pytest.FixtureRequest, community: Community, trail: Trail) -> Look:
    """Does an act, once, and gives its audit records, or what the patient's trail shows where no record reaches us.

    A test that looks into records asks for ``scene`` as well, and is inconclusive without them.
    """
    seen: dict[str, Any] = {}
    witness = Witness.of(community) if can_witness(community, trail) else None
    scene: Scene = witness or request.getfixturevalue("scene")

    def done(name: str) -> Any:
        if name not in seen:
            transaction, perform = ACTS[name]
            seen[name] = witness.shown(transaction, perform) if witness else scene.trail.recorded(perform(scene))
        return seen[name]

    return done
