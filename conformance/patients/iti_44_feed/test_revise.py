"""A source has other data for a known record: PRPA_IN201302UV02."""

from dataclasses import replace

from conformance.patients.systems import PrimarySystem, eventually, named
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3 import add, revise
from fixtures.epr.identifiers import spid
from fixtures.people.patients import unique_family
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-44")


@requirement("PAT-ITI44-025")
@transaction("ITI-47")
def test_a_revision_is_shown(clinic: PrimarySystem) -> None:
    revised = replace(clinic.registered(), family=unique_family(clinic.rng), street="Grand-Rue 3", city="Fribourg")
    expect(clinic.send(revise(revised, clinic.addressing))).acknowledges("CA")
    eventually(
        lambda: clinic.look_up(revised),
        lambda reply: reply.shows(family=revised.family, street=revised.street, city=revised.city),
    )


@requirement("PAT-ITI44-025")
@transaction("ITI-47")
def test_a_revised_patient_is_found_by_the_new_name(clinic: PrimarySystem) -> None:
    revised = replace(clinic.registered(), family=unique_family(clinic.rng))
    expect(clinic.send(revise(revised, clinic.addressing))).acknowledges("CA")
    eventually(lambda: clinic.pdq(names=named(revised.family)), lambda reply: reply.finds(revised))


@requirement("PAT-SPID-009")
@transaction("ITI-45")
def test_a_revision_keeps_the_mpi_pid(clinic: PrimarySystem) -> None:
    patient = clinic.registered()
    before = clinic.mpi(patient)
    revised = replace(patient, family=unique_family(clinic.rng), street="Grand-Rue 3", city="Fribourg")
    expect(clinic.send(revise(revised, clinic.addressing))).acknowledges("CA")
    expect(clinic.pix(clinic.local(patient))).identifies(before, spid(patient.spid))


@requirement("PAT-SPID-011")
@transaction("ITI-45")
def test_a_new_epr_spid_replaces_the_old_one(clinic: PrimarySystem, practice: PrimarySystem) -> None:
    old = clinic.registered()
    new = practice.registered()
    expect(clinic.send(revise(replace(old, spid=new.spid), clinic.addressing))).acknowledges("CA")
    expect(clinic.pix(clinic.local(old))).identifies(practice.mpi(new), spid(new.spid))


@requirement("PAT-ITI44-040")
@transaction("ITI-45")
def test_a_revise_of_an_unknown_id_is_refused_or_adds(clinic: PrimarySystem) -> None:
    patient = clinic.stranger()
    reply = clinic.send(revise(patient, clinic.addressing), baseline=lambda: add(clinic.stranger(), clinic.addressing))
    afterwards = clinic.pix(clinic.local(patient))
    outcomes = (expect(reply).outcome.hl7, expect(afterwards).outcome.hl7)
    consistent = outcomes in (("CE", "AE/AE"), ("CR", "AE/AE"), ("CA", "AA/OK"), ("AA", "AA/OK"))
    expect(reply).meets(consistent, "CE and then AE/AE, or CA and then AA/OK", " and then ".join(outcomes))
