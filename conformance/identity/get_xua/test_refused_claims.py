"""Claims, and users who claim what is not theirs: no assertion is issued (rows XUA-STS-088 to 102)."""

from collections.abc import Callable

import pytest

from conformance.identity.get_xua.issuing import acting_for, professional
from conformance.identity.get_xua.refusing import PURPOSE, REQUEST, RESOURCE, ROLE, USER, refused
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import saml
from fixtures.epr.message import Message, Reply
from fixtures.epr.names import EPR_PURPOSE_OF_USE, EPR_ROLE, EPR_SPID, cx
from fixtures.epr.saml_read import read_xua
from fixtures.epr.wstrust import NoToken, read_token
from fixtures.suite import requirement
from fixtures.trust.forgery import stray

ISSUE = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/"
SAML_1_1 = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1"
VALUE = f"{RESOURCE}/saml2:AttributeValue"


def resource(value: str) -> Callable[[Message], Message]:
    return lambda message: message.with_text(VALUE, value)


def code(xpath: str, attribute: str, value: str) -> Callable[[Message], Message]:
    return lambda message: message.with_attribute(f"{xpath}//hl7:*", attribute, value)


CLAIMS: dict[str, tuple[str, Callable[[Message], Message]]] = {
    "no-role": ("XUA-STS-088", lambda m: m.without(ROLE)),
    "no-purpose": ("XUA-STS-088", lambda m: m.without(PURPOSE)),
    "no-resource-id": ("XUA-STS-088", lambda m: m.without(RESOURCE)),
    "no-Claims": ("XUA-STS-088", lambda m: m.without("//wst:Claims")),
    "dialect": ("XUA-STS-089", lambda m: m.with_attribute("//wst:Claims", "Dialect", "urn:example:other")),
    "role-XYZ": ("XUA-STS-090", code(ROLE, "code", "XYZ")),
    "role-system": ("XUA-STS-090", code(ROLE, "codeSystem", EPR_PURPOSE_OF_USE)),
    "purpose-TREAT": ("XUA-STS-090", code(PURPOSE, "code", "TREAT")),
    "purpose-system": ("XUA-STS-090", code(PURPOSE, "codeSystem", EPR_ROLE)),
    "resource-bare": ("XUA-STS-100", resource("761337610000000002")),
    "resource-authority": ("XUA-STS-100", resource("1^^^&1.2.3&ISO")),
    "resource-never-issued": ("XUA-STS-100", resource(cx("761337619876543217", EPR_SPID))),
    "resource-empty": ("XUA-STS-100", resource("")),
    "resource-twice": ("XUA-STS-100", lambda m: m.doubled(VALUE)),
    "Validate": ("XUA-STS-102", lambda m: m.with_text("//wst:RequestType", f"{ISSUE}Validate")),
    "Cancel": ("XUA-STS-102", lambda m: m.with_text("//wst:RequestType", f"{ISSUE}Cancel")),
    "unknown-RequestType": ("XUA-STS-102", lambda m: m.with_text("//wst:RequestType", "urn:x")),
    "SAML-1.1": ("XUA-STS-102", lambda m: m.with_text("//wst:TokenType", SAML_1_1)),
}


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    return community.patient()


@pytest.mark.parametrize(
    "change", [pytest.param(c, id=n, marks=pytest.mark.requirement(row)) for n, (row, c) in CLAIMS.items()]
)
def test_wrong_claims_are_refused(
    community: Community, patient: RegisteredPatient, change: Callable[[Message], Message]
) -> None:
    valid = community.token_request("HCP", patient)
    refused(community, valid, change(valid), *REQUEST)


PAIRS = [
    *[(role, purpose) for role in ("PAT", "REP", "PADM", "DADM") for purpose in ("EMER", "AUTO", "DICOM_AUTO")],
    *[(role, purpose) for role in ("HCP", "ASS") for purpose in ("AUTO", "DICOM_AUTO")],
    *[("TCU", purpose) for purpose in ("NORM", "EMER")],
]


@pytest.mark.parametrize(("role", "purpose"), PAIRS)
@requirement("XUA-STS-091")
def test_a_purpose_that_does_not_fit_the_role_is_refused(
    community: Community, patient: RegisteredPatient, role: str, purpose: str
) -> None:
    valid = community.token_request(role, patient)
    refused(community, valid, valid.with_attribute(f"{PURPOSE}//hl7:PurposeOfUse", "code", purpose), *REQUEST)


@pytest.mark.parametrize("state", ["inactive", "unregistered"])
@requirement("XUA-STS-092", "HPD-SRC-006")
def test_a_professional_who_is_not_active_is_refused(
    community: Community, patient: RegisteredPatient, state: str
) -> None:
    user = community.user("HCP", state=state)
    valid = community.token_request("HCP", patient)
    refused(community, valid, community.token_request("HCP", patient, user=user), *USER)


@pytest.mark.parametrize(("identity", "role"), [("PAT", "HCP"), ("HCP", "PADM"), ("HCP", "DADM"), ("HCP", "PAT")])
@requirement("XUA-STS-093")
def test_a_role_the_person_does_not_hold_is_refused(
    community: Community, patient: RegisteredPatient, identity: str, role: str
) -> None:
    assertion = community.identity_assertion(community.user(identity), patient)
    valid = community.token_request(role, patient)
    refused(community, valid, community.token_request(role, patient, assertion=assertion), *USER)


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
@pytest.mark.parametrize("whose", ["another", "unknown"])
def test_a_foreign_principal_is_refused(
    community: Community, patient: RegisteredPatient, role: str, whose: str
) -> None:
    own = acting_for(community, role).gln
    glns: dict[str, Callable[[], str]] = {
        "another": lambda: professional(community, lambda user: user.gln not in ("", own), "besides the principal").gln,
        "unknown": lambda: "7601000000002",
    }
    valid = community.token_request(role, patient)
    refused(community, valid, community.token_request(role, patient, principal_id=glns[whose]()), *USER, *REQUEST)


@requirement("XUA-STS-097")
@pytest.mark.parametrize("identifier", ["its own", "urn:oid:2.999.99.1"], ids=["registered", "unknown"])
def test_a_technical_user_signs_with_the_registered_key(
    community: Community, patient: RegisteredPatient, identifier: str
) -> None:
    own = community.user("TCU").technical_user_id
    assertion = saml.technical_user(identifier.replace("its own", own)).signed(stray())
    valid = community.token_request("TCU", patient)
    changed = community.token_request("TCU", patient, assertion=assertion)
    refused(community, valid, changed, *USER, "wsse:InvalidSecurityToken", "wsse:FailedCheck")


@requirement("XUA-STS-096")
def test_an_assistant_cannot_claim_a_foreign_organization(community: Community, patient: RegisteredPatient) -> None:
    foreign = "urn:oid:2.999.99.2"
    valid = community.token_request("ASS", patient)
    changed = community.token_request("ASS", patient, organizations=((foreign, "Nowhere"),))
    reply = community.send(changed, baseline=valid)
    named = organizations_in(reply)
    expect(reply).meets(foreign not in named, f"a refusal, or an assertion without {foreign}", named)


def organizations_in(reply: Reply) -> tuple[str, ...]:
    """organization-id of the issued assertion; nothing where none was issued."""
    try:
        return read_xua(read_token(reply)).organization_ids
    except NoToken:
        return ()


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
    refused(community, valid, community.token_request(role, other, assertion=assertion), *USER)
