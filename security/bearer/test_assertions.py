"""An X-User Assertion as access token: over mutual TLS only, and after the checks it undergoes in SOAP (ITI-72)."""

import base64
from collections.abc import Callable

import pytest
from lxml import etree

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community
from fixtures.epr import iua
from fixtures.epr.message import Message
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.epr.xml import find_all, parse
from fixtures.suite import requirement, transaction
from fixtures.wire import REGISTERED, NoAnswer, Unreachable
from security.bearer.drawer import Drawer
from security.bearer.forging import documents
from security.conftest import Scene, make_scene
from security.tokens.attack import Attack
from security.tokens.attacks import ATTACKS

pytestmark = transaction("ITI-67")
#: attacks that leave one element, or two, to be shown as a token: one of each sort the row names
CHOSEN = (
    *("expired", "not-yet-valid", "unknown-issuer", "key-of-another-issuer", "foreign-audience", "altered-patient"),
    *("signature-excluded", "XSW3", "XSW4", "KeyValue", "comment-in-resource-id", "copy-with-the-same-ID-before"),
    *("two-assertions", "identity-assertion", "SAML-1.1"),
)


def over_mutual_tls(drawer: Drawer, call: Call) -> RestReply:
    return drawer.community.fhir.send(call, tls=REGISTERED)


def assertion(drawer: Drawer) -> bytes:
    return drawer.community.token("HCP", drawer.patient)


@requirement("FHIR-ITI72-019", "XUA-OIDC-091")
def test_an_assertion_over_mutual_tls_finds_documents(drawer: Drawer) -> None:
    reply = over_mutual_tls(drawer, drawer.search().with_token(iua.encoded(assertion(drawer))))
    expect(reply).is_ok().has("entry.resource.ofType(DocumentReference)")


def standard(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


FORMS: dict[str, Callable[[bytes], str]] = {
    "padded": lambda octets: base64.urlsafe_b64encode(octets + b" " * (1 - len(octets) % 3)).decode(),
    "base64": standard,
    "declared": lambda octets: iua.encoded(b'<?xml version="1.0" encoding="UTF-8"?>' + octets),
}


def taken_or_401(reply: RestReply) -> None:
    expect(reply).meets(reply.status in (200, 401), "HTTP 200 or 401", reply.says, "HTTP status").shows_no_internals()


@requirement("XUA-OIDC-091")
@pytest.mark.parametrize("form", FORMS)
def test_another_spelling_of_an_assertion_is_taken_or_refused(drawer: Drawer, form: str) -> None:
    taken_or_401(over_mutual_tls(drawer, drawer.search().with_token(FORMS[form](assertion(drawer)), form)))


@requirement("XUA-OIDC-094")
def test_an_assertion_under_the_historic_scheme_is_taken_or_refused(drawer: Drawer) -> None:
    call = drawer.search().without_token("scheme IHE-SAML")
    taken_or_401(over_mutual_tls(drawer, call.with_header("Authorization", f"IHE-SAML {standard(assertion(drawer))}")))


@requirement("XUA-OIDC-092")
@pytest.mark.parametrize("certificate", ["none", "unregistered"])
def test_an_assertion_without_our_certificate_opens_nothing(drawer: Drawer, certificate: str) -> None:
    valid = drawer.search()
    drawer.community.fhir.accepted(valid)
    call = valid.with_token(iua.encoded(assertion(drawer)), f"an assertion, certificate: {certificate}")
    reply = handshaken(drawer, call, certificate)
    drawer.community.fhir.alive(valid)
    if reply is not None:
        expect(reply).is_unauthorised(tolerated=[403]).discloses_nothing(drawer.secrets)


def handshaken(drawer: Drawer, call: Call, certificate: str) -> RestReply | None:
    """The reply, None where the handshake already refuses the certificate."""
    try:
        return drawer.community.fhir.send(call, tls=certificate)
    except (Unreachable, NoAnswer):
        return None


@pytest.fixture(scope="module")
def scene(community: Community) -> Scene:
    return make_scene(community)


def shown(message: Message) -> str:
    """What an attack put into wsse:Security, as a bearer token."""
    found = find_all(parse(message.envelope), "//wsse:Security/*[not(self::wsu:Timestamp)]")
    if not found:
        raise Skipped(Reason.NEEDS_PROFILE, "the attack leaves nothing that could be a token")
    return iua.encoded(b"".join(etree.tostring(one, with_tail=False) for one in found))


@requirement("XUA-OIDC-093")
@pytest.mark.parametrize("attack", [pytest.param(one, id=one.id) for one in ATTACKS if one.id in CHOSEN])
def test_an_assertion_nobody_should_believe_opens_nothing(scene: Scene, attack: Attack) -> None:
    drawer = Drawer(scene.community, scene.patient, scene.published)
    aim = Drawer(scene.community, scene.victim, scene.treasure) if attack.on_victim else drawer
    expect(over_mutual_tls(drawer, drawer.search().with_token(iua.encoded(scene.token)))).is_ok()
    built = attack.build(scene, scene.query(on_victim=attack.on_victim))
    reply = over_mutual_tls(drawer, documents(aim.patient, shown(built), attack.id))
    expect(reply).is_unauthorised(tolerated=[403]).discloses_nothing(aim.secrets)


@requirement("XUA-OIDC-093")
def test_an_assertion_with_a_document_type_opens_nothing(drawer: Drawer) -> None:
    hostile = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + assertion(drawer)
    reply = over_mutual_tls(drawer, drawer.search().with_token(iua.encoded(hostile), "a document type"))
    expect(reply).is_unauthorised(tolerated=[403]).discloses_nothing(drawer.secrets).shows_no_internals()
