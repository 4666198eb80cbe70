"""ITI-104: what is no feed of one patient of ours is refused, nobody is registered (profile ch-pixm-patient-feed)."""

from dataclasses import replace

import pytest

from conformance.fhir.patients import Source
from fixtures.checks.expect import expect
from fixtures.checks.fhirpath import evaluate
from fixtures.epr.fhir_patients import SPID_SYSTEM, match, token
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import metadata
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

RELIGION = "http://hl7.org/fhir/StructureDefinition/patient-religion"
REMOVAL = "rest.resource.where(type = 'Patient').conditionalDelete.where($this != 'not-supported')"
pytestmark = pytest.mark.transaction("ITI-104")


@pytest.fixture
def patient(source: Source) -> Patient:
    """The baseline is his: the same feed sent again revises him."""
    return source.invented(birth_name="")


@pytest.fixture
def newcomer(source: Source) -> Patient:
    """Only refused feeds are about him."""
    return source.invented(birth_name="")


@requirement("FHIR-ITI104-003")
@transaction("ITI-83")
def test_a_feed_without_epr_spid_registers_nobody(source: Source, patient: Patient, newcomer: Patient) -> None:
    changed = source.feed(newcomer).without(f"identifier[system={SPID_SYSTEM}]")
    expect(source.send(changed, baseline=source.feed(patient))).is_refused(422, 400, usual=["required", "invalid"])
    expect(source.send(source.cross_reference(newcomer))).is_refused(404, 400)


@requirement("FHIR-ITI104-003")
@transaction("ITI-83")
def test_a_feed_with_two_epr_spids_registers_nobody(source: Source, patient: Patient, newcomer: Patient) -> None:
    second = {"system": SPID_SYSTEM, "value": patient.spid}
    changed = source.feed(newcomer).with_item("identifier", second)
    expect(source.send(changed, baseline=source.feed(patient))).is_refused(422, 400)
    expect(source.send(source.cross_reference(newcomer))).is_refused(404, 400)


@requirement("FHIR-ITI104-004")
@transaction("ITI-83")
def test_the_identifier_of_the_url_stands_in_the_body(source: Source, patient: Patient, newcomer: Patient) -> None:
    changed = source.feed(newcomer).with_value("identifier[0].value", f"{newcomer.local_id}-other")
    expect(source.send(changed, baseline=source.feed(patient))).is_refused(422, 400)
    expect(source.send(source.cross_reference(newcomer))).is_refused(404, 400)


@requirement("FHIR-ITI104-004")
def test_a_feed_without_local_identifier_is_refused(source: Source, patient: Patient, newcomer: Patient) -> None:
    changed = source.feed(newcomer).without("identifier[0]")
    expect(source.send(changed, baseline=source.feed(patient))).is_refused(422, 400)


@requirement("FHIR-ITI104-005")
def test_the_parameter_identifier_is_required(source: Source, patient: Patient) -> None:
    call = source.feed(patient)
    reply = source.send(call.without_query("identifier"), baseline=call)
    expect(reply).is_refused(400, 412, usual=["required", "invalid"], tolerated=[405, 422])


@requirement("FHIR-ITI104-005")
def test_the_parameter_identifier_has_a_system(source: Source, patient: Patient) -> None:
    call = source.feed(patient)
    reply = source.send(call.with_query("identifier", patient.local_id), baseline=call)
    expect(reply).is_refused(400, 412, usual=["required", "invalid"], tolerated=[422])


@requirement("FHIR-ITI104-006")
@transaction("ITI-119")
def test_criteria_that_two_records_meet_revise_none(source: Source, patient: Patient) -> None:
    source.fed(replace(patient, local_id=f"{patient.local_id}-2"))
    revised = source.feed(replace(patient, given="Xenia"))
    changed = revised.with_query("identifier", token(EPR_SPID, patient.spid), "criteria of two records")
    reply = source.send(changed, baseline=source.feed(patient))
    expect(reply).is_refused(412, 400, 403, usual=["multiple-matches", "forbidden", "security", "code-invalid"])
    found = source.send(source.basic(match(spid=patient.spid)))
    expect(found).is_ok().lacks("entry.resource.ofType(Patient).name.given.where($this = 'Xenia')")


@requirement("FHIR-ITI104-007")
@transaction("ITI-119")
def test_a_religion_is_refused_or_dropped(source: Source, patient: Patient) -> None:
    religion = {"url": RELIGION, "valueCodeableConcept": {"text": "Pastafarian"}}
    reply = source.send(source.feed(patient).with_item("extension", religion), baseline=source.feed(patient))
    source.refused_or_dropped(reply, patient, f"extension.where(url = '{RELIGION}')")


@requirement("FHIR-ITI104-008")
@transaction("ITI-119")
def test_contact_persons_are_refused_or_dropped(source: Source, patient: Patient) -> None:
    contact = {"name": {"family": "Kontaktperson"}}
    reply = source.send(source.feed(patient).with_item("contact", contact), baseline=source.feed(patient))
    source.refused_or_dropped(reply, patient, "contact")


@requirement("FHIR-ITI104-010")
def test_a_birth_name_alone_is_no_name(source: Source, patient: Patient) -> None:
    named = source.invented(birth_name=source.family())
    reply = source.send(source.feed(named).without("name[0]"), baseline=source.feed(patient))
    expect(reply).is_refused(422, 400, usual=["required", "invalid", "invariant"])


@requirement("FHIR-ITI104-011", "FHIR-ITI104-012")
def test_patients_of_another_domain_cannot_be_fed(source: Source, patient: Patient, newcomer: Patient) -> None:
    foreign = source.foreign()
    identifier = token(foreign.domain, newcomer.local_id)
    changed = foreign.feed(newcomer).with_query("identifier", identifier, "another domain")
    expect(source.send(changed, baseline=source.feed(patient))).is_refused(403, 401, usual=["forbidden", "security"])


@requirement("FHIR-ITI104-013")
def test_an_epr_spid_with_a_wrong_check_digit_is_refused(source: Source, patient: Patient, newcomer: Patient) -> None:
    changed = source.feed(newcomer).with_value(f"identifier[system={SPID_SYSTEM}].value", "761337610411353651")
    reply = source.send(changed, baseline=source.feed(patient))
    warned = any(issue.severity == "warning" for issue in reply.issues)
    expect(reply).meets(reply.status in (422, 400) or warned, "HTTP 422, or a warning", reply.says)


@requirement("FHIR-ITI104-015")
def test_removing_a_patient_is_not_offered(source: Source, patient: Patient) -> None:
    call = source.feed(patient)
    removal = source.basic(call.with_method("DELETE"))
    reply = source.send(removal, baseline=call)
    declared = evaluate(source.send(metadata()).resource or {}, REMOVAL)
    allowed = (403, 404, 405, 501, *((200, 204) if declared else ()))
    expect(reply).meets(reply.status in allowed, f"HTTP {allowed}; removal is declared: {declared or 'no'}", reply.says)


@requirement("FHIR-ITI104-003")
@transaction("ITI-119")
def test_a_refused_revision_changes_nothing(source: Source, patient: Patient) -> None:
    source.fed(patient)
    changed = source.feed(patient).with_value("name[0].given[0]", "Xenia").without(f"identifier[system={SPID_SYSTEM}]")
    source.send(changed)
    found = source.send(source.basic(match(spid=patient.spid)))
    expect(found).is_ok().lacks("entry.resource.ofType(Patient).name.given.where($this = 'Xenia')")
