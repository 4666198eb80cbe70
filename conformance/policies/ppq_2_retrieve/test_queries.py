"""Policy sets are found by patient and by id, as they were fed (CH:PPQ, PPQ-2)."""

from random import SystemRandom

import pytest

from conformance.policies.records import Record, day, says, shows
from fixtures.checks.expect import expect
from fixtures.epr.identifiers import new_gln
from fixtures.epr.message import Message
from fixtures.epr.policy_names import SAML_REQUESTER, SAML_RESPONDER
from fixtures.epr.policy_read import policy_response
from fixtures.epr.ppq import POLICY_SET_ID_REFERENCE
from fixtures.policy.patient_policy import PatientPolicy, new_id
from fixtures.suite import requirement

NORMAL = "access-level:normal"
RANDOM = SystemRandom()
QUERY = "//xsamlp:XACMLPolicyQuery"


@pytest.fixture
def sets(record: Record) -> tuple[PatientPolicy, ...]:
    """One policy set of each template, with dates where the template allows them."""
    return record.onboard(
        record.policy("301", NORMAL, start=day(0), end=day(9)),
        record.policy("302", NORMAL, start=day(0)),
        record.policy("303"),
        record.policy("304", "access-level:delegation-and-normal", start=day(0)),
    )


@requirement("POL-PPQ2-002", "POL-PPQ2-008")
def test_a_query_by_patient_finds_every_policy_set_as_it_was_fed(
    record: Record, sets: tuple[PatientPolicy, ...]
) -> None:
    reply = record.community.send(record.by_patient())
    expect(reply).is_success()
    found = {each.get("PolicySetId", ""): each for each in policy_response(reply).policy_sets}
    expect(reply).meets(found.keys() == {each.id for each in sets}, "the policy sets fed", sorted(found))
    other = [each for each in sets if not says(found[each.id], each)]
    expect(reply).meets(not other, "each as it was fed", f"other content in place of {other}")


@pytest.fixture
def thousand(record: Record) -> set[str]:
    """The ids of a thousand policy sets of the record, fed by the hundred."""
    lots = [[record.policy("301", NORMAL, who=new_gln(RANDOM)) for _ in range(100)] for _ in range(10)]
    ids = {each.id for each in record.onboard(*lots[0])}
    for lot in lots[1:]:
        record.add(*lot)
        ids |= {each.id for each in lot}
    return ids


@requirement("POL-PPQ2-002")
def test_a_query_by_patient_finds_a_thousand_policy_sets(record: Record, thousand: set[str]) -> None:
    reply = record.community.send(record.by_patient())
    found = set(shows(reply))
    missing = f"{len(found)} of them, {len(found - thousand)} others"
    expect(reply).is_success().meets(found == thousand, f"{len(thousand)} policy sets", missing)


@pytest.mark.parametrize("space", ["", "\n      "], ids=["bare", "white-space"])
@requirement("POL-PPQ2-003")
def test_a_query_by_id_finds_that_policy_set(record: Record, sets: tuple[PatientPolicy, ...], space: str) -> None:
    reply = record.community.send(record.by_id(f"{space}{sets[1].id}{space}"))
    expect(reply).is_success().meets(shows(reply) == (sets[1].id,), sets[1].id, shows(reply))


@requirement("POL-PPQ2-004")
def test_a_query_by_several_ids_finds_all(record: Record, sets: tuple[PatientPolicy, ...]) -> None:
    reply = record.community.send(record.by_id(sets[0].id, sets[3].id))
    expected = sorted((sets[0].id, sets[3].id))
    expect(reply).is_success().meets(sorted(shows(reply)) == expected, str(expected), sorted(shows(reply)))


@requirement("POL-PPQ2-009")
def test_an_unknown_id_finds_nothing(opened: Record) -> None:
    valid = opened.by_id(next(iter(opened.held())))
    reply = opened.community.send(valid.with_text(POLICY_SET_ID_REFERENCE, new_id()), baseline=valid)
    expect(reply).is_success().lacks("//xacml:PolicySet")


@requirement("POL-PPQ2-010")
def test_a_patient_without_policies_has_none(record: Record) -> None:
    reply = record.community.send(record.by_patient())
    expect(reply).lacks("//xacml:PolicySet")


def _without_id(message: Message) -> Message:
    return message.without(f"{QUERY}/@ID")


MALFORMED = {
    "empty": lambda message: message.without(f"{QUERY}/*"),
    "no-resource": lambda message: message.without("//ctx:Resource"),
    "no-id": _without_id,
}


@requirement("POL-PPQ2-011")
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_query_is_refused(opened: Record, name: str) -> None:
    valid = opened.by_patient()
    reply = opened.community.send(MALFORMED[name](valid), baseline=valid)
    said = expect(reply).refuses().outcome
    known = said.kind != "saml" or said.status in (SAML_REQUESTER, SAML_RESPONDER)
    expect(reply).meets(known, "status Requester or Responder, or a SOAP fault", said.says)
