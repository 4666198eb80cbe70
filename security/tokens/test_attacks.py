"""Attacks on the X-User Assertion: nothing is disclosed or changed (security), and the refusal has the right form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.message import Message, Reply
from fixtures.epr.queries import get_documents
from fixtures.epr.xds import retrieve
from fixtures.suite import requirement, transaction
from security.conftest import Scene, make_scene
from security.tokens.attack import Attack
from security.tokens.attacks import ATTACKS, FORMAL, MAIN, REFUSED


@dataclass(frozen=True)
class Assault:
    """Carries out each attack once; several tests judge its answer."""

    scene: Scene
    _answers: dict[str, Reply] = field(default_factory=dict)

    def __call__(self, attack: Attack) -> Reply:
        if attack.id not in self._answers:
            query = attack.build(self.scene, self.scene.query(on_victim=attack.on_victim))
            self._answers[attack.id] = self.scene.community.send(query, baseline=self.scene.valid)
        return self._answers[attack.id]

    def secrets(self, attack: Attack) -> list[str]:
        """What the answer would tell if the attack had succeeded."""
        aim = self.scene.treasure if attack.on_victim else self.scene.published
        return [aim.entry.unique_id]


@pytest.fixture(scope="module")
def assault(community: Community) -> Assault:
    return Assault(make_scene(community))


def cases(attacks: Sequence[Attack]) -> list[object]:
    """Each attack under its name, citing its row."""
    return [pytest.param(attack, id=attack.id, marks=pytest.mark.requirement(attack.row)) for attack in attacks]


def named(attacks: Sequence[Attack]) -> list[object]:
    return [pytest.param(attack, id=attack.id) for attack in attacks]


@pytest.mark.parametrize("attack", cases(ATTACKS))
@transaction("ITI-18")
def test_an_attack_discloses_nothing(assault: Assault, attack: Attack) -> None:
    expect(assault(attack)).discloses_nothing(assault.secrets(attack))


@pytest.mark.parametrize("attack", cases(REFUSED))
@transaction("ITI-18")
def test_an_attack_is_refused(assault: Assault, attack: Attack) -> None:
    expect(assault(attack)).refuses()


@pytest.mark.parametrize("attack", named(FORMAL))
@requirement("XUA-ITI40-040")
@transaction("ITI-18")
def test_an_attack_is_answered_by_a_fault(assault: Assault, attack: Attack) -> None:
    expect(assault(attack)).is_token_refusal()


@pytest.mark.parametrize("attack", named(FORMAL))
@requirement("XUA-ITI40-041")
@transaction("ITI-18")
def test_the_fault_code_names_the_failure(assault: Assault, attack: Attack) -> None:
    expect(assault(attack)).is_token_refusal(*attack.subcodes)


@pytest.mark.parametrize("attack", named(FORMAL))
@requirement("XUA-ITI40-042")
@transaction("ITI-18")
def test_the_fault_has_http_status_400_or_500(assault: Assault, attack: Attack) -> None:
    reply = assault(attack)
    expect(reply).meets(reply.status in (400, 500), "HTTP 400 or 500", f"HTTP {reply.status}")


@pytest.mark.parametrize("attack", named(ATTACKS))
@requirement("XUA-ITI40-044")
@transaction("ITI-18")
def test_the_refusal_of_an_attack_discloses_no_internals(assault: Assault, attack: Attack) -> None:
    expect(assault(attack)).shows_no_internals().discloses_nothing([assault.scene.victim.local_id])


@pytest.mark.parametrize("attack", cases(MAIN))
@transaction("ITI-43")
def test_an_attack_retrieves_no_document(community: Community, scene: Scene, attack: Attack) -> None:
    aim = scene.treasure if attack.on_victim else scene.published
    valid = retrieve([scene.published.request], token=scene.token)
    reply = community.send(attack.build(scene, retrieve([aim.request], token=scene.token)), baseline=valid)
    expect(reply).refuses().discloses_nothing([aim.content])


def submission(scene: Scene, *, on_victim: bool) -> tuple[Message, str]:
    """A new submission and the uniqueId of its document."""
    patient = scene.victim if on_victim else scene.patient
    sent = scene.community.submission(patient, token=scene.token)
    return sent.message, sent.entry.unique_id


@pytest.mark.parametrize("attack", cases(MAIN))
@transaction("ITI-41", "ITI-18")
def test_an_attack_publishes_no_document(community: Community, scene: Scene, attack: Attack) -> None:
    message, unique_id = submission(scene, on_victim=attack.on_victim)
    reply = community.send(attack.build(scene, message), baseline=lambda: submission(scene, on_victim=False)[0])
    expect(reply).refuses()
    owner = scene.victim if attack.on_victim else scene.patient
    left = community.accepted(get_documents(token=community.token("PAT", owner), unique_ids=[unique_id]))
    expect(left).lacks("//rim:ExtrinsicObject")


@pytest.mark.parametrize("attack", named(MAIN))
@pytest.mark.parametrize("name", ["ITI-41", "ITI-43"])
@requirement("XUA-ITI40-040")
@transaction("ITI-41", "ITI-43")
def test_an_attack_on_documents_is_answered_by_a_fault(
    community: Community, scene: Scene, attack: Attack, name: str
) -> None:
    messages: dict[str, Callable[[], Message]] = {
        "ITI-41": lambda: submission(scene, on_victim=False)[0],
        "ITI-43": lambda: retrieve([scene.published.request], token=scene.token),
    }
    valid = messages[name]
    expect(community.send(attack.build(scene, valid()), baseline=valid)).is_token_refusal()
