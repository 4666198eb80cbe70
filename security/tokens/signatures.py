"""Attacks on the signature of a token: wrapping, exclusion, references, transforms, keys, algorithms, alteration."""

from collections.abc import Callable
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from fixtures.checks.verdicts import Reason, Skipped
from fixtures.epr import names
from fixtures.epr.algorithms import (
    BASE64_TRANSFORM,
    ECDSA_SHA1,
    HMAC_SHA1,
    HMAC_SHA256,
    MD5,
    RSA_MD5,
    RSA_SHA1,
    SHA1,
    XPATH_TRANSFORM,
    XSLT_TRANSFORM,
)
from fixtures.epr.assertion import NameId
from fixtures.epr.message import Message
from fixtures.epr.names import ENVELOPED_SIGNATURE, EXC_C14N, NS, SHA256
from fixtures.epr.xml import Element, find, parse, serialise
from fixtures.epr.xmlsign import Reference, Signing, canonical
from fixtures.trust.forgery import clone, stray
from security.conftest import Scene
from security.tokens.attack import (
    ALGORITHM,
    CHECK,
    FAILED,
    HEADER,
    INVALID,
    Attack,
    Build,
    altered,
    certificate,
    commented,
    edited,
    forged,
    header,
    hmac,
    remove,
    row,
    same,
    set_attribute,
    set_text,
    signed_by,
    trusted,
)
from security.tokens.wrapping import WRAPPINGS, evil_copy, with_resource_id, wrapped

RESOURCE = f"saml2:AttributeStatement/saml2:Attribute[@Name='{names.RESOURCE_ID}']/saml2:AttributeValue"
ROLE = f".//saml2:Attribute[@Name='{names.ROLE}']//hl7:Role"
PURPOSE = f".//saml2:Attribute[@Name='{names.PURPOSE_OF_USE}']//hl7:PurposeOfUse"
NAME = "saml2:Subject/saml2:NameID"
XPATH = (
    f'<ds:Transform Algorithm="{XPATH_TRANSFORM}"><ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>'
    "</ds:Transform>"
)
XSLT = (
    f'<ds:Transform Algorithm="{XSLT_TRANSFORM}"><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
    'version="1.0"><xsl:template match="/"><xsl:copy-of select="document(\'file:///etc/passwd\')"/></xsl:template>'
    "</xsl:stylesheet></ds:Transform>"
)
SIGNATURE = "ds:Signature"


def to_victim(scene: Scene) -> Callable[[Element], None]:
    return set_text(RESOURCE, scene.victim.resource_id)


# --- wrapping and copies --------------------------------------------------------------------------


def wrap(name: str) -> Build:
    return header(lambda scene: wrapped(name, scene.token, with_resource_id(scene.victim.resource_id)))


def evil(scene: Scene, *, same_id: bool = False) -> str:
    """The unsigned copy that claims the record of the victim."""
    return serialise(evil_copy(scene.token, with_resource_id(scene.victim.resource_id), same_id=same_id)).decode()


def wrapper_before(scene: Scene, query: Message) -> Message:
    xml = f"<samlp:Extensions>{evil(scene)}</samlp:Extensions>"
    return query.with_child("//env:Header", xml, "a SOAP header with an unsigned assertion", at=0)


def copy_elsewhere(*, at: int | None) -> Build:
    """An unsigned copy with the same ID in a SOAP header of its own."""

    def build(scene: Scene, query: Message) -> Message:
        xml = f"<wsa:Metadata>{evil(scene, same_id=True)}</wsa:Metadata>"
        return query.with_child("//env:Header", xml, "an unsigned copy with the same ID in another header", at=at)

    return build


# --- references -----------------------------------------------------------------------------------


def referring(make: Callable[[Element], tuple[Reference, ...]]) -> Build:
    """Signed by the trusted key over other references."""
    return signed_by(Signing(references=make))


def twice(element: Element) -> tuple[Reference, ...]:
    return (Reference(f"#{element.get('ID')}", element),) * 2


def to_the_body(scene: Scene, query: Message) -> Message:
    """The signature covers the SOAP Body and nothing of the assertion."""
    named = query.with_attribute("//env:Body", "wsu:Id", "Body-1")
    body = find(named.root, "//env:Body")
    assert body is not None
    only = (Reference("#Body-1", None, canonical(body), (EXC_C14N,)),)
    return signed_by(Signing(references=only))(scene, named)


# --- keys and algorithms --------------------------------------------------------------------------


def sha1(digest: str) -> Build:
    """SHA-1 with the key there is, RSA or EC."""

    def make(scene: Scene) -> bytes:
        rsa = isinstance(certificate(scene).public_key(), RSAPublicKey)
        signing = Signing(method=RSA_SHA1 if rsa else ECDSA_SHA1, digest=digest)
        try:
            return scene.community.trusted_token(scene.content, signing=signing)
        except ValueError as error:
            raise Skipped(Reason.NEEDS_TRUSTED_KEY, str(error)) from None

    return header(make)


def der(scene: Scene) -> bytes:
    return certificate(scene).public_bytes(Encoding.DER)


def pem(scene: Scene) -> bytes:
    return certificate(scene).public_bytes(Encoding.PEM)


# --- alteration -----------------------------------------------------------------------------------


def flipped(root: Element) -> None:
    """Another first character of the SignatureValue: some bits differ."""
    value = find(root, "ds:Signature/ds:SignatureValue")
    assert value is not None
    text = str(value.text)
    value.text = ("B" if text.startswith("A") else "A") + text[1:]


def signature_of_another(scene: Scene) -> bytes:
    """The SignatureValue of the token for the victim."""
    other = find(parse(scene.community.token("HCP", scene.victim)), "ds:Signature/ds:SignatureValue")
    assert other is not None
    return edited(scene.token, set_text("ds:Signature/ds:SignatureValue", str(other.text)))


def digest_fitted(scene: Scene) -> bytes:
    """The record of the victim, and the digest that goes with it."""
    import base64
    import hashlib

    root = parse(edited(scene.token, to_victim(scene)))
    bare = parse(edited(serialise(root), remove(SIGNATURE)))
    listed = find(root, "ds:Signature//ds:Transform/ec:InclusiveNamespaces")
    prefixes = () if listed is None else tuple(listed.get("PrefixList", "").split())
    octets = hashlib.sha256(canonical(bare, EXC_C14N, prefixes)).digest()
    return edited(serialise(root), set_text(".//ds:DigestValue", base64.b64encode(octets).decode()))


def foreign_signature(scene: Scene) -> bytes:
    """ds:Signature in a namespace that is not XML Signature."""
    return edited(scene.token, to_victim(scene)).replace(NS["ds"].encode(), b"urn:example:not-a-signature")


def comment_in(xpath: str, **content: Callable[[Scene], object]) -> Build:
    """A signed text that is the victim's and one character more, with a comment before that character."""

    def make(scene: Scene) -> bytes:
        role = "PAT" if "name_id" in content else "HCP"
        values = {name: value(scene) for name, value in content.items()}
        said = replace(scene.community.token_content(role, scene.patient), **values)  # type: ignore[arg-type]
        return edited(scene.community.trusted_token(said), commented(xpath))

    return header(make)


SIGNATURES = (
    *(Attack(name, row(79 + int(name[3])), wrap(name), (CHECK, INVALID, HEADER), True) for name in WRAPPINGS),
    Attack("XSW7-in-a-header", row(86), wrapper_before, (CHECK, INVALID, HEADER), True),
    Attack("signature-excluded", row(88), altered(remove(SIGNATURE)), (CHECK, INVALID)),
    Attack(
        "signature-excluded-and-altered",
        row(88),
        header(lambda scene: edited(scene.token, remove(SIGNATURE), to_victim(scene))),
        (CHECK, INVALID),
        True,
    ),
    Attack("no-reference", row(89), referring(lambda _: ()), (CHECK, INVALID)),
    Attack("reference-to-everything", row(89), referring(lambda e: (Reference("", e),)), (CHECK, INVALID)),
    Attack("two-references", row(89), referring(twice), (CHECK, INVALID)),
    Attack("reference-to-the-Body", row(89), to_the_body, (CHECK, INVALID)),
    Attack(
        "reference-to-a-file",
        row(90),
        referring(lambda e: (Reference("file:///etc/hostname", e),)),
        (CHECK, INVALID),
    ),
    Attack("XPath-transform", row(91), signed_by(Signing(transforms=(XPATH, EXC_C14N))), (ALGORITHM, CHECK, INVALID)),
    Attack(
        "XSLT-transform",
        row(91),
        signed_by(Signing(transforms=(ENVELOPED_SIGNATURE, XSLT, EXC_C14N))),
        (ALGORITHM, CHECK, INVALID),
    ),
    Attack(
        "base64-transform",
        row(91),
        signed_by(Signing(transforms=(ENVELOPED_SIGNATURE, BASE64_TRANSFORM, EXC_C14N))),
        (ALGORITHM, CHECK, INVALID),
    ),
    Attack(
        "clone-of-the-certificate",
        row(92),
        forged(lambda scene: clone(certificate(scene))),
        (INVALID, FAILED, CHECK),
        True,
    ),
    Attack(
        "KeyValue",
        row(93),
        forged(lambda _: stray(rsa_bits=2048), Signing(key_info="key-value")),
        (INVALID, FAILED, CHECK),
        True,
    ),
    Attack("HMAC-with-the-certificate", row(94), hmac(HMAC_SHA256, der), (ALGORITHM, CHECK), True),
    Attack("HMAC-with-the-PEM", row(94), hmac(HMAC_SHA256, pem), (ALGORITHM, CHECK), True),
    Attack("HMAC-without-key", row(94), hmac(HMAC_SHA256, lambda _: b""), (ALGORITHM, CHECK), True),
    *(
        Attack(f"HMAC-of-{bits}-bits", row(95), hmac(HMAC_SHA1, der, bits), (ALGORITHM, CHECK), True)
        for bits in (0, 1, 8)
    ),
    Attack("sha1-sha1", row(96), sha1(SHA1), (ALGORITHM, CHECK), is_advice=True),
    Attack("sha1-sha256", row(96), sha1(SHA256), (ALGORITHM, CHECK), is_advice=True),
    Attack("rsa-md5", row(97), signed_by(Signing(method=RSA_MD5)), (ALGORITHM, CHECK)),
    Attack("digest-md5", row(97), signed_by(Signing(digest=MD5)), (ALGORITHM, CHECK)),
    Attack("RSA-1024", row(98), trusted(same, by="weak"), (ALGORITHM, INVALID, CHECK), is_advice=True),
    Attack(
        "comment-in-NameID",
        row(99),
        comment_in(
            NAME,
            name_id=lambda scene: NameId(f"{scene.victim.spid}9", names.NAME_QUALIFIER["PAT"]),
            resource_id=lambda scene: scene.victim.resource_id,
        ),
        (INVALID, FAILED, CHECK),
        True,
    ),
    Attack(
        "comment-in-resource-id",
        row(100),
        comment_in(RESOURCE, resource_id=lambda scene: f"{scene.victim.resource_id}9"),
        (INVALID, FAILED, CHECK),
        True,
    ),
    Attack("copy-with-the-same-ID-before", row(101), copy_elsewhere(at=0), (CHECK, INVALID, HEADER), True),
    Attack("copy-with-the-same-ID-after", row(101), copy_elsewhere(at=None), (CHECK, INVALID, HEADER), True),
    Attack("altered-patient", row(112), header(lambda scene: edited(scene.token, to_victim(scene))), (CHECK,), True),
    Attack("altered-purpose", row(113), altered(set_attribute(PURPOSE, "code", "EMER")), (CHECK,)),
    Attack("altered-role", row(113), altered(set_attribute(ROLE, "code", "DADM")), (CHECK,)),
    Attack(
        "altered-validity",
        row(114),
        altered(set_attribute("saml2:Conditions", "NotOnOrAfter", "2099-01-01T00:00:00Z")),
        (CHECK,),
    ),
    Attack(
        "altered-audience",
        row(114),
        altered(set_text(".//saml2:Audience", "https://other.example")),
        (CHECK,),
    ),
    Attack("altered-signature", row(115), altered(flipped), (CHECK,)),
    Attack("signature-of-another", row(115), header(signature_of_another), (CHECK,)),
    Attack("altered-digest", row(115), header(digest_fitted), (CHECK,), True),
    Attack("signature-in-another-namespace", row(118), header(foreign_signature), (CHECK, INVALID), True),
)
