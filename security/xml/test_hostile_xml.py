"""Document types, entities, pointers, depth and size: hostile XML is refused quickly and discloses nothing.

Two verdicts for each attack: nothing was read, called or changed (security), and the refusal has the right form.
"""

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Finding, Unmet
from fixtures.client import Community
from fixtures.suite import requirement, transaction
from security.conftest import Scene
from security.xml.attacks import BOMBS, DOCTYPES, LARGE, POINTERS, Attack, with_large
from security.xml.collector import Collector
from security.xml.messages import BOMB_ROWS, DOCTYPE_ROWS, MESSAGES, attacked, baseline, each, nothing_followed, refused

#: rows that speak of what a message points to
POINTER_ROWS = {name: rows for name, rows in DOCTYPE_ROWS.items() if name != "GetXUA"}


@pytest.mark.parametrize("attack", POINTERS, ids=lambda attack: attack.id)
@pytest.mark.parametrize("name", each(POINTER_ROWS))
def test_a_pointer_is_not_followed(
    community: Community, scene: Scene, collector: Collector, name: str, attack: Attack
) -> None:
    valid = MESSAGES[name](scene)
    reply = attacked(community, attack.on(valid, collector.url), baseline(scene, name, valid))
    nothing_followed(reply, collector)


@pytest.mark.parametrize("attack", DOCTYPES, ids=lambda attack: attack.id)
@pytest.mark.parametrize("name", each(DOCTYPE_ROWS))
def test_a_document_type_is_refused_and_nothing_is_fetched(
    community: Community, scene: Scene, collector: Collector, name: str, attack: Attack
) -> None:
    valid = MESSAGES[name](scene)
    reply = attacked(community, attack.on(valid, collector.url), baseline(scene, name, valid))
    nothing_followed(reply, collector)
    refused(reply)


@pytest.mark.parametrize("attack", BOMBS, ids=lambda attack: attack.id)
@pytest.mark.parametrize("name", each(BOMB_ROWS))
def test_an_entity_bomb_is_refused_within_five_seconds(
    community: Community, scene: Scene, name: str, attack: Attack
) -> None:
    valid = MESSAGES[name](scene)
    reply = attacked(community, attack.on(valid, ""), baseline(scene, name, valid))
    refused(reply)
    seconds = reply.seconds if reply else 0.0
    if seconds >= 5:
        raise Unmet(Finding("an answer within 5 s", f"{seconds:.1f} s"))


@requirement("XUA-ITI40-119")
@pytest.mark.parametrize("kind", LARGE)
@pytest.mark.parametrize("name", ["ITI-18", "ITI-41"])
@transaction("ITI-18", "ITI-41")
def test_an_oversized_token_is_refused_and_the_target_lives(
    community: Community, scene: Scene, name: str, kind: str
) -> None:
    valid = MESSAGES[name](scene)
    reply = attacked(community, with_large(kind, valid), valid)
    if reply is not None:
        expect(reply).meets(reply.status >= 400, "HTTP 400, 413 or 500, or the connection closed", reply.status)
