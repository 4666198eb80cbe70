"""Queries that are not in order are answered with an error and without data."""

from collections.abc import Callable

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.checks.expect_patients import SYNTAX_ERRORS
from fixtures.epr.message import Message
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-45")

Change = Callable[[Message], Message]
IDENTIFIER = "//hl7:parameterList/hl7:patientIdentifier"
SOURCE = "//hl7:parameterList/hl7:dataSource"


@requirement("PAT-ITI45-032")
@pytest.mark.parametrize(
    "place", [pytest.param(IDENTIFIER, id="two parameters"), pytest.param(f"{IDENTIFIER}/hl7:value", id="two values")]
)
def test_two_patients_are_not_asked_for_at_once(clinic: PrimarySystem, patient: Patient, place: str) -> None:
    query = clinic.pix_query(clinic.local(patient))
    reply = clinic.send(query.doubled(place), baseline=query)
    expect(reply).rejects(*SYNTAX_ERRORS).finds_nobody()


@requirement("PAT-ITI45-033")
@pytest.mark.parametrize(
    "missing",
    [
        pytest.param(IDENTIFIER, id="parameter"),
        pytest.param(f"{IDENTIFIER}/hl7:value/@extension", id="extension"),
        pytest.param(f"{IDENTIFIER}/hl7:value/@root", id="root"),
    ],
)
def test_a_whole_patient_identifier_is_needed(clinic: PrimarySystem, patient: Patient, missing: str) -> None:
    query = clinic.pix_query(clinic.local(patient))
    reply = clinic.send(query.without(missing), baseline=query)
    expect(reply).rejects("SYN100", "SYN101", "SYN105", "204").finds_nobody()


@requirement("PAT-ITI45-034")
def test_a_data_source_has_no_extension(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.pix_query(clinic.local(patient))
    reply = clinic.send(query.with_attribute(f"{SOURCE}[1]/hl7:value", "extension", "1"), baseline=query)
    expect(reply).answers("AE/QE", "AE/AE")


@requirement("PAT-ITI45-035")
@pytest.mark.parametrize(
    ("element", "code"),
    [
        pytest.param("statusCode", "waitContinuedQueryResponse", id="continuation"),
        pytest.param("responsePriorityCode", "D", id="deferred"),
    ],
)
def test_only_new_and_immediate_queries_are_taken(
    clinic: PrimarySystem, patient: Patient, element: str, code: str
) -> None:
    query = clinic.pix_query(clinic.local(patient))
    reply = clinic.send(query.with_attribute(f"//hl7:queryByParameter/hl7:{element}", "code", code), baseline=query)
    expect(reply).answers("AE/QE", "AE/AE", details=["NS250", "SYN113"]).finds_nobody()
