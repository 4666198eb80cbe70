"""Attacks on the X-User Assertion: two verdicts each, nothing disclosed and the right form of the refusal."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.xds import retrieve
from fixtures.suite import requirement, transaction
from security.conftest import Scene
from security.tokens.attacks import ATTACKS, Attack

EACH = [pytest.param(attack, id=attack.id, marks=pytest.mark.requirement(attack.row)) for attack in ATTACKS]
MAIN = [attack for attack in ATTACKS if attack.id in ("expired", "signature-excluded", "altered-purpose", "XSW3")]


@pytest.mark.parametrize("attack", EACH)
@transaction("ITI-18")
def test_an_attack_discloses_nothing(community: Community, scene: Scene, attack: Attack) -> None:
    query = attack.build(scene, scene.query(on_victim=attack.on_victim))
    reply = community.send(query, baseline=scene.valid)
    aim = scene.treasure if attack.on_victim else scene.published
    expect(reply).lacks("//rim:ExtrinsicObject | //rim:ObjectRef").discloses_nothing([aim.entry.unique_id])


@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.id) for attack in ATTACKS])
@requirement("XUA-ITI40-040", "XUA-ITI40-041")
@transaction("ITI-18")
def test_an_attack_is_answered_by_a_fault(community: Community, scene: Scene, attack: Attack) -> None:
    query = attack.build(scene, scene.query(on_victim=attack.on_victim))
    reply = community.send(query, baseline=scene.valid)
    expect(reply).is_token_refusal(*attack.subcodes)
    expect(reply).discloses_nothing(
        ["Traceback (most recent call last)", "at java.", "at org.apache", "/site-packages/"]
    )


@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.id) for attack in ATTACKS])
@requirement("XUA-ITI40-044")
@transaction("ITI-18")
def test_the_refusal_of_an_attack_discloses_no_internals(community: Community, scene: Scene, attack: Attack) -> None:
    reply = community.send(attack.build(scene, scene.query(on_victim=attack.on_victim)))
    internals: list[str | bytes] = [
        "Traceback (most recent call last)",
        'File "/',
        "at java.",
        "at org.apache",
        scene.victim.local_id,
    ]
    expect(reply).discloses_nothing(internals)


@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.id) for attack in MAIN])
@requirement("XUA-ITI40-040")
@transaction("ITI-43")
def test_an_attack_retrieves_no_document(community: Community, scene: Scene, attack: Attack) -> None:
    valid = retrieve([scene.published.request], token=scene.token)
    reply = community.send(attack.build(scene, valid), baseline=valid)
    expect(reply).is_token_refusal(*attack.subcodes).lacks("//xds:DocumentResponse")


@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.id) for attack in MAIN])
@requirement("XUA-ITI40-040")
@transaction("ITI-41")
def test_an_attack_publishes_no_document(community: Community, scene: Scene, attack: Attack) -> None:
    valid = community.submission(scene.patient, token=scene.token).message
    reply = community.send(attack.build(scene, valid), baseline=valid)
    expect(reply).is_token_refusal(*attack.subcodes)
