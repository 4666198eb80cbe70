"""What a feed must say about the patient, and what a community must not keep of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.checks.expect_patients import SYNTAX_ERRORS
from fixtures.epr.hl7v3 import add, revise
from fixtures.epr.identifiers import spid
from fixtures.epr.message import Reply, fragment
from fixtures.epr.names import AHVN13
from fixtures.epr.xml import Element, find_all
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-44", "ITI-45")

Ask = Callable[[PrimarySystem, Patient], Reply]
PATIENT = "//hl7:subject1/hl7:patient"
PERSON = f"{PATIENT}/hl7:patientPerson"
GENDER = f"{PERSON}/hl7:administrativeGenderCode"
NEXT_YEAR = datetime.now(UTC).year + 1
#: an invented number with a right check digit
AHV = "7569217076985"
GENDERS = ("F", "M", "UN", "O", "U", "A", "N")


@requirement("PAT-ITI44-033")
def test_a_feed_without_a_name_is_refused(clinic: PrimarySystem) -> None:
    patient = clinic.stranger()
    nameless = add(patient, clinic.addressing).without(f"{PERSON}/hl7:name")
    reply = clinic.send(nameless, baseline=clinic.valid_add)
    expect(reply).rejects("SYN100", "SYN101", "SYN105", "SYN113")
    expect(clinic.pix(clinic.local(patient))).finds_nobody()


@requirement("PAT-ITI44-034")
def test_a_feed_without_custodian_is_refused(clinic: PrimarySystem) -> None:
    reply = clinic.send(clinic.valid_add().without("//hl7:custodian"), baseline=clinic.valid_add)
    expect(reply).rejects(*SYNTAX_ERRORS)


@requirement("PAT-ITI44-035")
def test_two_subjects_are_refused_as_a_whole(clinic: PrimarySystem) -> None:
    one, other = clinic.stranger(), clinic.stranger()
    second = "(//hl7:subject)[2]//hl7:patient/hl7:id"
    message = (
        add(one, clinic.addressing)
        .doubled("//hl7:controlActProcess/hl7:subject", "two subjects")
        .with_attribute(f"{second}[1]", "extension", other.local_id)
        .with_attribute(f"{second}[2]", "extension", other.spid)
    )
    reply = clinic.send(message, baseline=clinic.valid_add)
    expect(reply).acknowledges("CE", "CR")
    expect(clinic.pix(clinic.local(one))).finds_nobody()
    expect(clinic.pix(clinic.local(other))).finds_nobody()


@requirement("PAT-ITI44-036")
@pytest.mark.parametrize(
    "birth_time",
    [
        pytest.param("19991341", id="no such day"),
        pytest.param("abc", id="no digits"),
        pytest.param(f"{NEXT_YEAR}0101", id="next year"),
    ],
)
def test_an_impossible_birth_time_is_refused(clinic: PrimarySystem, birth_time: str) -> None:
    patient = clinic.stranger()
    reply = clinic.send(
        add(patient, clinic.addressing).with_attribute(f"{PERSON}/hl7:birthTime", "value", birth_time),
        baseline=clinic.valid_add,
    )
    expect(reply).acknowledges("CE", "CR", details=["SYN102"])
    expect(clinic.pix(clinic.local(patient))).finds_nobody()


@requirement("PAT-ITI44-037")
@transaction("ITI-47")
def test_an_unknown_gender_code_is_not_returned(clinic: PrimarySystem) -> None:
    patient = clinic.stranger()
    clinic.send(
        add(patient, clinic.addressing).with_attribute(GENDER, "code", "X"),
        baseline=clinic.valid_add,
    )
    known = " or ".join(f"@code='{code}'" for code in GENDERS)
    expect(clinic.look_up(patient)).lacks(f"//hl7:registrationEvent//hl7:administrativeGenderCode[@code][not({known})]")


@requirement("PAT-ITI44-038")
@transaction("ITI-47")
@pytest.mark.parametrize("attribute", ["religiousAffiliationCode", "raceCode", "ethnicGroupCode"])
def test_a_sensitive_attribute_is_not_kept(clinic: PrimarySystem, attribute: str) -> None:
    patient = clinic.registered()
    revised = revise(patient, clinic.addressing).changed(f"with {attribute}", _before_citizenship(attribute))
    clinic.send(revised, baseline=clinic.valid_add)
    expect(clinic.look_up(patient)).answers("AA/OK").lacks(f"//hl7:registrationEvent//hl7:{attribute}")


@requirement("PAT-ITI44-039", "PAT-SPID-006")
@transaction("ITI-47")
@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda system, patient: system.pix(system.local(patient)), id="ITI-45"),
        pytest.param(
            lambda system, patient: system.send(system.pix_query(system.local(patient)).without("//hl7:dataSource")),
            id="ITI-45 without data source",
        ),
        pytest.param(lambda system, patient: system.look_up(patient), id="ITI-47"),
        pytest.param(lambda system, patient: system.pdq(ids=(spid(patient.spid),), scoping=()), id="ITI-47 unscoped"),
    ],
)
def test_a_fed_ahv_number_is_not_disclosed(clinic: PrimarySystem, practice: PrimarySystem, ask: Ask) -> None:
    patient = practice.registered()
    fed = add(clinic.again(patient), clinic.addressing)
    with_ahv = fed.with_child(PATIENT, f'<hl7:id root="{AHVN13}" extension="{AHV}"/>', "with AHV number", at=2)
    clinic.send(with_ahv, baseline=clinic.valid_add)
    expect(ask(practice, patient)).answers("AA/OK").gives_no_id_of(AHVN13).discloses_nothing([AHV])


def _before_citizenship(attribute: str) -> Callable[[Element], None]:
    """Puts the attribute where the schema has it."""

    def insert(root: Element) -> None:
        for citizenship in find_all(root, f"{PERSON}/hl7:asCitizen"):
            citizenship.addprevious(fragment(f'<hl7:{attribute} code="1"/>'))

    return insert
