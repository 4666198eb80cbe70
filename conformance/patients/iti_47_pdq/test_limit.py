"""At most five patients are returned; beyond that the community asks for more attributes (CH EPR, PDQ limit)."""

from collections.abc import Sequence

import pytest

from conformance.patients.systems import PrimarySystem, named
from fixtures.checks.expect import expect
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-47", "ITI-44")

REQUESTED = "//hl7:reasonOf/hl7:detectedIssueEvent/hl7:triggerFor/hl7:actOrderRequired/hl7:code"
FAMILY = "//hl7:livingSubjectName/hl7:value/hl7:family"
USES = [pytest.param("", id="exact"), pytest.param("SRCH", id="fuzzy")]


@pytest.fixture
def six(clinic: PrimarySystem) -> Sequence[Patient]:
    """Six namesakes, four of them women."""
    women = clinic.namesakes(4, gender="F")
    return [*women, *(clinic.registered(family=women[0].family, birth_name="", gender="M") for _ in range(2))]


@requirement("PAT-ITI47-028")
def test_five_namesakes_are_all_returned(clinic: PrimarySystem) -> None:
    five = clinic.namesakes(5)
    expect(clinic.pdq(names=named(five[0].family))).answers("AA/OK").finds(*five)


@requirement("PAT-ITI47-027")
@pytest.mark.parametrize("use", USES)
def test_of_six_namesakes_none_is_returned(clinic: PrimarySystem, six: Sequence[Patient], use: str) -> None:
    reply = clinic.pdq(names=named(six[0].family, use=use))
    expect(reply).answers("AA/OK", "AA/NF", "AE/AE").finds_nobody().has(REQUESTED)
    expect(reply).lacks("//hl7:queryAck/hl7:resultTotalQuantity[@value > 0]")


@requirement("PAT-ITI47-032")
@pytest.mark.parametrize("quantity", [6, 10])
def test_asking_for_more_records_lifts_no_limit(clinic: PrimarySystem, six: Sequence[Patient], quantity: int) -> None:
    reply = clinic.pdq(names=named(six[0].family), initial_quantity=quantity)
    expect(reply).answers("AA/OK", "AA/NF", "AE/AE").finds_nobody().has(REQUESTED)


@requirement("PAT-ITI47-030")
def test_an_attribute_of_the_query_is_not_asked_for(clinic: PrimarySystem) -> None:
    women = clinic.namesakes(6, gender="F")
    reply = clinic.pdq(names=named(women[0].family), gender="F")
    expect(reply).has(REQUESTED).lacks(f"{REQUESTED}[@code='LivingSubjectAdministrativeGenderRequested']")


@requirement("PAT-ITI47-031")
def test_a_requested_attribute_narrows_the_answer(clinic: PrimarySystem, six: Sequence[Patient]) -> None:
    reply = clinic.pdq(names=named(six[0].family), gender="F")
    expect(reply).answers("AA/OK").finds(*six[:4])


@requirement("PAT-ITI47-058")
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("wildcard", ["*", "%", "?", "_", "A", ".*"])
def test_a_wildcard_enumerates_nobody(clinic: PrimarySystem, patient: Patient, wildcard: str, use: str) -> None:
    by_id = clinic.look_up_query(patient)
    reply = clinic.send(clinic.pdq_query(names=named(wildcard, use=use)), baseline=by_id)
    expect(reply).answers("AA/NF", "AA/OK", "AE/QE", "AE/AE").finds_nobody()


@requirement("PAT-ITI47-058")
@pytest.mark.parametrize("wildcard", ["*", "%", "?", "_", ".*"])
def test_a_wildcard_stands_for_no_name(clinic: PrimarySystem, wildcard: str) -> None:
    (one,) = clinic.namesakes(1)
    query = clinic.pdq_query(names=named(one.family, one.given), birth_time=one.birth_date)
    reply = clinic.send(query.with_text(FAMILY, wildcard), baseline=query)
    expect(reply).answers("AA/NF", "AA/OK", "AE/QE", "AE/AE").finds_nobody()
