"""ITI-83: a local id leads to EPR-SPID and MPI-PID (IHE PIXm 3.1.0 2:3.83; CH EPR FHIR 5.0.0)."""

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.fhir_patients import cross_reference
from fixtures.epr.names import EPR_SPID
from fixtures.suite import requirement

FOUND = "parameter.where(name = 'targetIdentifier').value"


@requirement("FHIR-ITI83-001")
def test_a_local_id_leads_to_epr_spid_and_mpi_pid(community: Community, patient: RegisteredPatient) -> None:
    domains = community.target.domains
    query = cross_reference(domains.local, patient.local_id, domains.mpi, EPR_SPID)
    reply = community.fhir.send(community.fhir.basic(query))
    expect(reply).is_ok().reads(f"{FOUND}.value", patient.spid, patient.mpi_pid)
    expect(reply).reads(f"{FOUND}.system", f"urn:oid:{EPR_SPID}", f"urn:oid:{domains.mpi}")


@requirement("FHIR-ITI83-002")
def test_the_epr_spid_alone_is_answered_when_it_alone_is_asked_for(
    community: Community, patient: RegisteredPatient
) -> None:
    query = cross_reference(community.target.domains.local, patient.local_id, EPR_SPID)
    expect(community.fhir.send(community.fhir.basic(query))).is_ok().reads(f"{FOUND}.value", patient.spid)


@requirement("FHIR-ITI83-003")
def test_no_reference_to_a_patient_resource_is_told(community: Community, patient: RegisteredPatient) -> None:
    query = cross_reference(community.target.domains.local, patient.local_id)
    expect(community.fhir.send(community.fhir.basic(query))).is_ok().lacks("parameter.where(name = 'targetId')")


@requirement("FHIR-ITI83-005")
def test_the_identifier_that_was_asked_with_is_not_echoed(community: Community, patient: RegisteredPatient) -> None:
    mpi = community.target.domains.mpi
    query = cross_reference(mpi, patient.mpi_pid, mpi, EPR_SPID)
    expect(community.fhir.send(community.fhir.basic(query))).is_ok().reads(f"{FOUND}.value", patient.spid)


@requirement("FHIR-ITI83-004")
def test_local_identifiers_stay_with_their_owners(community: Community, patient: RegisteredPatient) -> None:
    mpi = community.target.domains.mpi
    query = cross_reference(mpi, patient.mpi_pid, mpi, EPR_SPID)
    expect(community.fhir.send(community.fhir.basic(query))).is_ok().discloses_nothing([patient.local_id])
