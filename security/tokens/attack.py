"""What an attack on the X-User Assertion is, and how one is made: a change of a valid stored query, nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cryptography import x509

from fixtures.checks.verdicts import Reason, Skipped
from fixtures.epr.assertion import Assertion
from fixtures.epr.message import Message
from fixtures.epr.saml import XuaContent, xua
from fixtures.epr.xml import Element, find, parse, serialise, text
from fixtures.epr.xmlsign import Signing
from fixtures.trust.forgery import stray
from security.conftest import Scene

INVALID, FAILED, CHECK = "wsse:InvalidSecurityToken", "wsse:FailedAuthentication", "wsse:FailedCheck"
UNSUPPORTED, ALGORITHM, HEADER = "wsse:UnsupportedSecurityToken", "wsse:UnsupportedAlgorithm", "wsse:InvalidSecurity"
UNAVAILABLE = "wsse:SecurityTokenUnavailable"
Build = Callable[[Scene, Message], Message]


@dataclass(frozen=True)
class Attack:
    """``row`` of the catalogue; ``build`` makes the attack of the valid query, which is about the victim or not.

    ``subcodes`` are those the row names. ``is_denied``: an application answer without data is as good as a fault.
    ``is_advice``: the row is a recommendation, so that nobody need refuse, and the form of a refusal is not judged.
    """

    id: str
    row: str
    build: Build
    subcodes: tuple[str, ...]
    on_victim: bool = False
    is_denied: bool = False
    is_advice: bool = False


def row(number: int) -> str:
    return f"XUA-ITI40-{number:03d}"


def header(make: Callable[[Scene], bytes]) -> Build:
    """An attack that only replaces the content of wsse:Security."""
    return lambda scene, query: query.with_security(make(scene), "another wsse:Security")


# --- signed by a key the target trusts ------------------------------------------------------------


def trusted(change: Callable[[Assertion], Assertion], *, by: str = "xap", **content: Any) -> Build:
    """A token that is signed by a key the target trusts, and wrong in one point."""
    return header(lambda scene: scene.community.trusted_token(replace(scene.content, **content), change=change, by=by))


def same(assertion: Assertion) -> Assertion:
    return assertion


def other_role(role: str, change: Callable[[Assertion], Assertion] = same, **changes: Any) -> Build:
    """The token of another role with something that does not fit it."""

    def make(scene: Scene) -> bytes:
        content: XuaContent = scene.community.token_content(role, scene.patient)
        return scene.community.trusted_token(replace(content, **changes), change=change)

    return header(make)


def signed_by(signing: Signing) -> Build:
    """The content of the genuine token under another signature by the trusted key; Skipped where it cannot sign so."""

    def make(scene: Scene) -> bytes:
        try:
            return scene.community.trusted_token(scene.content, signing=signing)
        except ValueError as error:
            raise Skipped(Reason.NEEDS_TRUSTED_KEY, f"the key of [trust] cannot sign like this: {error}") from None

    return header(make)


# --- signed by a key of the attacker --------------------------------------------------------------


def forged(signer: Callable[[Scene], Any], signing: Signing | None = None, issuer: str = "") -> Build:
    """A token about the victim signed by a key of the attacker under the name of the genuine issuer."""

    def make(scene: Scene) -> bytes:
        content = replace(scene.content, resource_id=scene.victim.resource_id)
        assertion = xua(content, issuer=issuer or issuer_of(scene))
        return assertion.signed(signer(scene), signing or Signing())

    return header(make)


def hmac(method: str, secret: Callable[[Scene], bytes], length: int | None = None) -> Build:
    """An HMAC keyed with what everybody knows."""

    def make(scene: Scene) -> bytes:
        signing = Signing(method=method, secret=secret(scene), hmac_output_length=length)
        content = replace(scene.content, resource_id=scene.victim.resource_id)
        return xua(content, issuer=issuer_of(scene)).signed(stray(rsa_bits=2048), signing)

    return header(make)


def issuer_of(scene: Scene) -> str:
    return text(parse(scene.token), "saml2:Issuer")


def certificate(scene: Scene) -> x509.Certificate:
    """The provider's certificate: as the target file has it, or as the genuine token shows it."""
    import base64

    known = scene.community.target.trust.xap_certificate
    if known is not None:
        return x509.load_pem_x509_certificate(known.read_bytes())
    encoded = text(parse(scene.token), ".//ds:X509Certificate")
    if not encoded:
        raise Skipped(Reason.NEEDS_CERTIFICATE, "[trust] has no xap_certificate and the token shows none")
    return x509.load_der_x509_certificate(base64.b64decode(encoded))


# --- a genuine token, changed without signing again -----------------------------------------------


def altered(*changes: Callable[[Element], None]) -> Build:
    """The genuine token after these changes."""
    return header(lambda scene: edited(scene.token, *changes))


def edited(token: bytes, *changes: Callable[[Element], None]) -> bytes:
    root = parse(token)
    for change in changes:
        change(root)
    return serialise(root)


def found(root: Element, xpath: str) -> Element:
    element = find(root, xpath)
    if element is None:
        raise LookupError(f"the token has no {xpath}")
    return element


def set_text(xpath: str, value: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        found(root, xpath).text = value

    return change


def set_attribute(xpath: str, name: str, value: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        found(root, xpath).set(name, value)

    return change


def remove(xpath: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        element = found(root, xpath)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def commented(xpath: str) -> Callable[[Element], None]:
    """A comment before the last character of the text there: exclusive canonicalization does not see it."""
    from lxml import etree

    def change(root: Element) -> None:
        element = found(root, xpath)
        whole, comment = str(element.text), etree.Comment("")
        element.text, comment.tail = whole[:-1], whole[-1:]
        element.insert(0, comment)

    return change
