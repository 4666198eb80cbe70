"""What a token points to is never fetched (XUA-ITI40-090)."""

from collections.abc import Callable

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.message import fragment
from fixtures.epr.xml import Element
from fixtures.suite import requirement, transaction
from security.conftest import Scene
from security.tokens.attack import edited, found, set_attribute
from security.xml.collector import listening

SIGNATURE = "ds:Signature"
Point = Callable[[Scene, str], bytes]


def to_key(url: str) -> Callable[[Element], None]:
    """ds:RetrievalMethod in KeyInfo, which is not signed."""

    def change(root: Element) -> None:
        signature = found(root, SIGNATURE)
        given = signature.find("{*}KeyInfo")
        info = fragment(f'<ds:KeyInfo><ds:RetrievalMethod URI="{url}"/></ds:KeyInfo>')
        signature.append(info) if given is None else signature.replace(given, info)

    return change


POINTERS: dict[str, Point] = {
    "Reference": lambda scene, url: edited(scene.token, set_attribute(".//ds:Reference", "URI", url)),
    "RetrievalMethod": lambda scene, url: edited(scene.token, to_key(url)),
    "SecurityTokenReference": lambda _, url: (
        f'<wsse:SecurityTokenReference><wsse:Reference URI="{url}"/></wsse:SecurityTokenReference>'.encode()
    ),
}


@requirement("XUA-ITI40-090")
@transaction("ITI-18")
@pytest.mark.parametrize("point", POINTERS.values(), ids=POINTERS)
def test_what_a_token_points_to_is_not_fetched(community: Community, scene: Scene, point: Point) -> None:
    with listening(community.url("ITI-18")) as collector:
        query = scene.valid.with_security(point(scene, collector.url), "a token that points to us")
        reply = community.send(query, baseline=scene.valid)
        expect(reply).meets(not collector.calls, "no call to our port", collector.calls)
