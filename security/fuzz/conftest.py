"""What is sent to each operation, once, for all tests that judge it."""

from dataclasses import dataclass, field

import pytest

from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community
from security.fuzz.contract import Operation
from security.fuzz.scene import Scene
from security.fuzz.shots import Volley, fire
from security.fuzz.store import stored


@dataclass(frozen=True)
class Range:
    """Fires the stored requests of an operation the first time it is asked for them."""

    scene: Scene
    _fired: dict[str, Volley] = field(default_factory=dict)

    def __call__(self, one: Operation) -> Volley:
        if one.id not in self._fired:
            self._fired[one.id] = fire(self.scene, one, stored(one))
        return self._fired[one.id]

    def taken(self, one: Operation) -> Volley:
        """Inconclusive where none of the valid requests was taken: what is behind the door was not reached."""
        volley = self(one)
        valid = [shot for shot in volley.shots if shot.draft.kind == "valid"]
        if valid and not any(shot.is_taken or shot.reply is None or shot.status >= 500 for shot in valid):
            said = valid[0].reply.says if valid[0].reply else valid[0].error
            words = f"none of {len(valid)} valid requests was taken, the first one: {said}"
            raise Inconclusive(Reason.BASELINE_REFUSED, words)
        return volley


@pytest.fixture(scope="module")
def fired(community: Community) -> Range:
    return Range(Scene(community))
