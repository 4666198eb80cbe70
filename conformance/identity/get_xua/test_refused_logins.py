"""Logins and messages the X-Assertion Provider must not believe: no assertion is issued (rows XUA-STS-011 to 106)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from conformance.identity.get_xua.issuing import declared
from conformance.identity.get_xua.refusing import IDENTITY, RESOURCE, ROLE, login, refused
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.message import Http, Message
from fixtures.epr.xml import Element, find, parse, serialise
from fixtures.suite import requirement
from fixtures.trust.forgery import stray

USERNAME = b"<wsse:UsernameToken><wsse:Username>a</wsse:Username></wsse:UsernameToken>"
LATER = "2099-01-01T00:00:00Z"


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    return community.patient()


@requirement("XUA-STS-080")
@pytest.mark.parametrize("content", [None, b"", USERNAME], ids=["no-header", "empty", "UsernameToken"])
def test_no_identity_assertion_is_refused(
    community: Community, patient: RegisteredPatient, content: bytes | None
) -> None:
    valid = community.token_request("HCP", patient)
    changed = valid.without("//wsse:Security") if content is None else valid.with_security(content, "no assertion")
    refused(community, valid, changed, *IDENTITY, "wsse:SecurityTokenUnavailable", "wsse:UnsupportedSecurityToken")


@requirement("XUA-STS-081")
def test_an_unsigned_identity_assertion_is_refused(community: Community, patient: RegisteredPatient) -> None:
    valid = community.token_request("HCP", patient)
    refused(community, valid, valid.without("//wsse:Security/saml2:Assertion/ds:Signature"), *IDENTITY)


def text(xpath: str, value: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        found = find(root, xpath)
        assert found is not None
        found.text = value

    return change


def validity(root: Element) -> None:
    found = find(root, "saml2:Conditions")
    assert found is not None
    found.set("NotOnOrAfter", LATER)


ALTERED = {
    "NameID": text("saml2:Subject/saml2:NameID", "somebody else"),
    "Audience": text(".//saml2:Audience", "https://rogue.example"),
    "NotOnOrAfter": validity,
}


@requirement("XUA-STS-082")
@pytest.mark.parametrize("change", ALTERED.values(), ids=ALTERED)
def test_an_altered_identity_assertion_is_refused(
    community: Community, patient: RegisteredPatient, change: Callable[[Element], None]
) -> None:
    valid = community.token_request("HCP", patient)
    root = parse(community.identity_assertion(community.user("HCP"), patient))
    change(root)
    refused(community, valid, valid.with_security(serialise(root), "an altered identity assertion"), *IDENTITY)


WINDOWS = {
    "expired": ("XUA-STS-083", timedelta(minutes=-20)),
    "not-yet-valid": ("XUA-STS-084", timedelta(minutes=15)),
}


@pytest.mark.parametrize(
    "shift", [pytest.param(by, id=name, marks=pytest.mark.requirement(row)) for name, (row, by) in WINDOWS.items()]
)
def test_an_identity_assertion_outside_its_validity_is_refused(
    community: Community, patient: RegisteredPatient, shift: timedelta
) -> None:
    valid = community.token_request("HCP", patient)
    assertion = login(community, patient, now=datetime.now(UTC) + shift)
    refused(community, valid, valid.with_security(assertion, "another validity"), *IDENTITY)


@requirement("XUA-STS-085")
@pytest.mark.parametrize("issuer", ["", "https://unknown-idp.example"], ids=["trusted-name", "unknown-name"])
def test_an_identity_assertion_of_an_untrusted_provider_is_refused(
    community: Community, patient: RegisteredPatient, issuer: str
) -> None:
    valid = community.token_request("HCP", patient)
    assertion = login(community, patient, issuer=issuer, key=stray(rsa_bits=2048))
    refused(community, valid, valid.with_security(assertion, "signed by a stranger"), *IDENTITY)


@requirement("XUA-STS-086")
def test_an_identity_assertion_for_an_unregistered_relying_party_is_refused(
    community: Community, patient: RegisteredPatient
) -> None:
    valid = community.token_request("HCP", patient)
    assertion = login(community, patient, audience="https://rogue.example")
    refused(community, valid, valid.with_security(assertion, "for another relying party"), *IDENTITY)


@requirement("XUA-STS-087")
def test_an_x_user_assertion_is_no_identity_assertion(community: Community, patient: RegisteredPatient) -> None:
    valid = community.token_request("HCP", patient)
    issued = community.token("HCP", patient)
    refused(community, valid, valid.with_security(issued, "an X-User Assertion"), *IDENTITY)


@requirement("XUA-STS-103")
def test_a_body_that_is_no_request_is_refused(community: Community, patient: RegisteredPatient) -> None:
    valid = community.token_request("HCP", patient)
    changed = community.sealed(valid.replaced("//wst:RequestSecurityToken", "<samlp:ArtifactResolve/>"))
    expect(community.send(changed, baseline=valid)).refuses()


@requirement("XUA-STS-103")
def test_truncated_xml_is_refused(community: Community, patient: RegisteredPatient) -> None:
    def half(http: Http) -> Http:
        return Http(http.content_type, http.body[: len(http.body) // 2], http.headers)

    valid = community.token_request("HCP", patient)
    expect(community.send(valid.on_the_wire("half of the envelope", half), baseline=valid)).refuses()


# --- signed requests (revision of July 2026) --------------------------------------------------------


@requirement("XUA-STS-013")
def test_a_request_signed_with_an_unregistered_certificate_is_refused(
    community: Community, patient: RegisteredPatient
) -> None:
    profile = declared(community, "2026")
    valid = community.token_request("HCP", patient, profile=profile)
    changed = community.token_request("HCP", patient, profile=profile, signing_key=stray(rsa_bits=2048))
    reply = community.send(changed.changed("signed by a stranger", lambda _: None), baseline=valid)
    expect(reply).refuses_token("wsse:FailedAuthentication", "wsse:InvalidSecurityToken", "wsse:FailedCheck")


def moved_into(wrapper: str, place: str) -> Callable[[Message, str], Message]:
    """The signed Body stands in ``wrapper`` at ``place``; the Body itself says something else under another wsu:Id."""

    def wrap(message: Message, resource_id: str) -> Message:
        body = find(message.root, "//env:Body")
        assert body is not None
        signed = serialise(body).decode()
        opening, closing = wrapper.split("|")
        moved = message.with_child(place, f"{opening}{signed}{closing}", f"the signed Body moved to {place}", at=0)
        other = moved.with_attribute("/env:Envelope/env:Body", "wsu:Id", "Body-2")
        return other.with_text(f"/env:Envelope/env:Body{RESOURCE}/saml2:AttributeValue", resource_id)

    return wrap


TAMPERED: dict[str, Callable[[Message, str], Message]] = {
    "resource-id": lambda message, value: message.with_text(f"{RESOURCE}/saml2:AttributeValue", value),
    "Expires": lambda message, _: message.with_text("//wsu:Expires", LATER),
    "Body-in-a-header": moved_into("<samlp:Extensions>|</samlp:Extensions>", "//env:Header"),
    "Body-in-ds-Object": moved_into("<ds:Object>|</ds:Object>", "//wsse:Security/ds:Signature"),
}


@requirement("XUA-STS-011")
@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_a_tampered_signed_request_is_refused(
    community: Community, patient: RegisteredPatient, tamper: Callable[[Message, str], Message]
) -> None:
    valid = community.token_request("HCP", patient, profile=declared(community, "2026"))
    reply = community.send(tamper(valid, community.patient().resource_id), baseline=valid)
    expect(reply).refuses_token("wsse:FailedCheck", "wsse:InvalidSecurity")


# --- form of the refusal ----------------------------------------------------------------------------

BAD: dict[str, Callable[[Message], Message]] = {
    "no-role": lambda m: m.without(ROLE),
    "foreign-authority": lambda m: m.with_text(f"{RESOURCE}/saml2:AttributeValue", "1^^^&1.2.3&ISO"),
    "another-RequestType": lambda m: m.with_text("//wst:RequestType", "urn:x"),
    "no-assertion": lambda m: m.with_security(b"", "no assertion"),
    "unsigned": lambda m: m.without("//wsse:Security/saml2:Assertion/ds:Signature"),
    "altered": lambda m: m.with_text("//wsse:Security/saml2:Assertion//saml2:NameID", "somebody else"),
}


@requirement("XUA-STS-106")
@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_a_refusal_is_a_fault_without_detail(
    community: Community, patient: RegisteredPatient, change: Callable[[Message], Message]
) -> None:
    valid = community.token_request("HCP", patient)
    reply = community.send(community.sealed(change(valid)), baseline=valid)
    expect(reply).is_token_refusal()
    expect(reply).meets(b"AuthnStatement" not in reply.body, "no assertion in the fault", "an AuthnStatement")
    expect(reply).shows_no_internals().discloses_nothing([patient.local_id])
