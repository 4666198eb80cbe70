"""Finding a patient by identifiers, and which identifiers are told of a found patient."""

import pytest

from conformance.patients.systems import PrimarySystem, named
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3 import II
from fixtures.epr.hl7v3_read import acknowledgement
from fixtures.epr.identifiers import spid
from fixtures.epr.names import AHVN13, EPR_SPID
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-47")

SCOPE = "//hl7:parameterList/hl7:otherIDsScopingOrganization"
UNKNOWN = ("2.999.999.1", "2.999.999.2")


@requirement("PAT-ITI47-010")
def test_a_patient_is_found_by_epr_spid(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.look_up(patient)
    expect(reply).answers("AA/OK").identifies(*clinic.both(patient))


@requirement("PAT-ITI47-011")
def test_a_patient_is_found_by_local_id(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pdq(ids=(clinic.local(patient),))
    expect(reply).answers("AA/OK").finds(patient)


@requirement("PAT-ITI47-012")
@transaction("ITI-45")
def test_two_ids_of_one_patient_find_it(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pdq(ids=(spid(patient.spid), clinic.mpi(patient)))
    expect(reply).answers("AA/OK").finds(patient)


@requirement("PAT-ITI47-012")
@transaction("ITI-44", "ITI-45")
def test_ids_of_two_patients_find_nobody(clinic: PrimarySystem) -> None:
    one, other = clinic.registered(), clinic.registered()
    reply = clinic.pdq(ids=(spid(one.spid), clinic.mpi(other)))
    expect(reply).answers("AA/NF").finds_nobody()


@requirement("PAT-ITI47-034")
def test_each_unknown_scoping_organisation_is_named(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.pdq_query(ids=(spid(patient.spid),), scoping=(clinic.addressing.mpi, *[clinic.addressing.spid] * 2))
    asked = query.with_attribute(f"{SCOPE}[2]/hl7:value", "root", UNKNOWN[0])
    asked = asked.with_attribute(f"{SCOPE}[3]/hl7:value", "root", UNKNOWN[1])
    reply = clinic.send(asked, baseline=clinic.pdq_query(ids=(spid(patient.spid),)))
    expect(reply).answers("AE/AE", details=["204"]).finds_nobody()
    expect(reply).has("//hl7:acknowledgementDetail[@typeCode='E']/hl7:code[@code='204' or @code='KEY204']", times=2)
    told = acknowledgement(reply).locations
    right = all(any(f"otherIDsScopingOrganization[{place}]" in location for location in told) for place in (2, 3))
    expect(reply).meets(right, "locations of otherIDsScopingOrganization[2] and [3]", told)


@requirement("PAT-ITI47-035")
@transaction("ITI-44")
def test_the_domain_of_another_system_tells_no_id(clinic: PrimarySystem, practice: PrimarySystem) -> None:
    patient = clinic.registered()
    practice.feed(practice.again(patient))
    query = clinic.pdq_query(ids=(spid(patient.spid),), scoping=(clinic.addressing.spid,))
    foreign = query.with_attribute(f"{SCOPE}/hl7:value", "root", practice.addressing.local)
    reply = clinic.send(foreign, baseline=query)
    expect(reply).answers("AE/AE", "AA/OK", "AA/NF").gives_no_id_of(practice.addressing.local)


@requirement("PAT-ITI47-036")
@transaction("ITI-44")
@pytest.mark.parametrize("scoping", [pytest.param(None, id="scoped"), pytest.param((), id="unscoped")])
def test_only_mpi_pid_and_epr_spid_are_told(
    clinic: PrimarySystem, practice: PrimarySystem, scoping: tuple[str, ...] | None
) -> None:
    (patient,) = clinic.namesakes(1)
    practice.feed(practice.again(patient))
    reply = clinic.pdq(names=named(patient.family), scoping=scoping)
    expect(reply).answers("AA/OK").gives_ids_only_of(clinic.addressing.mpi, EPR_SPID)


@requirement("PAT-ITI47-037")
def test_the_mpi_pid_is_told_in_patient_id(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.look_up(patient)
    expect(reply).answers("AA/OK").has(f"//hl7:subject1/hl7:patient/hl7:id[@root='{clinic.addressing.mpi}']", times=1)


@requirement("PAT-ITI47-038")
def test_only_ids_of_the_scope_are_told(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.pdq_query(ids=(clinic.mpi(patient),), scoping=(clinic.addressing.mpi,))
    expect(clinic.send(query)).answers("AA/OK").identifies(clinic.mpi(patient))


@requirement("PAT-ITI47-038")
def test_the_epr_spid_alone_may_be_the_scope(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pdq(ids=(spid(patient.spid),), scoping=(clinic.addressing.spid,))
    expect(reply).answers("AA/OK").finds(patient).gives_ids_only_of(EPR_SPID, clinic.addressing.mpi)


@requirement("PAT-SPID-006")
@pytest.mark.parametrize("scoping", [pytest.param(None, id="scoped"), pytest.param((), id="unscoped")])
def test_no_ahv_number_is_told(clinic: PrimarySystem, patient: Patient, scoping: tuple[str, ...] | None) -> None:
    reply = clinic.pdq(ids=(spid(patient.spid),), scoping=scoping)
    looks_like_one = "starts-with(@extension, '756') and string-length(@extension) = 13"
    expect(reply).answers("AA/OK").gives_no_id_of(AHVN13).lacks(f"//hl7:registrationEvent//hl7:id[{looks_like_one}]")


@requirement("PAT-ITI47-033")
@transaction("ITI-44")
def test_an_unused_epr_spid_finds_nobody(clinic: PrimarySystem) -> None:
    reply = clinic.look_up(clinic.stranger())
    expect(reply).answers("AA/NF", tolerated=["AA/OK"]).finds_nobody()


@requirement("PAT-ITI47-012")
@transaction("ITI-44", "ITI-45")
def test_an_id_of_another_system_finds_nobody(clinic: PrimarySystem, practice: PrimarySystem) -> None:
    foreign = practice.registered()
    reply = clinic.pdq(ids=(II(clinic.addressing.local, foreign.local_id), spid(foreign.spid)))
    expect(reply).answers("AA/NF").finds_nobody()
