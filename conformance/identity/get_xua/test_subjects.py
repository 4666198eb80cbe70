"""Who the issued assertion is about, for the seven kinds of user (identity rows XUA-STS-050 to 067)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.message import Message, Reply
from fixtures.epr.names import NAME_QUALIFIER
from fixtures.epr.saml_read import XuaToken, read_xua
from fixtures.epr.wstrust import read_token
from fixtures.suite import requirement

ROLES = ("HCP", "ASS", "TCU", "PAT", "REP", "PADM", "DADM")


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    return community.patient()


def issued(community: Community, message: Message) -> tuple[Reply, XuaToken]:
    """Send the request, demand an assertion, and read it."""
    reply = community.send(message)
    expect(reply).is_success()
    return reply, read_xua(read_token(reply))


@pytest.mark.parametrize("profile", ["2020", "2026"])
@pytest.mark.parametrize("role", ROLES)
@requirement("XUA-STS-009", "XUA-STS-067")
def test_every_kind_of_user_gets_an_assertion_in_both_revisions(
    community: Community, patient: RegisteredPatient, role: str, profile: str
) -> None:
    reply, token = issued(community, community.token_request(role, patient, profile=profile))
    expect(reply).meets(token.resource_id == patient.resource_id, patient.resource_id, token.resource_id)


SUBJECTS = {"HCP": "XUA-STS-050", "ASS": "XUA-STS-054", "TCU": "XUA-STS-057", "PAT": "XUA-STS-060"}
SUBJECTS |= {"REP": "XUA-STS-061", "PADM": "XUA-STS-062", "DADM": "XUA-STS-063"}


@pytest.mark.parametrize(
    "role", [pytest.param(r, id=r, marks=pytest.mark.requirement(row)) for r, row in SUBJECTS.items()]
)
def test_the_subject_fits_the_role(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    acting = {"ASS": "HCP", "TCU": "HCP"}.get(role, role)
    expect(reply).meets(token.role == acting, f"role {acting}", token.role)
    qualifier = NAME_QUALIFIER[acting]
    expect(reply).meets(token.name_id is not None and token.name_id.qualifier == qualifier, qualifier, token.name_id)


@pytest.mark.parametrize("role", ["HCP", "ASS", "TCU", "PAT"])
@requirement("XUA-STS-050", "XUA-STS-054", "XUA-STS-060")
def test_the_name_id_is_the_gln_or_the_epr_spid(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply, token = issued(community, community.token_request(role, patient))
    expected = community.token_content(role, patient).name_id.value
    expect(reply).meets(token.name_id is not None and token.name_id.value == expected, expected, token.name_id)


@pytest.mark.parametrize(
    ("role", "purpose"),
    [
        pytest.param("HCP", "EMER", marks=pytest.mark.requirement("XUA-STS-053")),
        pytest.param("TCU", "AUTO", marks=pytest.mark.requirement("XUA-STS-057")),
        pytest.param("TCU", "DICOM_AUTO", marks=pytest.mark.requirement("XUA-STS-057", "XUA-STS-059")),
    ],
)
def test_the_purpose_is_the_claimed_one(
    community: Community, patient: RegisteredPatient, role: str, purpose: str
) -> None:
    reply, token = issued(community, community.token_request(role, patient, purpose=purpose))
    expect(reply).meets(token.purpose == purpose, purpose, token.purpose)


@requirement("XUA-STS-051")
def test_groups_are_named_up_to_the_root(community: Community, patient: RegisteredPatient) -> None:
    user = community.target.user("hcp-nested")
    reply, token = issued(community, community.token_request("HCP", patient, user=user))
    expected = {group.oid for group in user.groups}
    expect(reply).meets(expected <= set(token.organization_ids), str(expected), token.organization_ids)
    expect(reply).meets(len(token.organizations) == len(token.organization_ids), "as many names", token.organizations)


@requirement("XUA-STS-052")
def test_a_professional_without_group_gets_an_assertion(community: Community, patient: RegisteredPatient) -> None:
    user = community.target.user("hcp-without-group")
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


@requirement("XUA-ITI40-030", "XUA-ITI40-038")
@pytest.mark.parametrize("role", ["HCP", "ASS", "PAT", "REP"])
def test_the_assertion_of_each_role_opens_the_registry(
    community: Community, patient: RegisteredPatient, role: str
) -> None:
    from fixtures.epr.queries import find_documents

    query = find_documents(patient.xad_pid, token=community.token(role, patient))
    expect(community.send(query)).is_success()
    expect(community.send(query)).is_success()


@requirement("XUA-ITI40-020", "PAT-GEN-044")
def test_patient_management_needs_no_assertion(community: Community, patient: RegisteredPatient) -> None:
    from fixtures.epr.hl7v3 import by_id
    from fixtures.epr.identifiers import spid

    expect(community.send(by_id(spid(patient.spid), addressing=community.addressing))).is_success()
