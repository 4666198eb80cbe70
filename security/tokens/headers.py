"""Attacks on the Security header: two of them, two tokens in it, another role, other kinds of token (104 to 109)."""

from collections.abc import Callable

from fixtures.epr.message import Message
from fixtures.epr.names import NS
from security.conftest import Scene
from security.tokens.attack import HEADER, INVALID, UNAVAILABLE, UNSUPPORTED, Attack, Build, header, row, trusted
from security.tokens.signatures import evil

USERNAME = (
    b"<wsse:UsernameToken><wsse:Username>admin</wsse:Username><wsse:Password>admin</wsse:Password></wsse:UsernameToken>"
)
BINARY = (
    b'<wsse:BinarySecurityToken ValueType="http://docs.oasis-open.org/wss/2004/01/'
    b'oasis-200401-wss-x509-token-profile-1.0#X509v3">AAAA</wsse:BinarySecurityToken>'
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


def second_header(make: Callable[[Scene], str], *, at: int | None) -> Build:
    """Another wsse:Security before (0) or after (None) the genuine one."""

    def build(scene: Scene, query: Message) -> Message:
        xml = f"<wsse:Security>{make(scene)}</wsse:Security>"
        return query.with_child("//env:Header", xml, "a second wsse:Security", at=at)

    return build


def of_the_victim(scene: Scene) -> str:
    """A genuine token that opens the record of the victim."""
    return scene.community.token("HCP", scene.victim).decode()


def for_role_none(_: Scene, query: Message) -> Message:
    none = f"{NS['env']}/role/none"
    return query.with_attribute("//wsse:Security", "env:role", none, "wsse:Security for role none")


def in_namespace(namespace: str) -> Build:
    """The genuine octets with another namespace in place of SAML 2.0."""
    return header(lambda scene: scene.token.replace(NS["saml2"].encode(), namespace.encode()))


def emergency(scene: Scene) -> bytes:
    return scene.token + scene.community.token("HCP", scene.patient, purpose="EMER")


HEADERS = (
    Attack("unsigned-header-before", row(104), second_header(evil, at=0), (HEADER,), True),
    Attack("unsigned-header-after", row(104), second_header(evil, at=None), (HEADER,), True),
    Attack("two-genuine-headers", row(104), second_header(of_the_victim, at=None), (HEADER,), True),
    Attack("two-assertions", row(105), header(lambda s: s.token + of_the_victim(s).encode()), (HEADER, INVALID), True),
    Attack("two-purposes", row(105), header(emergency), (HEADER, INVALID)),
    Attack("role-none", row(106), for_role_none, (HEADER, UNAVAILABLE)),
    Attack("encrypted", row(107), header(lambda _: ENCRYPTED), (UNSUPPORTED, INVALID)),
    Attack("SAML-1.1", row(108), in_namespace("urn:oasis:names:tc:SAML:1.0:assertion"), (UNSUPPORTED, INVALID)),
    Attack("Version-1.1", row(108), trusted(lambda a: a.replaced(version="1.1")), (UNSUPPORTED, INVALID)),
    Attack("UsernameToken", row(109), header(lambda _: USERNAME), (UNSUPPORTED, UNAVAILABLE, HEADER)),
    Attack("BinarySecurityToken", row(109), header(lambda _: BINARY), (UNSUPPORTED, UNAVAILABLE, HEADER)),
    Attack("token-by-reference", row(109), header(lambda _: REFERENCE), (UNSUPPORTED, UNAVAILABLE, HEADER)),
    Attack("another-namespace", row(118), in_namespace("urn:x"), (INVALID, "wsse:FailedCheck")),
)
