"""Who sees which policy sets (CH:PPQ; EPR policy stack)."""

import pytest

from conformance.policies.records import Record, day, shows
from fixtures.checks.expect import expect
from fixtures.suite import requirement

NORMAL = "access-level:normal"


@requirement("POL-PPQ2-012")
@pytest.mark.parametrize("who", ["PAT", "REP", "PADM"])
def test_patient_representative_and_administrator_read_all(record: Record, who: str) -> None:
    sets = record.onboard(record.policy("303", who=record.name_id("REP")))
    reply = record.community.send(record.by_patient(who))
    expected = sorted(each.id for each in sets)
    expect(reply).is_success().meets(sorted(shows(reply)) == expected, str(expected), sorted(shows(reply)))


@requirement("POL-PPQ2-012")
@pytest.mark.parametrize("who", ["REP", "DADM", "TCU"])
@pytest.mark.parametrize("by", ["patient", "id"])
def test_nobody_else_reads_any(opened: Record, who: str, by: str) -> None:
    query = {"patient": opened.by_patient(who), "id": opened.by_id(*opened.held(), who=who)}[by]
    expect(opened.community.send(query)).lacks("//xacml:PolicySet")


RIGHTS = {
    "right": ("301", NORMAL),
    "delegation": ("304", "access-level:delegation-and-normal"),
    "exclusion": ("301", "exclusion-list"),
}


@requirement("POL-PPQ2-012")
@pytest.mark.parametrize(("template", "reference"), RIGHTS.values(), ids=RIGHTS)
def test_a_professional_reads_none(record: Record, template: str, reference: str) -> None:
    sets = record.onboard(record.policy(template, reference, who=record.gln))
    expect(record.community.send(record.by_patient("HCP"))).lacks("//xacml:PolicySet")
    expect(record.community.send(record.by_id(sets[-1].id, who="HCP"))).lacks("//xacml:PolicySet")


@requirement("POL-PPQ2-012")
def test_a_representative_whose_time_is_over_reads_none(record: Record) -> None:
    record.onboard()
    # a repository may refuse what has ended
    record.community.send(record.adding(record.policy("303", who=record.name_id("REP"), end=day(-1))))
    expect(record.community.send(record.by_patient("REP"))).lacks("//xacml:PolicySet")


@requirement("POL-PPQ2-012", "POL-PPQ2-013", "XUA-ITI40-069")
@pytest.mark.parametrize("by", ["patient", "id"])
@pytest.mark.parametrize("who", ["PAT", "PADM"])
def test_policy_sets_of_another_patient_are_not_shown(opened: Record, other: Record, who: str, by: str) -> None:
    sets = other.onboard()
    query = {"patient": other.by_patient(who), "id": other.by_id(sets[0].id, who=who)}[by]
    reply = opened.community.send(query.with_security(opened.token(who), "token for another patient"))
    expect(reply).lacks("//xacml:PolicySet")


@requirement("POL-PPQ2-014", "XUA-ITI40-018")
def test_a_query_without_token_is_refused(opened: Record) -> None:
    valid = opened.by_patient()
    reply = opened.community.send(valid.without("//wsse:Security"), baseline=valid)
    expect(reply).is_token_refusal(
        "wsse:InvalidSecurity", "wsse:SecurityTokenUnavailable", "wsse:InvalidSecurityToken"
    ).lacks("//xacml:PolicySet")
