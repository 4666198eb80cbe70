"""Each act is done once, and its records are awaited once, for all tests of it."""

from collections.abc import Callable

import pytest

from conformance.audit import acts, acts_policies
from conformance.audit.acts import Scene
from conformance.audit.witness import Witness, can_witness
from fixtures.checks.audit import Recorded
from fixtures.checks.audit_shown import Shown
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
def shown(community: Community) -> Callable[[str], Shown]:
    """Does an act, once, and gives what the patient's trail shows of it (ITI-81)."""
    seen: dict[str, Shown] = {}
    witness = Witness.of(community)

    def done(name: str) -> Shown:
        if name not in seen:
            seen[name] = witness.shown(*ACTS[name])
        return seen[name]

    return done


@pytest.fixture(scope="session")
def look(request: pytest.FixtureRequest, community: Community, trail: Trail) -> Look:
    """Does an act, once, and gives its audit records, or what the patient's trail shows where no record reaches us.

    A test that looks into records asks for ``scene`` as well, and is inconclusive without them.
    """
    if can_witness(community, trail):
        stand_in: Look = request.getfixturevalue("shown")
        return stand_in
    seen: dict[str, Recorded] = {}
    scene: Scene = request.getfixturevalue("scene")

    def done(name: str) -> Recorded:
        if name not in seen:
            seen[name] = scene.trail.recorded(ACTS[name][1](scene))
        return seen[name]

    return done
