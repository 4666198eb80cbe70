"""XML signature wrapping around the identity assertion: nobody gets an assertion in the name of somebody else."""

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community
from fixtures.suite import requirement
from security.conftest import Scene
from security.tokens.wrapping import WRAPPINGS, with_name_id, wrapped


@pytest.mark.parametrize("name", WRAPPINGS)
@requirement("XUA-STS-082")
def test_a_wrapped_login_is_refused(community: Community, scene: Scene, name: str) -> None:
    user = community.user("PAT", scene.patient)
    genuine = community.identity_assertion(user, scene.patient)
    valid = community.token_request("PAT", scene.patient, assertion=genuine)
    evil = wrapped(name, genuine, with_name_id(name_id_of(community, scene)))
    changed = community.token_request("PAT", scene.victim, assertion=evil)
    reply = community.send(changed.changed(f"{name} around the login", lambda _: None), baseline=valid)
    expect(reply).refuses()


def name_id_of(community: Community, scene: Scene) -> str:
    """How the identity provider calls the victim."""
    known = community.user("PAT", scene.victim).name_id
    if "{spid}" not in known:
        raise Skipped(Reason.NEEDS_USER, "no [[users]] entry tells how the identity provider calls the victim")
    return known.replace("{spid}", scene.victim.spid)
