"""Narrowing by birth date, gender and address; and what is no criterion at all."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from conformance.patients.systems import PrimarySystem, named
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3 import Address
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-47", "ITI-44")

HL7_GENDER, HL7_TABLE_0001 = "2.16.840.1.113883.5.1", "2.16.840.1.113883.12.1"


@pytest.fixture
def namesake(clinic: PrimarySystem) -> Patient:
    """The only patient of that family name: a woman of Lausanne born on 15 June 1970."""
    (found,) = clinic.namesakes(1, gender="F", birth_date="19700615", postal_code="1004", city="Lausanne")
    return found


@requirement("PAT-ITI47-019")
def test_the_birth_date_matches(clinic: PrimarySystem, namesake: Patient) -> None:
    reply = clinic.pdq(names=named(namesake.family), birth_time=namesake.birth_date)
    expect(reply).answers("AA/OK").finds(namesake)


@requirement("PAT-ITI47-019")
@pytest.mark.parametrize("days", [pytest.param(1, id="next day"), pytest.param(-1, id="day before")])
def test_another_birth_date_does_not_match(clinic: PrimarySystem, namesake: Patient, days: int) -> None:
    other = datetime.strptime(namesake.birth_date, "%Y%m%d") + timedelta(days=days)
    reply = clinic.pdq(names=named(namesake.family), birth_time=f"{other:%Y%m%d}")
    expect(reply).answers("AA/NF").finds_nobody()


@requirement("PAT-ITI47-020")
@pytest.mark.parametrize(
    "birth_time",
    [
        pytest.param("1970", id="year"),
        pytest.param("197006", id="month"),
        pytest.param(("19700601", "19700630"), id="interval around it"),
        pytest.param(("19700615", "19700615"), id="interval of its day"),
    ],
)
def test_an_approximate_birth_date_matches(
    clinic: PrimarySystem, namesake: Patient, birth_time: str | tuple[str, str]
) -> None:
    reply = clinic.pdq(names=named(namesake.family), birth_time=birth_time)
    expect(reply).answers("AA/OK").finds(namesake)


@requirement("PAT-ITI47-020")
@pytest.mark.parametrize(
    "birth_time",
    [
        pytest.param("1971", id="other year"),
        pytest.param("197007", id="other month"),
        pytest.param(("19690101", "19691231"), id="interval before it"),
    ],
)
def test_another_time_of_birth_does_not_match(
    clinic: PrimarySystem, namesake: Patient, birth_time: str | tuple[str, str]
) -> None:
    reply = clinic.pdq(names=named(namesake.family), birth_time=birth_time)
    expect(reply).answers("AA/NF").finds_nobody()


@requirement("PAT-ITI47-021")
def test_the_right_gender_matches(clinic: PrimarySystem, namesake: Patient) -> None:
    reply = clinic.pdq(names=named(namesake.family), gender="F")
    expect(reply).answers("AA/OK").finds(namesake)


@requirement("PAT-ITI47-021")
def test_the_other_gender_does_not_match(clinic: PrimarySystem, namesake: Patient) -> None:
    reply = clinic.pdq(names=named(namesake.family), gender="M")
    expect(reply).answers("AA/NF").finds_nobody()


@requirement("PAT-ITI47-022")
@pytest.mark.parametrize(
    "system",
    [
        pytest.param("", id="code alone"),
        pytest.param(HL7_GENDER, id="AdministrativeGender"),
        pytest.param(HL7_TABLE_0001, id="table 0001"),
    ],
)
def test_every_gender_code_system_is_understood(clinic: PrimarySystem, namesake: Patient, system: str) -> None:
    reply = clinic.pdq(names=named(namesake.family), gender="F", gender_system=system)
    expect(reply).answers("AA/OK").finds(namesake)


@requirement("PAT-ITI47-023")
def test_the_right_city_matches(clinic: PrimarySystem, namesake: Patient) -> None:
    reply = clinic.pdq(names=named(namesake.family), address=Address(city=namesake.city))
    expect(reply).answers("AA/OK").finds(namesake)


@requirement("PAT-ITI47-023")
def test_a_wrong_city_does_not_match(clinic: PrimarySystem, namesake: Patient) -> None:
    reply = clinic.pdq(names=named(namesake.family), address=Address(city="Delémont"))
    expect(reply).answers("AA/NF", tolerated=["AA/OK"])


@requirement("PAT-ITI47-023")
def test_a_city_does_not_outweigh_a_wrong_name(clinic: PrimarySystem, namesake: Patient) -> None:
    reply = clinic.pdq(names=named(f"{namesake.family}x"), address=Address(city=namesake.city))
    expect(reply).answers("AA/NF").finds_nobody()


@requirement("PAT-ITI47-025")
def test_a_telephone_number_finds_nobody(clinic: PrimarySystem) -> None:
    number = "tel:+41215550100"
    patient = clinic.feed(replace(clinic.stranger(), telecom=(number,)))
    query = clinic.pdq_query(names=named(patient.family), birth_time=patient.birth_date)
    value = f'<hl7:value value="{number}"/><hl7:semanticsText>Patient.telecom</hl7:semanticsText>'
    telecom_only = f"<hl7:parameterList><hl7:patientTelecom>{value}</hl7:patientTelecom></hl7:parameterList>"
    asked = query.replaced("//hl7:parameterList", telecom_only, "patientTelecom only")
    expect(clinic.send(asked, baseline=query)).finds_nobody()


@requirement("PAT-ITI47-026")
@pytest.mark.parametrize(
    "left_out",
    [
        pytest.param("//hl7:parameterList/*", id="empty parameterList"),
        pytest.param("//hl7:livingSubjectId", id="scoping organisations only"),
    ],
)
def test_a_query_without_criterion_finds_nobody(clinic: PrimarySystem, patient: Patient, left_out: str) -> None:
    query = clinic.look_up_query(patient)
    reply = clinic.send(query.without(left_out), baseline=query)
    expect(reply).answers("AE/QE", "AE/AE", "AA/NF", "AA/OK").finds_nobody()


@requirement("PAT-ITI47-053")
def test_the_demographics_returned_are_those_fed(clinic: PrimarySystem) -> None:
    patient = clinic.registered()
    expect(clinic.look_up(patient)).answers("AA/OK").shows(
        family=patient.family, given=patient.given, gender=patient.gender, birth_date=patient.birth_date
    )


@requirement("PAT-ITI47-050")
def test_no_religion_race_or_ethnic_group_is_returned(clinic: PrimarySystem, namesake: Patient) -> None:
    sensitive = "self::hl7:religiousAffiliationCode or self::hl7:raceCode or self::hl7:ethnicGroupCode"
    expect(clinic.look_up(namesake)).answers("AA/OK").lacks(f"//hl7:patientPerson/*[{sensitive}]")


@requirement("PAT-ITI47-051")
def test_no_personal_relationship_is_returned(clinic: PrimarySystem, namesake: Patient) -> None:
    expect(clinic.look_up(namesake)).answers("AA/OK").lacks("//hl7:patientPerson/hl7:personalRelationship")


@requirement("PAT-ITI47-046")
@pytest.mark.parametrize("degree", [100, 50])
def test_the_minimum_degree_of_match_is_kept(clinic: PrimarySystem, namesake: Patient, degree: int) -> None:
    names = named(namesake.family[:6], use="SRCH")
    reply = clinic.pdq(names=names, birth_time=namesake.birth_date, minimum_degree=degree)
    expect(reply).answers("AA/OK", "AA/NF").lacks(f"//hl7:queryMatchObservation/hl7:value[@value < {degree}]")


@requirement("PAT-ITI47-047")
def test_an_impossible_degree_of_match_is_refused(clinic: PrimarySystem, namesake: Patient) -> None:
    query = clinic.pdq_query(names=named(namesake.family), minimum_degree=50)
    reply = clinic.send(query.with_attribute("//hl7:minimumDegreeMatch/hl7:value", "value", "150"), baseline=query)
    expect(reply).rejects().finds_nobody()
