"""A token is believed until it has run out, also by who believed it before (IHE ITI TF-2 3.40.4.1.3)."""

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.suite import requirement, transaction
from security.conftest import Scene
from security.tokens.replay import ageing


@requirement("XUA-ITI40-116")
@transaction("ITI-18")
def test_a_token_that_was_taken_is_refused_once_it_has_run_out(community: Community, scene: Scene) -> None:
    taken = ageing(scene)
    taken.wait()
    expect(community.send(taken.query)).refuses().discloses_nothing([scene.published.entry.unique_id])
    community.alive(scene.valid)
