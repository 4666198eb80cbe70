"""ITI-119: what is no question is refused, and patients are never listed (profile CHPDQmMatchParametersIn)."""

import pytest

from conformance.fhir.patients import Source
from fixtures.checks.expect import expect
from fixtures.epr.fhir_patients import match
from fixtures.epr.rest import Call
from fixtures.people.patients import Patient
from fixtures.suite import requirement

PATIENT = "parameter[name=resource].resource"
FOUND = "entry.resource.ofType(Patient)"
pytestmark = pytest.mark.transaction("ITI-119", "ITI-104")


@pytest.fixture
def person(source: Source) -> Patient:
    patient = source.invented(birth_name="")
    source.fed(patient)
    return patient


@pytest.fixture
def question(source: Source, person: Patient) -> Call:
    return source.basic(match(family=person.family, birth_date=person.birth_date))


@requirement("FHIR-ITI119-006")
def test_more_than_five_cannot_be_asked_for(source: Source, person: Patient, question: Call) -> None:
    changed = question.with_item("parameter", {"name": "count", "valueInteger": 6}, "count = 6")
    reply = source.send(changed, baseline=question)
    expect(reply).meets(reply.status in (200, 400, 422), "HTTP 200, 400 or 422", reply.says)
    expect(reply).meets(bool(reply.issues), "an OperationOutcome", reply.says).discloses_nothing([person.spid])


@requirement("FHIR-ITI119-012")
def test_an_unknown_parameter_is_refused(source: Source, question: Call) -> None:
    changed = question.with_item("parameter", {"name": "foo", "valueString": "x"}, "a parameter foo")
    expect(source.send(changed, baseline=question)).is_refused(400, 422)


@requirement("FHIR-ITI119-012")
def test_two_patients_are_no_question(source: Source, question: Call) -> None:
    expect(source.send(question.doubled("parameter[name=resource]"), baseline=question)).is_refused(400, 422)


@requirement("FHIR-ITI119-013")
def test_a_question_without_patient_is_refused(source: Source, question: Call) -> None:
    other = question.with_value("parameter", [{"name": "count", "valueInteger": 1}], "without resource")
    expect(source.send(other, baseline=question)).is_refused(400, 422)


@requirement("FHIR-ITI119-013")
def test_another_resource_is_no_question(source: Source, question: Call) -> None:
    other = question.with_value(PATIENT, {"resourceType": "Practitioner", "active": True})
    expect(source.send(other, baseline=question)).is_refused(400, 422)


@requirement("FHIR-ITI119-014")
def test_telecom_is_refused_or_has_no_influence(source: Source, question: Call) -> None:
    changed = question.with_value(f"{PATIENT}.telecom", [{"system": "phone", "value": "+41 00 000 00 00"}])
    reply = source.send(changed, baseline=question)
    right = reply.status in (400, 422) or (reply.status == 200 and bool(reply.resources))
    expect(reply).meets(right, "HTTP 400 or 422, or the same matches as without telecom", reply.says)


@requirement("FHIR-ITI119-015")
def test_without_criteria_nobody_is_told(source: Source, question: Call) -> None:
    reply = source.send(question.with_value(PATIENT, {"resourceType": "Patient"}), baseline=question)
    expect(reply).meets(reply.status in (200, 400, 422), "HTTP 400 or 422, or total 0", reply.says)
    told = [one for one in reply.resources if one.get("resourceType") == "Patient"]
    expect(reply).meets(not told, "no Patient", f"{len(told)} patients")
