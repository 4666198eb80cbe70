"""ITI-104: patients are registered and revised by a conditional update (IHE PIXm 3.1.0 2:3.104)."""

from dataclasses import replace

import pytest

from conformance.fhir.patients import Source
from fixtures.checks.expect import expect
from fixtures.epr.fhir_patients import match
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction


@pytest.fixture
def newcomer(source: Source) -> Patient:
    """Somebody nobody has fed yet, with a name of his own."""
    return source.invented(birth_name="")


@requirement("FHIR-ITI104-001", "FHIR-ITI104-016")
@transaction("ITI-104", "ITI-83")
def test_a_new_patient_is_registered_and_known_at_once(source: Source, newcomer: Patient) -> None:
    fed = source.send(source.feed(newcomer))
    expect(fed).is_ok(200, 201).prefers(fed.status == 201, "HTTP 201", fed.says)
    expect(source.send(source.cross_reference(newcomer))).is_ok().reads("parameter.value.value", newcomer.spid)


@requirement("FHIR-ITI104-002")
@transaction("ITI-104", "ITI-119")
def test_a_known_patient_is_revised(source: Source, newcomer: Patient) -> None:
    source.fed(newcomer)
    revised = replace(newcomer, given="Zénaïde")
    expect(source.send(source.feed(revised))).is_ok(200, 201)
    found = source.send(source.basic(match(family=newcomer.family, given="Zénaïde", birth_date=newcomer.birth_date)))
    expect(found).is_ok().reads("entry.resource.ofType(Patient).name.where(family.exists()).given.first()", "Zénaïde")
    expect(found).has(f"entry.resource.ofType(Patient).identifier.where(value = '{newcomer.spid}')")


@requirement("FHIR-ITI104-009")
@transaction("ITI-104", "ITI-119")
def test_a_patient_is_found_by_birth_name(source: Source) -> None:
    patient = source.invented(birth_name=source.family())
    expect(source.send(source.feed(patient))).is_ok(200, 201)
    found = source.send(source.basic(match(birth_name=patient.birth_name, birth_date=patient.birth_date)))
    expect(found).is_ok().has(f"entry.resource.ofType(Patient).identifier.where(value = '{patient.spid}')")


@requirement("FHIR-ITI104-014")
@transaction("ITI-104", "ITI-83")
def test_a_duplicate_gives_way_to_the_survivor(source: Source, newcomer: Patient) -> None:
    duplicate = replace(newcomer, local_id=f"{newcomer.local_id}-2")
    source.fed(newcomer)
    source.fed(duplicate)
    expect(source.send(source.subsume(duplicate, newcomer.local_id))).is_ok()
    expect(source.send(source.cross_reference(newcomer))).is_ok().reads("parameter.value.value", newcomer.spid)


@requirement("FHIR-ITI83-015")
@transaction("ITI-104", "ITI-83")
def test_a_subsumed_identifier_leads_to_the_survivor_or_nowhere(source: Source, newcomer: Patient) -> None:
    duplicate = replace(newcomer, local_id=f"{newcomer.local_id}-2")
    source.fed(newcomer)
    source.fed(duplicate)
    source.send(source.subsume(duplicate, newcomer.local_id))
    reply = source.send(source.cross_reference(duplicate))
    expect(reply).meets(reply.status in (200, 404), "HTTP 200 or 404", reply.says)
    foreign = [value for value in source.told(reply) if value != newcomer.spid]
    expect(reply).meets(not foreign, "no identifiers but those of the survivor", foreign)
