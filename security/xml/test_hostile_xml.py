"""Document types, entities, depth and size: hostile XML is refused quickly and discloses nothing."""

from collections.abc import Callable

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.hl7v3 import pix_query
from fixtures.epr.identifiers import II
from fixtures.epr.message import Http, Message
from fixtures.epr.xds import retrieve
from fixtures.suite import requirement
from security.conftest import Scene

MARKER = "root:x:0:0"
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'
SUBSET = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
LEVELS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY e0 "lol">{LEVELS}<!ENTITY e "&e9;">]>'
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}"><!ENTITY e "{"&a;" * 2_000}">]>'
DOCTYPES = {"external-entity": EXTERNAL, "parameter-entity": PARAMETER, "external-subset": SUBSET}
BOMBS = {"nested": BOMB, "quadratic": QUADRATIC}


def with_doctype(message: Message, doctype: str) -> Message:
    """The message behind a DOCTYPE, with a reference to &e; where it can stand (in wsa:To)."""

    def edit(http: Http) -> Http:
        start = http.body.index(b"<env:Envelope")
        body = http.body[:start] + doctype.encode() + http.body[start:].replace(b"</wsa:To>", b"&e;</wsa:To>", 1)
        return Http(http.content_type, body, http.headers)

    return message.on_the_wire("a DOCTYPE with an entity", edit)


def _patients(scene: Scene) -> Message:
    local = II(scene.community.target.domains.local, scene.patient.local_id)
    return pix_query(local, scene.community.addressing)


MESSAGES: dict[str, Callable[[Scene], Message]] = {
    "ITI-18": lambda scene: scene.valid,
    "ITI-45": _patients,
    "GetXUA": lambda scene: scene.community.token_request("HCP", scene.patient),
    "ITI-43": lambda scene: retrieve([scene.published.request], token=scene.token),
}
CITED = {
    "ITI-18": ("XDS-SOAP-009", "XUA-ITI40-102"),
    "ITI-43": ("XDS-SOAP-009", "XUA-ITI40-102"),
    "ITI-45": ("PAT-GEN-011",),
    "GetXUA": ("XUA-STS-103",),
}
EACH = [pytest.param(name, id=name, marks=pytest.mark.requirement(*CITED[name])) for name in MESSAGES]


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES)
@pytest.mark.parametrize("name", EACH)
def test_a_document_type_is_refused_and_nothing_is_fetched(
    community: Community, scene: Scene, name: str, doctype: str
) -> None:
    valid = MESSAGES[name](scene)
    reply = community.send(with_doctype(valid, doctype), baseline=valid)
    expect(reply).refuses().discloses_nothing([MARKER])


BOMBED = {**CITED, "ITI-18": ("XUA-ITI40-103", "XDS-SOAP-009")}
BOMB_CASES = [pytest.param(name, id=name, marks=pytest.mark.requirement(*BOMBED[name])) for name in MESSAGES]


@pytest.mark.parametrize("doctype", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("name", BOMB_CASES)
def test_an_entity_bomb_is_refused_within_five_seconds(
    community: Community, scene: Scene, name: str, doctype: str
) -> None:
    valid = MESSAGES[name](scene)
    reply = community.send(with_doctype(valid, doctype), baseline=valid)
    expect(reply).refuses().meets(reply.seconds < 5, "an answer within 5 s", f"{reply.seconds:.1f} s")


@requirement("XUA-ITI40-119")
@pytest.mark.parametrize("kind", ["deep", "many-attributes", "large"])
def test_an_oversized_token_is_refused_and_the_target_lives(community: Community, scene: Scene, kind: str) -> None:
    payloads = {
        "deep": b"<a>" * 10_000 + b"</a>" * 10_000,
        "many-attributes": b"<a " + b" ".join(b'a%d=""' % number for number in range(100_000)) + b"/>",
        "large": b"<a>" + b"x" * 20_000_000 + b"</a>",
    }
    reply = community.send(
        scene.valid.on_the_wire(
            f"{kind} content in wsse:Security",
            lambda http: Http(
                http.content_type,
                http.body.replace(b"</wsse:Security>", payloads[kind] + b"</wsse:Security>"),
                http.headers,
            ),
        ),
        baseline=scene.valid,
    )
    expect(reply).meets(reply.status >= 400, "HTTP 400, 413 or 500", reply.status)


@requirement("XDS-MTOM-009")
@pytest.mark.parametrize("href", ["cid:missing@test", "file:///etc/passwd", "http://127.0.0.1:9/document"])
def test_an_include_without_part_is_refused(community: Community, scene: Scene, href: str) -> None:
    valid = community.submission(scene.patient, token=scene.token)
    changed = valid.message.with_attribute("//xop:Include", "href", href)
    reply = community.send(changed, baseline=valid.message)
    expect(reply).refuses().discloses_nothing([MARKER])
