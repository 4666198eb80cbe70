"""A record is new at its source: PRPA_IN201301UV02."""

from dataclasses import replace

from conformance.patients.systems import PrimarySystem, eventually
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3 import add
from fixtures.epr.identifiers import spid
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-44")


@requirement("PAT-ITI44-020")
def test_an_add_is_accepted(clinic: PrimarySystem) -> None:
    reply = clinic.send(clinic.valid_add())
    expect(reply).acknowledges("CA").lacks("//hl7:acknowledgementDetail[@typeCode='E']")


@requirement("PAT-ITI44-022")
@transaction("ITI-45")
def test_an_added_record_is_resolved_by_its_local_id(clinic: PrimarySystem) -> None:
    patient = clinic.stranger()
    expect(clinic.send(add(patient, clinic.addressing))).acknowledges("CA")
    eventually(
        lambda: clinic.pix(clinic.local(patient)),
        lambda reply: reply.answers("AA/OK").identifies(*clinic.both(patient)),
    )


@requirement("PAT-ITI44-023")
@transaction("ITI-45")
def test_two_sources_with_one_epr_spid_share_one_mpi_pid(clinic: PrimarySystem, practice: PrimarySystem) -> None:
    here = clinic.registered()
    there = practice.feed(practice.again(here))
    expect(practice.pix(practice.local(there))).identifies(clinic.mpi(here), spid(here.spid))


@requirement("PAT-ITI44-024")
@transaction("ITI-45")
def test_twins_with_different_epr_spids_stay_apart(clinic: PrimarySystem) -> None:
    one = clinic.registered()
    other = clinic.feed(clinic.double(one))
    reply = clinic.pix(clinic.local(other))
    expect(reply).identifies(*clinic.both(other))
    expect(reply).meets(clinic.mpi(one) != clinic.mpi(other), "an MPI-PID for each twin", clinic.mpi(one))


@requirement("PAT-ITI44-026")
@transaction("ITI-45", "ITI-47")
def test_a_repeated_add_makes_no_second_patient(clinic: PrimarySystem) -> None:
    patient = clinic.registered()
    before = clinic.mpi(patient)
    reply = clinic.send(add(patient, clinic.addressing))
    expect(reply).acknowledges("CA", tolerated=["CE"])
    expect(clinic.look_up(patient)).answers("AA/OK").identifies(before, spid(patient.spid))


@requirement("PAT-ITI44-052")
@transaction("ITI-47")
def test_an_add_for_a_known_local_id_updates_the_address(clinic: PrimarySystem) -> None:
    moved = replace(clinic.registered(), street="Rue du Seyon 7", postal_code="2000", city="Neuchâtel")
    expect(clinic.send(add(moved, clinic.addressing))).acknowledges("CA", tolerated=["CE"])
    eventually(lambda: clinic.look_up(moved), lambda reply: reply.shows(street=moved.street, city=moved.city))


@requirement("PAT-GEN-046")
@transaction("ITI-47")
def test_names_keep_their_diacritics(clinic: PrimarySystem) -> None:
    patient = clinic.registered(family="Krčmarević-Dalkılıç", given="Zoë François", birth_name="", city="Zürich")
    reply = clinic.look_up(patient)
    expect(reply).shows(
        family="Krčmarević-Dalkılıç",
        given="Zoë François",
        street=patient.street,
        postal_code=patient.postal_code,
        city="Zürich",
    )


@requirement("PAT-GEN-046")
@transaction("ITI-47")
def test_names_with_diacritics_are_found(clinic: PrimarySystem) -> None:
    patient = clinic.registered(family="Krčmarević-Dalkılıç", given="Zoë François", birth_name="")
    reply = clinic.pdq(names=patient.names, birth_time=patient.birth_date, ids=(clinic.mpi(patient),))
    expect(reply).answers("AA/OK").finds(patient)
