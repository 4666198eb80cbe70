"""ITI-83: what cannot be answered is refused with the status and code of its case (CH EPR FHIR 5.0.0, ITI-83)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.fhir_patients import SPID_SYSTEM, cross_reference, token
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import Call
from fixtures.suite import requirement

SOURCE, TARGET = "sourceIdentifier", "targetSystem"


@pytest.fixture
def query(community: Community, patient: RegisteredPatient) -> Call:
    return community.fhir.basic(cross_reference(community.target.domains.local, patient.local_id))


@requirement("FHIR-ITI83-006")
def test_an_unknown_identifier_is_not_found(community: Community, query: Call) -> None:
    changed = query.with_query(SOURCE, token(community.target.domains.local, "does-not-exist"))
    reply = community.fhir.send(changed, baseline=query)
    expect(reply).is_refused(404, codes=["not-found"])


@requirement("FHIR-ITI83-007")
def test_an_unknown_domain_is_told(community: Community, query: Call) -> None:
    reply = community.fhir.send(query.with_query(SOURCE, "urn:oid:2.999.404|1"), baseline=query)
    expect(reply).is_refused(400, 404, codes=["code-invalid"])


@requirement("FHIR-ITI83-008")
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside the EPR-SPID"])
def test_identifiers_of_another_system_are_not_given(
    community: Community, patient: RegisteredPatient, query: Call, beside: bool
) -> None:
    foreign = "urn:oid:2.999.404.1"
    changed = query.with_more_query(TARGET, foreign) if beside else query.with_query(TARGET, foreign)
    reply = community.fhir.send(changed, baseline=query)
    expect(reply).is_refused(403, codes=["code-invalid"]).discloses_nothing([patient.spid])


@requirement("FHIR-ITI83-009")
def test_a_target_system_is_required(community: Community, query: Call) -> None:
    reply = community.fhir.send(query.without_query(TARGET), baseline=query)
    expect(reply).is_refused(403, 400, usual=["code-invalid", "required"])


@requirement("FHIR-ITI83-010")
def test_three_target_systems_are_too_many(community: Community, patient: RegisteredPatient, query: Call) -> None:
    mpi = f"urn:oid:{community.target.domains.mpi}"
    changed = query.with_more_query(TARGET, mpi).with_more_query(TARGET, SPID_SYSTEM)
    reply = community.fhir.send(changed, baseline=query)
    expect(reply).is_refused(403, 400, usual=["code-invalid", "invalid"]).discloses_nothing([patient.spid])


@requirement("FHIR-ITI83-011")
def test_a_source_identifier_is_required(community: Community, query: Call) -> None:
    reply = community.fhir.send(query.without_query(SOURCE), baseline=query)
    expect(reply).is_refused(400, 422, usual=["required", "invalid"])


@requirement("FHIR-ITI83-011")
def test_a_second_source_identifier_is_refused(community: Community, query: Call) -> None:
    reply = community.fhir.send(query.with_more_query(SOURCE, f"urn:oid:{EPR_SPID}|1"), baseline=query)
    expect(reply).is_refused(400, 422, usual=["required", "invalid"])


@requirement("FHIR-ITI83-012")
@pytest.mark.parametrize("source", ["8734", "urn:oid:2.999.1|", "|8734"])
def test_a_source_identifier_has_system_and_value(community: Community, query: Call, source: str) -> None:
    reply = community.fhir.send(query.with_query(SOURCE, source), baseline=query)
    expect(reply).is_refused(400, 422, usual=["required", "invalid"])
