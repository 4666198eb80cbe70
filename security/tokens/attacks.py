"""The attacks on the X-User Assertion at a service provider, as data: id, row, what is sent, expected subcodes.

Sources: catalogue rows XUA-ITI40-050 to 118. An attack changes a valid stored query, nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fixtures.epr import names
from fixtures.epr.algorithms import HMAC_SHA1, HMAC_SHA256, MD5, RSA_MD5, XPATH_TRANSFORM, XSLT_TRANSFORM
from fixtures.epr.assertion import Assertion, Confirmation, NameId, attribute, delegation
from fixtures.epr.message import Message
from fixtures.epr.names import AUDIENCE_ALL_COMMUNITIES, EXC_C14N, NS, cx
from fixtures.epr.saml import XuaContent, xua
from fixtures.epr.xml import Element, find, parse, serialise
from fixtures.epr.xmlsign import Signing
from fixtures.trust.forgery import clone, stray
from security.conftest import Scene
from security.tokens.wrapping import WRAPPINGS, with_resource_id, wrapped

INVALID, FAILED, CHECK = "wsse:InvalidSecurityToken", "wsse:FailedAuthentication", "wsse:FailedCheck"
UNSUPPORTED, ALGORITHM, HEADER = "wsse:UnsupportedSecurityToken", "wsse:UnsupportedAlgorithm", "wsse:InvalidSecurity"
Build = Callable[[Scene, Message], Message]


@dataclass(frozen=True)
class Attack:
    """``row`` of the catalogue; ``build`` makes the attack of the valid query, which is about the victim or not."""

    id: str
    row: str
    build: Build
    subcodes: tuple[str, ...]
    on_victim: bool = False


def header(make: Callable[[Scene], bytes]) -> Build:
    """An attack that only replaces the content of wsse:Security."""
    return lambda scene, query: query.with_security(make(scene), "another wsse:Security")


def trusted(change: Callable[[Assertion], Assertion], *, by: str = "xap", **content: Any) -> Build:
    """A token that is signed by a key the target trusts, and wrong in one point."""
    return header(lambda scene: scene.community.trusted_token(replace(scene.content, **content), change=change, by=by))


def same(assertion: Assertion) -> Assertion:
    return assertion


def altered(change: Callable[[Element], None]) -> Build:
    """The genuine token, changed without signing again."""

    def make(scene: Scene) -> bytes:
        root = parse(scene.token)
        change(root)
        return serialise(root)

    return header(make)


def set_text(xpath: str, value: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        found = find(root, xpath)
        assert found is not None
        found.text = value

    return change


def set_attribute(xpath: str, name: str, value: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        found = find(root, xpath)
        assert found is not None
        found.set(name, value)

    return change


def remove(xpath: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        found = find(root, xpath)
        assert found is not None
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    return change


def double(xpath: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        found = find(root, xpath)
        assert found is not None
        found.addnext(parse(serialise(found)))

    return change


def without_signature(root: Element) -> None:
    signature = find(root, "ds:Signature")
    assert signature is not None
    root.remove(signature)


def valid_for(start: timedelta | None, end: timedelta | None) -> Callable[[Assertion], Assertion]:
    """Another validity window, relative to now; None leaves the bound out."""

    def change(assertion: Assertion) -> Assertion:
        now = datetime.now(UTC)
        bounds = (None if start is None else now + start, None if end is None else now + end)
        return assertion.replaced(not_before=bounds[0], not_on_or_after=bounds[1])

    return change


def signed_by(signing: Signing) -> Build:
    """The content of the genuine token under another signature by the trusted key."""
    return header(lambda scene: scene.community.trusted_token(scene.content, signing=signing))


def forged(signer: Callable[[Scene], Any], signing: Signing | None = None, issuer: str = "") -> Build:
    """A token about the victim signed by a key of the attacker under the name of the genuine issuer."""

    def make(scene: Scene) -> bytes:
        content = replace(scene.content, resource_id=scene.victim.resource_id)
        assertion = xua(content, issuer=issuer or _issuer(scene))
        return assertion.signed(signer(scene), signing or Signing())

    return header(make)


def _issuer(scene: Scene) -> str:
    found = find(parse(scene.token), "saml2:Issuer")
    assert found is not None
    return str(found.text)


def _certificate(scene: Scene) -> Any:
    import base64

    from cryptography import x509

    encoded = find(parse(scene.token), ".//ds:X509Certificate")
    if encoded is None:
        return stray(rsa_bits=2048).certificate
    return x509.load_der_x509_certificate(base64.b64decode(str(encoded.text)))


def _der(scene: Scene) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(_certificate(scene).public_bytes(Encoding.DER))


def hmac(method: str, length: int | None = None) -> Build:
    """An HMAC keyed with the public certificate of the provider."""

    def make(scene: Scene) -> bytes:
        content = replace(scene.content, resource_id=scene.victim.resource_id)
        signing = Signing(method=method, secret=_der(scene), hmac_output_length=length)
        return xua(content, issuer=_issuer(scene)).signed(stray(rsa_bits=2048), signing)

    return header(make)


XPATH = "<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>"
XPATH_ALL = f'<ds:Transform Algorithm="{XPATH_TRANSFORM}">{XPATH}</ds:Transform>'
MINUTE = timedelta(minutes=1)
RESOURCE = f"saml2:AttributeStatement/saml2:Attribute[@Name='{names.RESOURCE_ID}']/saml2:AttributeValue"
ROLE = f".//saml2:Attribute[@Name='{names.ROLE}']//hl7:Role"
PURPOSE = f".//saml2:Attribute[@Name='{names.PURPOSE_OF_USE}']//hl7:PurposeOfUse"


def patient_with_foreign_resource(scene: Scene) -> bytes:
    content = scene.community.token_content("PAT", scene.patient)
    return scene.community.trusted_token(replace(content, resource_id=scene.victim.resource_id))


def other_role(role: str, **changes: Any) -> Build:
    """The token of another role with fields that do not fit it."""

    def make(scene: Scene) -> bytes:
        content: XuaContent = scene.community.token_content(role, scene.patient)
        return scene.community.trusted_token(replace(content, **changes))

    return header(make)


def resource(form: str) -> Build:
    def make(scene: Scene) -> bytes:
        return scene.community.trusted_token(
            replace(scene.content, resource_id=form.format(spid=scene.patient.spid, authority=names.EPR_SPID))
        )

    return header(make)


def wrap(name: str) -> Build:
    return header(lambda scene: wrapped(name, scene.token, with_resource_id(scene.victim.resource_id)))


def copy_in_another_header(scene: Scene, query: Message) -> Message:
    root = parse(scene.token)
    without_signature(root)
    found = find(root, RESOURCE)
    assert found is not None
    found.text = scene.victim.resource_id
    xml = f"<wsa:Metadata>{serialise(root).decode()}</wsa:Metadata>"
    return query.with_child("//env:Header", xml, "an unsigned copy with the same ID in another header", at=0)


def second_security(scene: Scene, query: Message) -> Message:
    other = scene.community.token("HCP", scene.victim).decode()
    return query.with_child("//env:Header", f"<wsse:Security>{other}</wsse:Security>", "a second wsse:Security")


def role_none(_: Scene, query: Message) -> Message:
    none = f"{NS['env']}/role/none"
    return query.with_attribute("//wsse:Security", "env:role", none, "wsse:Security for role none")


def saml_1_1(scene: Scene) -> bytes:
    return scene.token.replace(b"urn:oasis:names:tc:SAML:2.0:assertion", b"urn:oasis:names:tc:SAML:1.0:assertion")


USERNAME = (
    b"<wsse:UsernameToken><wsse:Username>admin</wsse:Username><wsse:Password>admin</wsse:Password></wsse:UsernameToken>"
)
ENCRYPTED = (
    f'<saml2:EncryptedAssertion xmlns:saml2="{NS["saml2"]}"><xenc:EncryptedData xmlns:xenc="{NS["xenc"]}">'
    "<xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"
    "</saml2:EncryptedAssertion>"
).encode()
REFERENCE = (
    b"<wsse:SecurityTokenReference><wsse:KeyIdentifier>_11111111-2222-4333-8444-555555555555</wsse:KeyIdentifier>"
    b"</wsse:SecurityTokenReference>"
)
UNKNOWN_CONDITION = '<saml2:Condition xmlns:ex="urn:example:conditions" xsi:type="ex:Unknown"/>'
HOLDER = (Confirmation(method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),)
FOREIGN = "https://other.example"
GLN_2, GLN_3 = (NameId(value, "urn:gs1:gln") for value in ("7601998000021", "7601998000038"))
ATTRIBUTES = ("SUBJECT_ID", "ROLE", "PURPOSE_OF_USE", "RESOURCE_ID", "HOME_COMMUNITY_ID")
R = "XUA-ITI40-"

ATTACKS = (
    Attack(
        "expired", R + "050", trusted(valid_for(-10 * MINUTE, -2 * MINUTE)), (INVALID, FAILED, "wsse:MessageExpired")
    ),
    Attack("not-yet-valid", R + "051", trusted(valid_for(10 * MINUTE, 15 * MINUTE)), (INVALID, FAILED)),
    Attack("no-NotBefore", R + "052", trusted(valid_for(None, 5 * MINUTE)), (INVALID,)),
    Attack("no-NotOnOrAfter", R + "052", trusted(valid_for(-MINUTE, None)), (INVALID,)),
    Attack("no-validity", R + "052", trusted(valid_for(None, None)), (INVALID,)),
    Attack("no-Conditions", R + "052", trusted(lambda a: a.replaced(has_conditions=False)), (INVALID,)),
    Attack("foreign-audience", R + "053", trusted(lambda a: a.replaced(audiences=((FOREIGN,),))), (INVALID, FAILED)),
    Attack(
        "second-foreign-audience",
        R + "053",
        trusted(lambda a: a.replaced(audiences=((AUDIENCE_ALL_COMMUNITIES,), (FOREIGN,)))),
        (INVALID, FAILED),
    ),
    Attack("no-audience", R + "054", trusted(lambda a: a.replaced(audiences=())), (INVALID,)),
    Attack(
        "unknown-issuer",
        R + "055",
        forged(lambda _: stray(rsa_bits=2048), issuer="https://unknown.example"),
        (INVALID,),
        True,
    ),
    Attack(
        "key-of-another-issuer",
        R + "056",
        header(
            lambda scene: scene.community.trusted_token(
                scene.content, change=lambda a: a.replaced(issuer=_issuer(scene)), by="other"
            )
        ),
        (INVALID, FAILED),
    ),
    Attack(
        "identity-assertion",
        R + "057",
        header(lambda s: s.community.identity_assertion(s.community.user("HCP"), s.patient)),
        (INVALID, FAILED),
    ),
    *(
        Attack(f"without-{name}", R + "058", trusted(lambda a, n=name: a.without(getattr(names, n))), (INVALID, FAILED))  # type: ignore[misc]
        for name in ATTRIBUTES
    ),
    *(Attack(f"role-{role}", R + "059", trusted(same, role=role), (INVALID,)) for role in ("ASS", "TCU", "XYZ")),
    Attack("PAT-with-GLN", R + "060", other_role("PAT", name_id=GLN_2), (INVALID,)),
    Attack(
        "HCP-with-SPID",
        R + "060",
        trusted(same, name_id=NameId("761337610000000002", names.NAME_QUALIFIER["PAT"])),
        (INVALID,),
    ),
    Attack("REP-as-PADM", R + "060", other_role("REP", name_id=NameId("x", names.NAME_QUALIFIER["PADM"])), (INVALID,)),
    Attack("PAT-EMER", R + "061", other_role("PAT", purpose="EMER"), (INVALID, FAILED)),
    Attack("REP-EMER", R + "061", other_role("REP", purpose="EMER"), (INVALID, FAILED)),
    Attack("DADM-AUTO", R + "061", other_role("DADM", purpose="AUTO"), (INVALID, FAILED)),
    Attack("TCU-NORM", R + "061", other_role("TCU", purpose="NORM"), (INVALID, FAILED)),
    Attack(
        "delegates-differ",
        R + "062",
        trusted(lambda a: a.replaced(conditions=(delegation(GLN_2),), confirmations=(Confirmation(name_id=GLN_3),))),
        (INVALID,),
    ),
    Attack(
        "delegation-of-a-patient",
        R + "062",
        header(
            lambda s: s.community.trusted_token(
                s.community.token_content("PAT", s.patient),
                change=lambda a: a.replaced(conditions=(delegation(GLN_2),)),
            )
        ),
        (INVALID,),
    ),
    Attack("patient-with-foreign-resource", R + "063", header(patient_with_foreign_resource), (INVALID, FAILED), True),
    Attack("resource-of-1.2.3", R + "064", resource("{spid}^^^&1.2.3&ISO"), (INVALID, FAILED)),
    Attack("resource-bare", R + "064", resource("{spid}"), (INVALID, FAILED)),
    Attack("resource-without-ISO", R + "064", resource("{spid}^^^&{authority}"), (INVALID, FAILED)),
    *(Attack(name, f"{R}{79 + int(name[3]):03}", wrap(name), (CHECK, INVALID, HEADER), True) for name in WRAPPINGS),
    Attack("signature-excluded", R + "088", altered(without_signature), (CHECK, INVALID)),
    Attack(
        "clone-of-the-certificate",
        R + "092",
        forged(lambda scene: clone(_certificate(scene))),
        (INVALID, FAILED, CHECK),
        True,
    ),
    Attack(
        "KeyValue",
        R + "093",
        forged(lambda _: stray(rsa_bits=2048), Signing(key_info="key value")),
        (INVALID, FAILED, CHECK),
        True,
    ),
    Attack("HMAC-with-the-certificate", R + "094", hmac(HMAC_SHA256), (ALGORITHM, CHECK), True),
    *(Attack(f"HMAC-of-{bits}-bits", R + "095", hmac(HMAC_SHA1, bits), (ALGORITHM, CHECK), True) for bits in (0, 1, 8)),
    Attack("rsa-md5", R + "097", signed_by(Signing(method=RSA_MD5)), (ALGORITHM, CHECK)),
    Attack("digest-md5", R + "097", signed_by(Signing(digest=MD5)), (ALGORITHM, CHECK)),
    Attack("copy-with-the-same-ID", R + "101", copy_in_another_header, (CHECK, INVALID, HEADER), True),
    Attack("two-Security-headers", R + "104", second_security, (HEADER,), True),
    Attack(
        "two-assertions",
        R + "105",
        header(lambda s: s.token + s.community.token("HCP", s.victim)),
        (HEADER, INVALID),
        True,
    ),
    Attack("role-none", R + "106", role_none, (HEADER, "wsse:SecurityTokenUnavailable")),
    Attack("encrypted", R + "107", header(lambda _: ENCRYPTED), (UNSUPPORTED, INVALID)),
    Attack("SAML-1.1-namespace", R + "108", header(saml_1_1), (UNSUPPORTED, INVALID)),
    Attack("Version-1.1", R + "108", trusted(lambda a: a.replaced(version="1.1")), (UNSUPPORTED, INVALID)),
    Attack(
        "UsernameToken", R + "109", header(lambda _: USERNAME), (UNSUPPORTED, "wsse:SecurityTokenUnavailable", HEADER)
    ),
    Attack(
        "token-by-reference",
        R + "109",
        header(lambda _: REFERENCE),
        (UNSUPPORTED, "wsse:SecurityTokenUnavailable", HEADER),
    ),
    Attack("holder-of-key", R + "110", trusted(lambda a: a.replaced(confirmations=HOLDER)), (FAILED, INVALID)),
    Attack(
        "unknown-condition",
        R + "111",
        trusted(lambda a: a.replaced(conditions=(UNKNOWN_CONDITION,))),
        (UNSUPPORTED, INVALID),
    ),
    Attack(
        "reference-to-a-listener",
        R + "090",
        altered(set_attribute(".//ds:Reference", "URI", "http://127.0.0.1:9/a")),
        (CHECK, INVALID),
    ),
    Attack(
        "reference-to-a-file",
        R + "090",
        altered(set_attribute(".//ds:Reference", "URI", "file:///etc/passwd")),
        (CHECK, INVALID),
    ),
    Attack(
        "reference-to-everything", R + "089", altered(set_attribute(".//ds:Reference", "URI", "")), (CHECK, INVALID)
    ),
    Attack("no-reference", R + "089", altered(remove(".//ds:Reference")), (CHECK, INVALID)),
    Attack("second-reference", R + "089", altered(double(".//ds:Reference")), (CHECK, INVALID)),
    Attack(
        "XPath-transform",
        R + "091",
        altered(set_attribute(".//ds:Transform", "Algorithm", XPATH_TRANSFORM)),
        (ALGORITHM, CHECK, INVALID),
    ),
    Attack(
        "XSLT-transform",
        R + "091",
        altered(set_attribute(".//ds:Transform", "Algorithm", XSLT_TRANSFORM)),
        (ALGORITHM, CHECK, INVALID),
    ),
    Attack(
        "signed-XPath-transform",
        R + "091",
        signed_by(Signing(transforms=(XPATH_ALL, EXC_C14N))),
        (ALGORITHM, CHECK, INVALID),
    ),
    Attack("altered-purpose", R + "113", altered(set_attribute(PURPOSE, "code", "EMER")), (CHECK,)),
    Attack("altered-role", R + "113", altered(set_attribute(ROLE, "code", "PADM")), (CHECK,)),
    Attack(
        "altered-validity",
        R + "114",
        altered(set_attribute("saml2:Conditions", "NotOnOrAfter", "2099-01-01T00:00:00Z")),
        (CHECK,),
    ),
    Attack("altered-audience", R + "114", altered(set_text(".//saml2:Audience", FOREIGN)), (CHECK,)),
    Attack("altered-signature", R + "115", altered(set_text(".//ds:SignatureValue", "AAAA")), (CHECK,)),
    Attack("altered-digest", R + "115", altered(set_text(".//ds:DigestValue", "AAAA")), (CHECK,)),
    Attack(
        "two-resource-ids",
        R + "118",
        header(
            lambda s: s.community.trusted_token(
                s.content, change=lambda a: a.adding(attribute(names.RESOURCE_ID, s.victim.resource_id))
            )
        ),
        (INVALID, CHECK),
        True,
    ),
    Attack(
        "altered-patient",
        R + "112",
        header(
            lambda s: s.token.replace(
                cx(s.patient.spid, names.EPR_SPID).replace("&", "&amp;").encode(),
                s.victim.resource_id.replace("&", "&amp;").encode(),
            )
        ),
        (CHECK,),
        True,
    ),
)
