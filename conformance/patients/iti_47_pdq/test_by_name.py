"""Finding patients by name: exact parts, alternatives, fuzzy search, birth name."""

import pytest

from conformance.patients.systems import PrimarySystem, named
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3 import PersonName
from fixtures.people.patients import unique_family
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-47", "ITI-44")


@requirement("PAT-ITI47-013")
def test_family_given_and_birth_date_find_the_patient(clinic: PrimarySystem) -> None:
    (patient,) = clinic.namesakes(1)
    reply = clinic.pdq(names=named(patient.family, patient.given), birth_time=patient.birth_date)
    expect(reply).answers("AA/OK").finds(patient)


@requirement("PAT-ITI47-013")
@pytest.mark.parametrize(
    "given",
    [
        pytest.param(("Anne Lise",), id="as one"),
        pytest.param(("Anne", "Lise"), id="part by part"),
        pytest.param(("Anne",), id="first of two"),
        pytest.param(("Lise",), id="second of two"),
    ],
)
def test_a_given_name_of_two_words_is_found(clinic: PrimarySystem, given: tuple[str, ...]) -> None:
    (patient,) = clinic.namesakes(1, given="Anne Lise")
    reply = clinic.pdq(names=named(patient.family, *given))
    expect(reply).answers("AA/OK").finds(patient)


@requirement("PAT-ITI47-013")
def test_another_given_name_does_not_match(clinic: PrimarySystem) -> None:
    (patient,) = clinic.namesakes(1, given="Maurice")
    reply = clinic.pdq(names=named(patient.family, "Ursina"))
    expect(reply).answers("AA/NF").finds_nobody()


@requirement("PAT-ITI47-014")
def test_a_family_name_alone_finds_all_namesakes(clinic: PrimarySystem) -> None:
    family = clinic.namesakes(3)
    reply = clinic.pdq(names=named(family[0].family))
    expect(reply).answers("AA/OK").finds(*family)


@requirement("PAT-ITI47-015")
def test_several_names_are_alternatives(clinic: PrimarySystem) -> None:
    (one,), (other,) = clinic.namesakes(1), clinic.namesakes(1)
    reply = clinic.pdq(names=(*named(one.family), *named(other.family)))
    expect(reply).answers("AA/OK").finds(one, other)


@requirement("PAT-ITI47-016")
def test_a_fuzzy_search_finds_by_the_first_letters(clinic: PrimarySystem) -> None:
    (patient,) = clinic.namesakes(1)
    reply = clinic.pdq(names=named(patient.family[:6], use="SRCH"), birth_time=patient.birth_date)
    expect(reply).answers("AA/OK").finds_at_least(patient)


@requirement("PAT-ITI47-016")
@pytest.mark.parametrize("use", [pytest.param("", id="exact"), pytest.param("SRCH", id="fuzzy")])
def test_the_whole_name_is_found_either_way(clinic: PrimarySystem, use: str) -> None:
    (patient,) = clinic.namesakes(1)
    reply = clinic.pdq(names=named(patient.family, use=use), birth_time=patient.birth_date)
    expect(reply).answers("AA/OK").finds_at_least(patient)


@requirement("PAT-ITI47-017")
@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        pytest.param("Müller", "MÜLLER", id="upper case"),
        pytest.param("Müller", "müller", id="lower case"),
        pytest.param("Müller", "MULLER", id="without diacritics"),
        pytest.param("Müller", "Mueller", id="umlaut written out"),
        pytest.param("Zbinden-Crêtenoud", "zbinden cretenoud", id="hyphen and accent"),
    ],
)
def test_case_and_diacritics_do_not_matter(clinic: PrimarySystem, stored: str, asked: str) -> None:
    own = unique_family(clinic.rng)
    patient = clinic.registered(family=f"{stored} {own}", birth_name="")
    reply = clinic.pdq(names=named(f"{asked} {own}"), birth_time=patient.birth_date)
    expect(reply).answers("AA/OK").finds(patient)


@requirement("PAT-ITI47-018")
def test_a_patient_is_found_by_birth_name(clinic: PrimarySystem) -> None:
    patient = clinic.registered(birth_name=unique_family(clinic.rng))
    reply = clinic.pdq(names=named(patient.birth_name, qualifier="BR"), birth_time=patient.birth_date)
    expect(reply).answers("AA/OK").finds(patient)


@requirement("PAT-ITI47-052")
def test_the_birth_name_is_returned_as_such(clinic: PrimarySystem) -> None:
    patient = clinic.registered(birth_name=unique_family(clinic.rng))
    expect(clinic.look_up(patient)).answers("AA/OK").shows(family=patient.family, birth_name=patient.birth_name)


@requirement("PAT-ITI47-024")
def test_a_mothers_maiden_name_does_no_harm(clinic: PrimarySystem) -> None:
    (patient,) = clinic.namesakes(1)
    mother = PersonName(unique_family(clinic.rng))
    reply = clinic.pdq(names=named(patient.family), birth_time=patient.birth_date, mothers_maiden_name=mother)
    expect(reply).answers("AA/OK", "AA/NF", "AE/QE")


@requirement("PAT-ITI47-033")
def test_a_name_nobody_has_finds_nobody(clinic: PrimarySystem) -> None:
    reply = clinic.pdq(names=named(unique_family(clinic.rng)), birth_time="19700101")
    expect(reply).answers("AA/NF", tolerated=["AA/OK"]).finds_nobody()
    numbers = "hl7:resultTotalQuantity | hl7:resultCurrentQuantity | hl7:resultRemainingQuantity"
    expect(reply).lacks(f"//hl7:queryAck/*[self::{numbers.replace(' | ', ' or self::')}][@value != '0']")
