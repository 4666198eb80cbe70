"""Which identifiers of a patient the community tells to whom (cases 1 to 3 of IHE ITI TF-2 3.45.4.2.2)."""

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3 import II, add
from fixtures.epr.identifiers import spid
from fixtures.epr.names import AHVN13, EPR_SPID
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-45")

DATA_SOURCE = "//hl7:parameterList/hl7:dataSource"
PATIENT_ID = "//hl7:subject1/hl7:patient/hl7:id"
#: nobody's number, with a right check digit
AHV = "7569999999991"


@requirement("PAT-ITI45-010")
def test_a_known_local_id_gives_mpi_pid_and_epr_spid(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(clinic.local(patient))
    expect(reply).answers("AA/OK").identifies(*clinic.both(patient))


@requirement("PAT-ITI45-011")
def test_the_epr_spid_alone_may_be_asked_for(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(clinic.local(patient), clinic.addressing.spid)
    expect(reply).answers("AA/OK").identifies(spid(patient.spid))


@requirement("PAT-ITI45-011")
def test_the_mpi_pid_alone_may_be_asked_for(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.pix_query(clinic.local(patient)).without(f"{DATA_SOURCE}[2]", "data source MPI-PID only")
    expect(clinic.send(query)).answers("AA/OK").identifies(II(clinic.addressing.mpi))


@requirement("PAT-ITI45-012")
@transaction("ITI-44")
def test_without_data_source_no_id_of_another_system_is_told(clinic: PrimarySystem, practice: PrimarySystem) -> None:
    patient = clinic.registered()
    practice.feed(practice.again(patient))
    query = clinic.pix_query(clinic.local(patient))
    reply = clinic.send(query.without(DATA_SOURCE), baseline=query)
    expect(reply).answers("AA/OK", tolerated=["AE/AE", "AE/QE"]).gives_no_id_of(practice.addressing.local)


@requirement("PAT-ITI45-013")
def test_the_id_asked_for_is_not_repeated(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(clinic.local(patient))
    expect(reply).answers("AA/OK").gives_no_id_of(clinic.addressing.local)


@requirement("PAT-ITI45-013")
def test_the_epr_spid_asked_for_is_not_repeated(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(spid(patient.spid))
    expect(reply).answers("AA/OK", tolerated=["AE/AE"]).gives_no_id_of(EPR_SPID)


@requirement("PAT-ITI45-014")
@transaction("ITI-44")
def test_a_patient_without_epr_spid_has_none_to_tell(clinic: PrimarySystem) -> None:
    unlinked = clinic.stranger()
    clinic.unusual(add(unlinked, clinic.addressing).without(f"{PATIENT_ID}[2]", "no EPR-SPID"))
    reply = clinic.pix(clinic.local(unlinked), clinic.addressing.spid)
    expect(reply).answers("AA/NF").finds_nobody()


@requirement("PAT-ITI45-014")
def test_the_epr_spid_leads_to_no_other_epr_spid(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(spid(patient.spid), clinic.addressing.spid)
    expect(reply).answers("AA/NF").finds_nobody()


@requirement("PAT-ITI45-020")
def test_the_epr_spid_leads_to_the_mpi_pid(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.pix_query(spid(patient.spid)).without(f"{DATA_SOURCE}[2]", "data source MPI-PID only")
    expect(clinic.send(query)).answers("AA/OK").identifies(clinic.mpi(patient))


@requirement("PAT-ITI45-021")
def test_the_mpi_pid_leads_to_the_epr_spid(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(clinic.mpi(patient), clinic.addressing.spid)
    expect(reply).answers("AA/OK").identifies(spid(patient.spid))


@requirement("PAT-ITI45-022")
def test_an_ahv_number_is_never_given_back(clinic: PrimarySystem) -> None:
    reply = clinic.pix(II(AHVN13, AHV))
    expect(reply).answers("AA/OK", "AA/NF", "AE/AE").gives_no_id_of(AHVN13)


@requirement("PAT-ITI45-023")
@transaction("ITI-44")
def test_an_unused_epr_spid_reveals_nobody(clinic: PrimarySystem) -> None:
    reply = clinic.pix(spid(clinic.stranger().spid))
    expect(reply).answers("AE/AE", details=["204"], tolerated=["AA/NF"]).finds_nobody()


@requirement("PAT-ITI45-028")
def test_an_answer_carries_no_demographics(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(clinic.local(patient))
    expect(reply).answers("AA/OK").lacks("//hl7:patientPerson/*[not(self::hl7:name or self::hl7:asOtherIDs)]")


@requirement("PAT-SPID-006")
def test_an_answer_carries_no_ahv_number(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(clinic.local(patient))
    looks_like_one = "starts-with(@extension, '756') and string-length(@extension) = 13"
    expect(reply).answers("AA/OK").gives_no_id_of(AHVN13).lacks(f"//hl7:registrationEvent//hl7:id[{looks_like_one}]")


@requirement("PAT-SPID-008")
def test_the_epr_spid_cannot_be_read_from_the_mpi_pid(clinic: PrimarySystem, patient: Patient) -> None:
    reply = clinic.pix(clinic.local(patient))
    mpi = clinic.mpi(patient).extension
    expect(reply).meets(patient.spid[-10:] not in mpi, "an MPI-PID without digits of the EPR-SPID", mpi)
