"""What is not known is an application error that says where (cases 4 and 5 of IHE ITI TF-2 3.45.4.2.2)."""

from collections.abc import Callable

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3_read import acknowledgement
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-45")

UNKNOWN = ("2.999.999.1", "2.999.999.2")
IDENTIFIER = "//hl7:patientIdentifier/hl7:value"
SOURCE = "//hl7:parameterList/hl7:dataSource"


@requirement("PAT-ITI45-015")
def test_an_unknown_id_is_an_error_at_the_patient_identifier(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.pix_query(clinic.local(patient))
    reply = clinic.send(query.with_attribute(IDENTIFIER, "extension", "never-added"), baseline=query)
    expect(reply).answers("AE/AE", details=["204"]).finds_nobody()
    expect(reply).has("//hl7:acknowledgementDetail[@typeCode='E']/hl7:location[contains(., 'patientIdentifier')]")


@requirement("PAT-ITI45-016")
def test_an_unknown_domain_is_an_error_at_the_patient_identifier(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.pix_query(clinic.local(patient))
    reply = clinic.send(query.with_attribute(IDENTIFIER, "root", UNKNOWN[0]), baseline=query)
    expect(reply).answers("AE/AE", details=["204"]).finds_nobody()
    expect(reply).has("//hl7:acknowledgementDetail[@typeCode='E']/hl7:location[contains(., 'patientIdentifier')]")


@requirement("PAT-ITI45-017")
def test_each_unknown_data_source_is_named(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.pix_query(
        clinic.local(patient), clinic.addressing.mpi, clinic.addressing.spid, clinic.addressing.mpi
    )
    asked = query.with_attribute(f"{SOURCE}[2]/hl7:value", "root", UNKNOWN[0])
    asked = asked.with_attribute(f"{SOURCE}[3]/hl7:value", "root", UNKNOWN[1])
    reply = clinic.send(asked, baseline=clinic.pix_query(clinic.local(patient)))
    expect(reply).answers("AE/AE", details=["204"]).finds_nobody()
    expect(reply).has("//hl7:acknowledgementDetail[@typeCode='E']/hl7:code[@code='204' or @code='KEY204']", times=2)
    told = acknowledgement(reply).locations
    right = all(any(f"dataSource[{place}]" in location for location in told) for place in (2, 3))
    expect(reply).meets(right, "locations of dataSource[2] and dataSource[3]", told)


@requirement("PAT-ITI45-018")
@transaction("ITI-44")
def test_the_domain_of_another_system_is_not_asked_for(clinic: PrimarySystem, practice: PrimarySystem) -> None:
    patient = clinic.registered()
    practice.feed(practice.again(patient))
    query = clinic.pix_query(clinic.local(patient), clinic.addressing.spid)
    foreign = query.with_attribute(f"{SOURCE}/hl7:value", "root", practice.addressing.local)
    reply = clinic.send(foreign, baseline=query)
    expect(reply).answers("AE/AE", details=["204"], tolerated=["AA/NF"])
    expect(reply).gives_no_id_of(practice.addressing.local)


@requirement("PAT-ITI45-036")
@pytest.mark.parametrize(
    "lookalike",
    [
        pytest.param(lambda local: local.swapcase() if local.swapcase() != local else f"{local}A", id="upper case"),
        pytest.param(lambda local: f"0{local}", id="leading zero"),
        pytest.param(lambda local: f"{local} ", id="trailing blank"),
        pytest.param(lambda local: f"{local[:-1]}*", id="asterisk"),
        pytest.param(lambda local: f"{local[:-1]}%", id="percent sign"),
        pytest.param(lambda local: f"{local[:-1]}_", id="underscore"),
        pytest.param(lambda local: f"{local}' OR '1'='1", id="SQL"),
        pytest.param(lambda local: f"{local}' or 'a'='a' or 'a'='", id="XPath"),
        pytest.param(lambda local: f"{local}\u200b", id="zero width space"),
    ],
)
def test_a_lookalike_of_a_known_id_does_not_match(
    clinic: PrimarySystem, patient: Patient, lookalike: Callable[[str], str]
) -> None:
    query = clinic.pix_query(clinic.local(patient))
    wrong = lookalike(clinic.local(patient).extension)
    reply = clinic.send(query.with_attribute(IDENTIFIER, "extension", wrong), baseline=query)
    expect(reply).answers("AE/AE", details=["204"]).finds_nobody()
