"""Requests the X-Assertion Provider refuses with a fault and without an assertion (rows XUA-STS-080 to 106)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import saml
from fixtures.epr.keypair import KeyPair
from fixtures.epr.message import Message
from fixtures.epr.names import EPR_SPID, cx
from fixtures.epr.xml import find, parse, serialise
from fixtures.suite import requirement
from fixtures.trust.forgery import stray

CLAIM = "//wst:Claims/saml2:Attribute[@Name='{}']"
ROLE = CLAIM.format("urn:oasis:names:tc:xacml:2.0:subject:role")
PURPOSE = CLAIM.format("urn:oasis:names:tc:xspa:1.0:subject:purposeofuse")
RESOURCE = CLAIM.format("urn:oasis:names:tc:xacml:2.0:resource:resource-id")
REQUEST = ("wst:InvalidRequest", "wst:BadRequest", "wst:RequestFailed")
IDENTITY = (
    "wsse:FailedCheck",
    "wst:FailedAuthentication",
    "wsse:InvalidSecurityToken",
    "wst:ExpiredData",
    "wsse:InvalidSecurity",
)


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    return community.patient()


def refused(community: Community, valid: Message, changed: Message, *subcodes: str) -> None:
    """The changed request is answered by a fault, without an assertion and without internals."""
    reply = community.send(changed, baseline=valid)
    expect(reply).is_token_refusal(*subcodes).lacks("//saml2:Assertion")
    expect(reply).discloses_nothing(["Traceback (most recent call last)", 'File "/', "at java."])


def identity(
    community: Community,
    patient: RegisteredPatient,
    *,
    issuer: str = "",
    key: KeyPair | None = None,
    now: datetime | None = None,
) -> bytes:
    """The identity assertion of the professional as our identity provider would write it, wrong in one point."""
    provider = community.target.idp
    if provider is None:
        raise Skipped(Reason.NEEDS_TRUSTED_KEY, "[idp] is missing: the target trusts no identity provider of ours")
    user = community.user("HCP")
    name_id = user.name_id.replace("{spid}", patient.spid)
    known = saml.Identity(name_id=name_id, given=user.given, family=user.family, gln=user.gln)
    assertion = saml.idp(known, issuer=issuer or provider.issuer, audience=provider.audience, now=now)
    pair = key or KeyPair.from_pem(provider.signer.certificate.read_bytes(), provider.signer.key.reveal().encode())
    return assertion.signed(pair)


CLAIMS = {
    "no-role": ("XUA-STS-088", lambda m: m.without(ROLE)),
    "no-purpose": ("XUA-STS-088", lambda m: m.without(PURPOSE)),
    "no-resource-id": ("XUA-STS-088", lambda m: m.without(RESOURCE)),
    "no-Claims": ("XUA-STS-088", lambda m: m.without("//wst:Claims")),
    "dialect": ("XUA-STS-089", lambda m: m.with_attribute("//wst:Claims", "Dialect", "urn:example:other")),
    "role-XYZ": ("XUA-STS-090", lambda m: m.with_attribute(f"{ROLE}//hl7:Role", "code", "XYZ")),
    "role-system": (
        "XUA-STS-090",
        lambda m: m.with_attribute(f"{ROLE}//hl7:Role", "codeSystem", "2.16.756.5.30.1.127.3.10.5"),
    ),
    "purpose-TREAT": ("XUA-STS-090", lambda m: m.with_attribute(f"{PURPOSE}//hl7:PurposeOfUse", "code", "TREAT")),
    "purpose-AUTO": ("XUA-STS-091", lambda m: m.with_attribute(f"{PURPOSE}//hl7:PurposeOfUse", "code", "AUTO")),
    "resource-bare": ("XUA-STS-100", lambda m: m.with_text(f"{RESOURCE}/saml2:AttributeValue", "761337610000000002")),
    "resource-authority": ("XUA-STS-100", lambda m: m.with_text(f"{RESOURCE}/saml2:AttributeValue", "1^^^&1.2.3&ISO")),
    "resource-never-issued": (
        "XUA-STS-100",
        lambda m: m.with_text(f"{RESOURCE}/saml2:AttributeValue", cx("761337619876543217", EPR_SPID)),
    ),
    "resource-empty": ("XUA-STS-100", lambda m: m.with_text(f"{RESOURCE}/saml2:AttributeValue", "")),
    "resource-twice": ("XUA-STS-100", lambda m: m.doubled(f"{RESOURCE}/saml2:AttributeValue")),
    "Validate": (
        "XUA-STS-102",
        lambda m: m.with_text("//wst:RequestType", "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Validate"),
    ),
    "SAML-1.1": (
        "XUA-STS-102",
        lambda m: m.with_text(
            "//wst:TokenType", "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1"
        ),
    ),
}


@pytest.mark.parametrize(
    "change",
    [pytest.param(c, id=n, marks=pytest.mark.requirement(row, "XUA-STS-106")) for n, (row, c) in CLAIMS.items()],
)
def test_wrong_claims_are_refused(community: Community, patient: RegisteredPatient, change: Any) -> None:
    valid = community.token_request("HCP", patient)
    refused(community, valid, change(valid), *REQUEST)


PAIRS = [
    ("HCP", "AUTO"),
    ("ASS", "AUTO"),
    ("TCU", "NORM"),
    ("PAT", "EMER"),
    ("REP", "EMER"),
    ("PADM", "EMER"),
    ("DADM", "AUTO"),
]


@pytest.mark.parametrize(("role", "purpose"), PAIRS)
@requirement("XUA-STS-091")
def test_a_purpose_that_does_not_fit_the_role_is_refused(
    community: Community, patient: RegisteredPatient, role: str, purpose: str
) -> None:
    valid = community.token_request(role, patient)
    refused(community, valid, valid.with_attribute(f"{PURPOSE}//hl7:PurposeOfUse", "code", purpose), *REQUEST)


@pytest.mark.parametrize("handle", ["hcp-inactive", "hcp-unregistered"])
@requirement("XUA-STS-092", "HPD-SRC-006")
def test_a_professional_who_is_not_active_is_refused(
    community: Community, patient: RegisteredPatient, handle: str
) -> None:
    user = community.target.user(handle)
    valid = community.token_request("HCP", patient)
    refused(
        community,
        valid,
        community.token_request("HCP", patient, user=user),
        "wst:RequestFailed",
        "wst:FailedAuthentication",
    )


@pytest.mark.parametrize(("identity", "role"), [("PAT", "HCP"), ("HCP", "PADM"), ("HCP", "DADM"), ("HCP", "PAT")])
@requirement("XUA-STS-093")
def test_a_role_the_person_does_not_hold_is_refused(
    community: Community, patient: RegisteredPatient, identity: str, role: str
) -> None:
    assertion = community.identity_assertion(community.user(identity), patient)
    valid = community.token_request(role, patient)
    changed = community.token_request(role, patient, assertion=assertion)
    refused(community, valid, changed, "wst:RequestFailed", "wst:FailedAuthentication")


@pytest.mark.parametrize("missing", ["principal_id", "principal_name"])
@requirement("XUA-STS-094")
def test_an_assistant_names_the_principal(community: Community, patient: RegisteredPatient, missing: str) -> None:
    valid = community.token_request("ASS", patient)
    changed = community.token_request("ASS", patient, **{missing: None}).changed(f"no {missing}", lambda _: None)
    refused(community, valid, changed, *REQUEST)


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("ASS", marks=pytest.mark.requirement("XUA-STS-095")),
        pytest.param("TCU", marks=pytest.mark.requirement("XUA-STS-097")),
    ],
)
def test_a_foreign_principal_is_refused(community: Community, patient: RegisteredPatient, role: str) -> None:
    valid = community.token_request(role, patient)
    other = community.target.user("hcp-de").gln
    changed = community.token_request(role, patient, principal_id=other)
    refused(community, valid, changed, "wst:RequestFailed", "wst:FailedAuthentication")


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("PAT", marks=pytest.mark.requirement("XUA-STS-098")),
        pytest.param("REP", marks=pytest.mark.requirement("XUA-STS-099")),
    ],
)
def test_the_record_of_somebody_else_is_refused(community: Community, patient: RegisteredPatient, role: str) -> None:
    other = community.patient()
    assertion = community.identity_assertion(community.user(role), patient)
    valid = community.token_request(role, patient)
    changed = community.token_request(role, other, assertion=assertion)
    refused(community, valid, changed, "wst:RequestFailed", "wst:FailedAuthentication")


@requirement("XUA-STS-080")
@pytest.mark.parametrize(
    "content",
    [None, b"", b"<wsse:UsernameToken><wsse:Username>a</wsse:Username></wsse:UsernameToken>"],
    ids=["no-header", "empty", "UsernameToken"],
)
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


@requirement("XUA-STS-082")
@pytest.mark.parametrize("xpath", ["saml2:Subject/saml2:NameID", ".//saml2:Audience"], ids=["NameID", "Audience"])
def test_an_altered_identity_assertion_is_refused(community: Community, patient: RegisteredPatient, xpath: str) -> None:
    valid = community.token_request("HCP", patient)
    root = parse(community.identity_assertion(community.user("HCP"), patient))
    found = find(root, xpath)
    assert found is not None
    found.text = "hcp-2"
    refused(community, valid, valid.with_security(serialise(root), f"{xpath} altered"), *IDENTITY)


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
    assertion = identity(community, patient, now=datetime.now(UTC) + shift)
    refused(community, valid, valid.with_security(assertion, "another validity"), *IDENTITY)


@requirement("XUA-STS-085")
@pytest.mark.parametrize("issuer", ["", "https://unknown-idp.example"], ids=["trusted-name", "unknown-name"])
def test_an_identity_assertion_of_an_untrusted_provider_is_refused(
    community: Community, patient: RegisteredPatient, issuer: str
) -> None:
    valid = community.token_request("HCP", patient)
    assertion = identity(community, patient, issuer=issuer, key=stray(rsa_bits=2048))
    refused(community, valid, valid.with_security(assertion, "signed by a stranger"), *IDENTITY)


@requirement("XUA-STS-013")
def test_a_request_signed_with_an_unregistered_certificate_is_refused(
    community: Community, patient: RegisteredPatient
) -> None:
    valid = community.token_request("HCP", patient, profile="2026")
    changed = community.token_request("HCP", patient, profile="2026", signing_key=stray(rsa_bits=2048))
    codes = ("wsse:FailedAuthentication", "wsse:InvalidSecurityToken", "wsse:FailedCheck")
    refused(community, valid, changed.changed("signed by a stranger", lambda _: None), *codes)


@requirement("XUA-STS-087")
def test_an_x_user_assertion_is_no_identity_assertion(community: Community, patient: RegisteredPatient) -> None:
    valid = community.token_request("HCP", patient)
    issued = community.token("HCP", patient)
    refused(community, valid, valid.with_security(issued, "an X-User Assertion"), *IDENTITY)


@requirement("XUA-STS-103")
def test_a_body_that_is_no_request_is_refused(community: Community, patient: RegisteredPatient) -> None:
    valid = community.token_request("HCP", patient)
    reply = community.send(valid.replaced("//wst:RequestSecurityToken", "<samlp:ArtifactResolve/>"), baseline=valid)
    expect(reply).refuses().lacks("//saml2:Assertion")


@requirement("XUA-STS-011")
@pytest.mark.parametrize("what", ["resource-id", "Expires"])
def test_a_tampered_signed_request_is_refused(community: Community, patient: RegisteredPatient, what: str) -> None:
    valid = community.token_request("HCP", patient, profile="2026")
    other = community.patient()
    changes = {
        "resource-id": lambda: valid.with_text(f"{RESOURCE}/saml2:AttributeValue", other.resource_id),
        "Expires": lambda: valid.with_text("//wsu:Expires", "2099-01-01T00:00:00Z"),
    }
    refused(community, valid, changes[what](), "wsse:FailedCheck", "wsse:InvalidSecurity")
