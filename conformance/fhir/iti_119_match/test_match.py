"""ITI-119: who fits, best first, and at most five (IHE PDQm 3.2.0 2:3.119; CH EPR FHIR 5.0.0)."""

from dataclasses import replace

import pytest

from conformance.fhir.patients import Source
from fixtures.checks.expect import expect
from fixtures.checks.fhirpath import evaluate
from fixtures.epr.fhir_patients import SPID_SYSTEM, match
from fixtures.people.patients import Patient
from fixtures.suite import requirement

FOUND = "entry.resource.ofType(Patient)"
SPIDS = f"{FOUND}.identifier.where(system = '{SPID_SYSTEM}').value"
SCORES = "entry.where(resource is Patient).search.score"
GRADE = "entry.search.extension.where(url = 'http://hl7.org/fhir/StructureDefinition/match-grade').value"
pytestmark = pytest.mark.transaction("ITI-119", "ITI-104")


@pytest.fixture
def person(source: Source) -> Patient:
    """One fed patient, of a family of his own."""
    patient = source.invented(birth_name="", gender="F")
    source.fed(patient)
    return patient


@pytest.fixture
def three(source: Source) -> list[Patient]:
    """Three of one family, born on one day; only the first has exactly the given name Anna."""
    family = source.family()
    names = ("Anna", "Annabelle", "Annamaria")
    people = [source.invented(family=family, given=given, birth_name="", gender="F") for given in names]
    people = [replace(one, birth_date="19700101") for one in people]
    source.fed(*people)
    return people


@requirement("FHIR-ITI119-001")
def test_a_single_match_is_told(source: Source, person: Patient) -> None:
    reply = source.send(source.basic(match(family=person.family, birth_date=person.birth_date)))
    expect(reply).is_ok().is_a("Bundle").reads("total", 1).reads(SPIDS, person.spid)


@requirement("FHIR-ITI119-002")
def test_several_matches_come_best_first(source: Source, three: list[Patient]) -> None:
    best = three[0]
    exact = source.send(source.basic(match(family=best.family, given=best.given, birth_date=best.birth_date)))
    expect(exact).is_ok().has(f"entry[0].resource.identifier.where(value = '{best.spid}')")
    scores = evaluate(exact.resource, SCORES)
    expect(exact).meets(scores == sorted(scores, reverse=True), "scores that do not increase", scores)
    reply = source.send(source.basic(match(family=best.family)))
    expect(reply).is_ok().reads(SPIDS, *(one.spid for one in three))


@requirement("FHIR-ITI119-003")
def test_nobody_fits(source: Source) -> None:
    reply = source.send(source.basic(match(family=source.family(), birth_date="19010203")))
    expect(reply).is_ok().reads("total", 0).lacks(FOUND)


@requirement("FHIR-ITI119-004", "FHIR-ITI119-005")
def test_more_than_five_are_not_told_and_more_attributes_are_asked_for(source: Source) -> None:
    family = source.family()
    source.fed(*(source.invented(family=family, gender="F", birth_name="") for _ in range(6)))
    reply = source.send(source.basic(match(family=family, gender="F")))
    expect(reply).is_ok().reads("total", 0).lacks(FOUND)
    expect(reply).has("entry.where(search.mode = 'outcome').resource.ofType(OperationOutcome)", times=1)
    codes = [code for issue in reply.issues for code in issue.codings]
    expect(reply).meets(bool(codes), "codes of ChPdqmMoreAttributesRequested", codes)
    expect(reply).prefers("LivingSubjectAdministrativeGenderRequested" not in codes, "no code for gender", codes)


@requirement("FHIR-ITI119-007")
def test_count_gives_the_best(source: Source, three: list[Patient]) -> None:
    best = three[0]
    question = match(family=best.family, given=best.given, birth_date=best.birth_date, count=1)
    expect(source.send(source.basic(question))).is_ok().reads(SPIDS, best.spid)
    expect(source.send(source.basic(match(family=best.family, count=1)))).is_ok().has(FOUND, times=1)


@requirement("FHIR-ITI119-008")
def test_only_certain_matches(source: Source, person: Patient) -> None:
    whole = match(spid=person.spid, only_certain=True)
    expect(source.send(source.basic(whole))).is_ok().reads(SPIDS, person.spid).reads(GRADE, "certain")
    uncertain = source.send(source.basic(match(family=person.family[:-2], only_certain=True)))
    expect(uncertain).is_ok().lacks(f"{GRADE}.where($this != 'certain')")


@requirement("FHIR-ITI119-009")
def test_a_bare_patient_is_the_same_question(source: Source, person: Patient) -> None:
    wrapped = source.basic(match(family=person.family, birth_date=person.birth_date))
    bare = wrapped.changed("the Patient without Parameters", unwrap)
    expect(source.send(bare, baseline=wrapped)).is_ok().reads(SPIDS, person.spid)


def unwrap(resource: dict[str, object]) -> None:
    (parameter,) = resource.pop("parameter")  # type: ignore[misc]
    resource |= parameter["resource"]  # type: ignore[has-type]


@requirement("FHIR-ITI119-010")
def test_local_identifiers_stay_with_their_owners(source: Source, person: Patient) -> None:
    second = replace(person, local_id=f"{person.local_id}-2")
    source.fed(second)
    reply = source.send(source.basic(match(spid=person.spid)))
    expect(reply).is_ok().reads(SPIDS, person.spid).discloses_nothing([person.local_id, second.local_id])


@requirement("FHIR-ITI119-016")
def test_the_epr_spid_alone_is_a_certain_match(source: Source, person: Patient) -> None:
    reply = source.send(source.basic(match(spid=person.spid)))
    expect(reply).is_ok().reads(SPIDS, person.spid).reads(GRADE, "certain")
