"""Patients: ITI-44, ITI-45 and ITI-47 against ITI-104, ITI-83 and ITI-119."""

import random
from dataclasses import replace

import pytest

from conformance.fhir.patients import Source
from conformance.patients.systems import PrimarySystem
from conformance.twins.agreement import agree
from conformance.twins.people import Pair
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.hl7v3 import add, revise
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

PATIENT_ID = "//hl7:subject1/hl7:patient/hl7:id"


@pytest.fixture
def pair(community: Community) -> Pair:
    rng = random.SystemRandom()
    source = Source(community, community.target.domains.local, rng)
    return Pair(source, PrimarySystem(community, community.addressing, rng))


@pytest.fixture
def newcomer(pair: Pair) -> Patient:
    """Somebody nobody has fed yet, of a family of her own, with a birth name and accents."""
    return pair.source.invented(given="Zoé", gender="F", birth_name="Müller-Aeby")


def revised(patient: Patient) -> Patient:
    return replace(patient, given="Hélène", street="Rue Neuve 7", city="Délémont", birth_name="")


# --- fed by SOAP ----------------------------------------------------------------------------------


@requirement("FHIR-ITI83-001")
@transaction("ITI-44", "ITI-45", "ITI-83")
def test_a_local_id_of_iti_44_leads_to_the_same_identifiers(pair: Pair, newcomer: Patient) -> None:
    pair.clinic.feed(newcomer)
    agree(lambda: pair.identifiers(newcomer))


@requirement("FHIR-ITI119-016")
@transaction("ITI-44", "ITI-47", "ITI-119")
def test_who_came_by_iti_44_is_the_same_person(pair: Pair, newcomer: Patient) -> None:
    pair.clinic.feed(newcomer)
    agree(lambda: pair.by_spid(newcomer), family=newcomer.family)


@requirement("FHIR-ITI119-001")
@transaction("ITI-44", "ITI-47", "ITI-119")
def test_who_came_by_iti_44_is_found_by_the_same_name(pair: Pair, newcomer: Patient) -> None:
    pair.clinic.feed(newcomer)
    agree(lambda: pair.by_name(newcomer), family=newcomer.family)


@requirement("FHIR-ITI119-016")
@transaction("ITI-44", "ITI-47", "ITI-119")
def test_what_iti_44_revises_is_revised_on_both_faces(pair: Pair, newcomer: Patient) -> None:
    pair.clinic.feed(newcomer)
    pair.source.community.accepted(lambda: revise(revised(newcomer), pair.clinic.addressing))
    agree(lambda: pair.by_spid(newcomer), given="Hélène")


@requirement("FHIR-ITI83-014")
@transaction("ITI-44", "ITI-83")
def test_who_came_by_iti_44_without_epr_spid_is_known_and_has_none(pair: Pair, newcomer: Patient) -> None:
    pair.clinic.unusual(add(newcomer, pair.clinic.addressing).without(f"{PATIENT_ID}[2]", "no EPR-SPID"))
    expect(pair.source.send(pair.source.cross_reference(newcomer))).is_ok().lacks("parameter")


# --- fed by FHIR ----------------------------------------------------------------------------------


@requirement("FHIR-ITI104-016")
@transaction("ITI-104", "ITI-45", "ITI-83")
def test_a_local_id_of_iti_104_leads_to_the_same_identifiers(pair: Pair, newcomer: Patient) -> None:
    pair.source.fed(newcomer)
    agree(lambda: pair.identifiers(newcomer))


@requirement("FHIR-ITI104-001")
@transaction("ITI-104", "ITI-47", "ITI-119")
def test_who_came_by_iti_104_is_the_same_person(pair: Pair, newcomer: Patient) -> None:
    pair.source.fed(newcomer)
    agree(lambda: pair.by_spid(newcomer), family=newcomer.family)


@requirement("FHIR-ITI104-009")
@transaction("ITI-104", "ITI-47", "ITI-119")
def test_who_came_by_iti_104_is_found_by_the_same_name(pair: Pair, newcomer: Patient) -> None:
    pair.source.fed(newcomer)
    agree(lambda: pair.by_name(newcomer), family=newcomer.family)


@requirement("FHIR-ITI104-002")
@transaction("ITI-104", "ITI-47", "ITI-119")
def test_what_iti_104_revises_is_revised_on_both_faces(pair: Pair, newcomer: Patient) -> None:
    pair.source.fed(newcomer, revised(newcomer))
    agree(lambda: pair.by_spid(newcomer), given="Hélène")


# --- fed by both ----------------------------------------------------------------------------------


@requirement("FHIR-ITI104-002")
@transaction("ITI-44", "ITI-104", "ITI-47", "ITI-119")
def test_what_came_by_iti_44_is_revised_by_iti_104(pair: Pair, newcomer: Patient) -> None:
    pair.clinic.feed(newcomer)
    pair.source.fed(revised(newcomer))
    agree(lambda: pair.by_spid(newcomer), given="Hélène")
    agree(lambda: pair.identifiers(newcomer))


@requirement("FHIR-ITI119-016")
@transaction("ITI-104", "ITI-44", "ITI-47", "ITI-119")
def test_what_came_by_iti_104_is_revised_by_iti_44(pair: Pair, newcomer: Patient) -> None:
    pair.source.fed(newcomer)
    pair.source.community.accepted(lambda: revise(revised(newcomer), pair.clinic.addressing))
    agree(lambda: pair.by_spid(newcomer), given="Hélène")
    agree(lambda: pair.identifiers(newcomer))


@requirement("FHIR-ITI104-014")
@transaction("ITI-104", "ITI-45", "ITI-83")
def test_the_survivor_of_a_duplicate_is_the_same_on_both_faces(pair: Pair, newcomer: Patient) -> None:
    duplicate = replace(newcomer, local_id=f"{newcomer.local_id}-2")
    pair.source.fed(newcomer, duplicate)
    pair.source.community.fhir.accepted(pair.source.subsume(duplicate, newcomer.local_id))
    agree(lambda: pair.identifiers(newcomer))
