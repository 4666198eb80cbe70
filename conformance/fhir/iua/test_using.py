"""ITI-72: what a Resource Server takes as authorization, and what it refuses (CH EPR FHIR 5.0.0; IHE IUA)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import Call
from fixtures.suite import requirement
from fixtures.wire import NO_CERTIFICATE, REGISTERED

SPID = f"urn:oid:{EPR_SPID}"


@pytest.fixture(scope="module")
def patient(community: Community) -> RegisteredPatient:
    return community.record()


def identifiers(community: Community, patient: RegisteredPatient) -> Call:
    """ITI-83, for which a basic token is enough."""
    local = f"urn:oid:{community.target.domains.local}|{patient.local_id}"
    query = (("sourceIdentifier", local), ("targetSystem", SPID))
    return Call("ITI-83", "GET", "Patient/$ihe-pix", query, token=community.fhir.basic_token())


def trail(patient: RegisteredPatient, token: str = "") -> Call:
    """ITI-81, for which an extended token is needed."""
    query = (("date", "ge2020-01-01"), ("date", "le2100-01-01"), ("entity.identifier", f"{SPID}|{patient.spid}"))
    return Call("ITI-81", "GET", "AuditEvent", query, token=token)


@requirement("FHIR-ITI72-001")
def test_we_show_the_token_in_the_header(community: Community, patient: RegisteredPatient) -> None:
    call = identifiers(community, patient)
    reply = community.fhir.send(call)
    raw = call.raw("")
    right = raw.headers["Authorization"] == f"Bearer {call.token}" and call.token not in raw.url
    expect(reply).is_ok().meets(right, "the token in the Authorization header alone")


@requirement("FHIR-ITI72-002")
def test_without_token_there_is_no_answer(community: Community, patient: RegisteredPatient) -> None:
    valid = identifiers(community, patient)
    reply = community.fhir.send(valid.without_token(), baseline=valid)
    expect(reply).is_unauthorised().discloses_nothing([patient.spid])


@requirement("FHIR-ITI72-002")
def test_without_token_there_is_no_audit_trail(community: Community, patient: RegisteredPatient) -> None:
    valid = trail(patient, community.fhir.token("PAT", patient))
    expect(community.fhir.send(valid.without_token(), baseline=valid)).is_unauthorised()


HEADERS = {
    "two-parts": "Bearer x.y",
    "basic": iua.basic("portal", "secret"),
    "empty": "Bearer",
    "no-scheme": "x.y.z",
    "other-scheme": "Token x.y.z",
}


@requirement("FHIR-ITI72-003")
@pytest.mark.parametrize("value", HEADERS.values(), ids=HEADERS)
def test_what_is_no_token_is_refused(community: Community, patient: RegisteredPatient, value: str) -> None:
    valid = identifiers(community, patient)
    broken = valid.without_token().with_header("Authorization", value)
    expect(community.fhir.send(broken, baseline=valid)).is_unauthorised()


@requirement("FHIR-ITI72-011", "AUD-ITI81-016")
def test_a_basic_token_opens_no_record(community: Community, patient: RegisteredPatient) -> None:
    valid = trail(patient, community.fhir.token("PAT", patient))
    basic = valid.with_token(community.fhir.basic_token("HCP"), "a basic token")
    expect(community.fhir.send(basic, baseline=valid)).is_unauthorised(tolerated=[403])


@requirement("FHIR-ITI72-012")
@pytest.mark.parametrize("role", ["", "HCP"])
def test_a_basic_token_opens_the_identity_services(community: Community, patient: RegisteredPatient, role: str) -> None:
    call = identifiers(community, patient).with_token(community.fhir.basic_token(role))
    expect(community.fhir.send(call)).is_ok()


@requirement("FHIR-ITI72-012")
def test_an_extended_token_does_so_too(community: Community, patient: RegisteredPatient) -> None:
    call = identifiers(community, patient).with_token(community.fhir.token("HCP", patient))
    expect(community.fhir.send(call)).is_ok()


@requirement("FHIR-ITI72-013")
def test_a_token_for_one_record_opens_no_other(community: Community, patient: RegisteredPatient) -> None:
    victim = community.record()
    valid = trail(patient, community.fhir.token("PAT", patient))
    foreign = valid.with_query("entity.identifier", f"{SPID}|{victim.spid}")
    expect(community.fhir.send(foreign, baseline=valid)).is_unauthorised(tolerated=[403])


@requirement("FHIR-ITI72-017")
def test_a_token_in_the_query_is_none(community: Community, patient: RegisteredPatient) -> None:
    valid = identifiers(community, patient)
    moved = valid.without_token("token in the query").with_query("access_token", valid.token)
    expect(community.fhir.send(moved, baseline=valid)).is_unauthorised()


@requirement("FHIR-ITI72-018")
def test_a_registered_certificate_stands_for_a_basic_token(community: Community, patient: RegisteredPatient) -> None:
    call = identifiers(community, patient).without_token()
    expect(community.fhir.send(call, tls=REGISTERED)).is_ok()


@requirement("FHIR-ITI72-019")
def test_an_assertion_over_mutual_tls_stands_for_an_extended_token(
    community: Community, patient: RegisteredPatient
) -> None:
    call = trail(patient, iua.encoded(community.token("PAT", patient)))
    expect(community.fhir.send(call, tls=REGISTERED)).is_ok()


@requirement("FHIR-ITI72-019")
def test_an_assertion_without_mutual_tls_is_no_token(community: Community, patient: RegisteredPatient) -> None:
    valid = trail(patient, community.fhir.token("PAT", patient))
    call = valid.with_token(iua.encoded(community.token("PAT", patient)), "an assertion without certificate")
    expect(community.fhir.send(call, baseline=valid, tls=NO_CERTIFICATE)).is_unauthorised()
