"""Queries that are not in order, and values that are data and nothing else."""

import pytest

from conformance.patients.systems import PrimarySystem, named
from fixtures.checks.expect import expect
from fixtures.checks.expect_patients import SYNTAX_ERRORS
from fixtures.epr.identifiers import spid
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-47")

QUERY = "//hl7:queryByParameter"
VALUE = "/hl7:value"
FAMILY = "//hl7:livingSubjectName/hl7:value/hl7:family"


@requirement("PAT-ITI47-055")
@pytest.mark.parametrize(
    ("element", "code"),
    [
        pytest.param("responsePriorityCode", "D", id="deferred"),
        pytest.param("responseModalityCode", "B", id="batch"),
    ],
)
def test_only_immediate_real_time_answers_are_asked_for(
    clinic: PrimarySystem, patient: Patient, element: str, code: str
) -> None:
    query = clinic.look_up_query(patient)
    reply = clinic.send(query.with_attribute(f"{QUERY}/hl7:{element}", "code", code), baseline=query)
    expect(reply).rejects("NS250", "SYN113", tolerated=SYNTAX_ERRORS).finds_nobody()


@requirement("PAT-ITI47-056")
@pytest.mark.parametrize(
    ("element", "attribute", "value"),
    [
        pytest.param("livingSubjectBirthTime", "value", "1999-01-01", id="date with hyphens"),
        pytest.param("livingSubjectBirthTime", "value", "19990231", id="no such day"),
        pytest.param("otherIDsScopingOrganization[1]", "extension", "1", id="scoping organisation with extension"),
        pytest.param("livingSubjectAdministrativeGender", "code", "", id="gender without code"),
        pytest.param("livingSubjectId", "root", "abc def", id="id root that is no OID"),
    ],
)
def test_a_malformed_value_is_refused(
    clinic: PrimarySystem, patient: Patient, element: str, attribute: str, value: str
) -> None:
    query = clinic.pdq_query(
        ids=(spid(patient.spid),), gender=patient.gender, birth_time=patient.birth_date, names=named(patient.family)
    )
    changed = query.with_attribute(f"//hl7:parameterList/hl7:{element}{VALUE}", attribute, value)
    expect(clinic.send(changed, baseline=clinic.look_up_query(patient))).rejects(*SYNTAX_ERRORS).finds_nobody()


@requirement("PAT-ITI47-057")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("' OR '1'='1", id="SQL"),
        pytest.param("'; DROP TABLE patient; --", id="SQL statement"),
        pytest.param("x' UNION SELECT 1,2,3 --", id="SQL union"),
        pytest.param("*)(uid=*))(|(uid=*", id="LDAP"),
        pytest.param("' or 'a'='a", id="XPath"),
        pytest.param("(a+)+$", id="regular expression"),
        pytest.param("${jndi:ldap://127.0.0.1:9/x}", id="lookup"),
        pytest.param("{{7*7}}", id="template"),
        pytest.param("a" * 10_000, id="10,000 characters"),
        pytest.param("\t\u0085\u2028\u200b\u202e", id="control characters"),
        pytest.param("<![CDATA[x]]>", id="markup"),
    ],
)
def test_a_hostile_name_is_only_a_name(clinic: PrimarySystem, patient: Patient, name: str) -> None:
    query = clinic.pdq_query(names=named("Niemand"), birth_time=patient.birth_date)
    reply = clinic.send(query.with_text(FAMILY, name), baseline=clinic.look_up_query(patient))
    expect(reply).answers("AA/NF", "AE/QE", "AE/AE", tolerated=["AA/OK"]).finds_nobody().shows_no_internals()
    expect(reply).meets(reply.seconds < 5, "an answer in less than 5 s", f"{reply.seconds:.1f} s")
