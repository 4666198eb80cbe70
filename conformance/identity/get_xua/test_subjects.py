"""Who the issued assertion is about, for the seven kinds of user (identity rows XUA-STS-050 to 067)."""

import pytest

from conformance.identity.get_xua.issuing import acting_for, declared, issued, professional, signature_refused
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.names import NAME_QUALIFIER, NAMEID_PERSISTENT, PURPOSES
from fixtures.epr.xmlsig import STRICT
from fixtures.suite import requirement


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    return community.patient()


PAIRS = [(role, purpose) for role, purposes in PURPOSES.items() for purpose in purposes]
ROWS = {"HCP": "XUA-STS-050", "ASS": "XUA-STS-054", "TCU": "XUA-STS-057", "PAT": "XUA-STS-060"}
ROWS |= {"REP": "XUA-STS-061", "PADM": "XUA-STS-062", "DADM": "XUA-STS-063"}
#: further rows about one kind of user
EXTRA = {"TCU": ("XUA-STS-059",)}


def each(*roles: str) -> pytest.MarkDecorator:
    """One case for each role, citing its row."""
    cited = {role: pytest.mark.requirement(ROWS[role], *EXTRA.get(role, ())) for role in roles}
    return pytest.mark.parametrize("role", [pytest.param(role, id=role, marks=mark) for role, mark in cited.items()])


@pytest.mark.parametrize(("role", "purpose"), PAIRS)
@requirement("XUA-STS-042")
def test_every_kind_of_user_gets_an_assertion_for_every_purpose(
    community: Community, patient: RegisteredPatient, role: str, purpose: str
) -> None:
    request = community.token_request(role, patient, purpose=purpose, profile=declared(community, "2020"))
    reply, token = issued(community, request)
    expect(reply).meets(token.purpose == purpose, purpose, token.purpose)


@pytest.mark.parametrize(("role", "purpose"), PAIRS)
@requirement("XUA-STS-009")
def test_every_kind_of_user_gets_an_assertion_on_a_signed_request(
    community: Community, patient: RegisteredPatient, role: str, purpose: str
) -> None:
    request = community.token_request(role, patient, purpose=purpose, profile=declared(community, "2026"))
    reply, token = issued(community, request)
    expect(reply).meets(token.purpose == purpose, purpose, token.purpose)


@requirement("XUA-STS-067")
def test_the_audience_of_the_login_is_the_relying_party(community: Community, patient: RegisteredPatient) -> None:
    provider = community.target.idp
    assertion = community.identity_assertion(community.user("HCP"), patient)
    assert provider is None or provider.audience.encode() in assertion
    issued(community, community.token_request("HCP", patient, assertion=assertion))


@each(*ROWS)
def test_role_and_name_qualifier_fit_the_user(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    acting = {"ASS": "HCP", "TCU": "HCP"}.get(role, role)
    expect(reply).meets(token.role == acting, f"role {acting}", token.role)
    qualifier = NAME_QUALIFIER[acting]
    expect(reply).meets(token.name_id.qualifier == qualifier and bool(token.name_id.value), qualifier, token.name_id)


@each("HCP")
def test_the_name_id_is_persistent(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    expect(reply).meets(token.name_id.format == NAMEID_PERSISTENT, NAMEID_PERSISTENT, token.name_id)


@each(*ROWS)
def test_record_and_purpose_are_the_claimed_ones(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    expect(reply).meets(token.spid == patient.spid, patient.spid, token.resource_id)
    expect(reply).meets(token.purpose == PURPOSES[role][0], PURPOSES[role][0], token.purpose)


@each("HCP", "ASS", "TCU", "PAT")
def test_the_name_id_is_the_gln_or_the_epr_spid(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    expected = community.token_content(role, patient).name_id.value
    expect(reply).meets(token.name_id.value == expected, expected, token.name_id)


@each("ASS")
def test_the_name_is_that_of_the_principal(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    family = acting_for(community, role).family
    expect(reply).meets(family.casefold() in token.subject_name.casefold(), family, token.subject_name)


@each("PAT", "REP", "PADM", "DADM")
def test_who_is_no_professional_has_no_organization(
    community: Community, patient: RegisteredPatient, role: str
) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    named = (*token.organization_ids, *token.organizations)
    expect(reply).meets(not any(named), "organization attributes without value", named)


@each("ASS")
def test_an_assistant_has_the_organizations_of_the_principal(
    community: Community, patient: RegisteredPatient, role: str
) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    expected = {group.oid for group in acting_for(community, role).groups}
    expect(reply).meets(expected <= set(token.organization_ids), str(expected), token.organization_ids)


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("ASS", marks=pytest.mark.requirement("XUA-STS-055")),
        pytest.param("TCU", marks=pytest.mark.requirement("XUA-STS-058")),
    ],
)
def test_the_confirmation_names_who_really_acts(community: Community, patient: RegisteredPatient, role: str) -> None:
    user = community.user(role)
    reply, token = issued(community, community.token_request(role, patient, user=user))
    expected = user.technical_user_id or user.gln
    named = token.confirmation.value if token.confirmation else ""
    expect(reply).meets(named == expected, expected, token.confirmation)


@requirement("XUA-STS-053")
@pytest.mark.parametrize("role", ["HCP", "ASS"])
def test_emergency_access_can_be_claimed(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply, token = issued(community, community.token_request(role, patient, purpose="EMER"))
    expect(reply).meets(token.purpose == "EMER", "EMER", token.purpose)


@requirement("XUA-STS-057", "XUA-STS-059")
@pytest.mark.parametrize("purpose", ["AUTO", "DICOM_AUTO"])
def test_a_technical_user_uploads(community: Community, patient: RegisteredPatient, purpose: str) -> None:
    reply, token = issued(community, community.token_request("TCU", patient, purpose=purpose))
    expect(reply).meets(token.purpose == purpose, purpose, token.purpose)


@requirement("XUA-STS-030")
def test_twenty_assertions_have_twenty_ids(community: Community, patient: RegisteredPatient) -> None:
    last, *others = [issued(community, community.token_request("HCP", patient)) for _ in range(20)]
    known = {token.id for _, token in (last, *others)}
    expect(last[0]).meets(len(known) == 20, "20 different IDs", f"{len(known)} different IDs")


@requirement("XUA-STS-031")
def test_the_signature_verifies_after_the_assertion_was_cut_out(
    community: Community, patient: RegisteredPatient
) -> None:
    reply, token = issued(community, community.token_request("HCP", patient))
    why = signature_refused(community, token.element)
    wrong = why is not None and why.code in ("unsigned", "digest", "signature", "key")
    expect(reply).meets(not wrong, "a right signature by the key of the provider", why)


@requirement("XUA-STS-032")
def test_signature_and_key_are_strong(community: Community, patient: RegisteredPatient) -> None:
    reply, token = issued(community, community.token_request("HCP", patient))
    why = signature_refused(community, token.element, STRICT)
    weak = why is not None and why.code == "algorithm"
    expect(reply).meets(not weak, "SHA-256 or stronger, and an RSA key of 2048 bit at least", why)


@requirement("XUA-STS-051")
def test_groups_are_named_up_to_the_root(community: Community, patient: RegisteredPatient) -> None:
    user = professional(community, lambda user: len(user.groups) > 2, "in nested groups")
    reply, token = issued(community, community.token_request("HCP", patient, user=user))
    expected = {group.oid for group in user.groups}
    expect(reply).meets(expected <= set(token.organization_ids), str(expected), token.organization_ids)
    expect(reply).meets(len(token.organizations) == len(token.organization_ids), "as many names", token.organizations)


@requirement("XUA-STS-052")
def test_a_professional_without_group_gets_an_assertion(community: Community, patient: RegisteredPatient) -> None:
    user = professional(community, lambda user: not user.groups, "without group")
    reply, token = issued(community, community.token_request("HCP", patient, user=user))
    expect(reply).meets(not any(token.organization_ids), "no organization-id", token.organization_ids)


@requirement("XUA-STS-007")
@pytest.mark.parametrize("applies_to", [None, "https://registry.example/xds"], ids=["absent", "present"])
def test_applies_to_is_optional(community: Community, patient: RegisteredPatient, applies_to: str | None) -> None:
    expect(community.send(community.token_request("HCP", patient, applies_to=applies_to))).is_success()


@requirement("XUA-STS-065")
@pytest.mark.parametrize("has_claims", [True, False], ids=["with-claims", "without-claims"])
def test_principal_claims_of_a_patient_are_optional(
    community: Community, patient: RegisteredPatient, has_claims: bool
) -> None:
    claims = {"principal_id": patient.spid, "principal_name": f"{patient.given} {patient.family}"} if has_claims else {}
    expect(community.send(community.token_request("PAT", patient, **claims))).is_success()


@requirement("XUA-STS-066")
def test_an_identity_assertion_may_be_used_again(community: Community, patient: RegisteredPatient) -> None:
    other = community.patient()
    assertion = community.identity_assertion(community.user("HCP"), patient)
    first, one = issued(community, community.token_request("HCP", patient, assertion=assertion))
    _, two = issued(community, community.token_request("HCP", other, assertion=assertion))
    expect(first).meets(one.id != two.id and two.resource_id == other.resource_id, "two assertions", (one.id, two.id))
