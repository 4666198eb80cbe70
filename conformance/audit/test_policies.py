"""What the records of policy transactions and decisions are about (EPRO-FDHA Annex 5 Amendment 2.1: CH:PPQ, CH:ADR)."""

from conformance.audit.conftest import Look, each_act
from fixtures.suite import requirement

FEEDS = ("add policy sets", "update a policy set", "delete a policy set")
QUERIES = ("policies by patient", "policy by id")
DECISIONS = (
    "decision on documents",
    "decision on a professional",
    "decision on a policy set",
    "decision on the audit trail",
)


@requirement("AUD-PPQ1-001", "POL-PPQ1-090", "AUD-MSG-022")
@each_act(*FEEDS)
def test_a_policy_feed_leaves_exactly_one_import(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("event", "action", "type", "outcome")


@requirement("AUD-PPQ1-002", "POL-PPQ1-090")
@each_act(*FEEDS)
def test_each_policy_set_is_recorded_with_its_patient(look: Look, act: str) -> None:
    look(act).is_right("policy", "patient")


@requirement("POL-PPQ1-092", "AUD-MSG-005")
@each_act("update an unknown policy set")
def test_a_refused_policy_feed_is_recorded_as_failure(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("outcome")


@requirement("POL-PPQ1-024")
@each_act("add policy sets with trace")
def test_the_trace_of_a_policy_feed_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("trace")


@requirement("AUD-PPQ2-001", "POL-PPQ2-015")
@each_act(*QUERIES)
def test_a_policy_query_is_recorded_with_the_query(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("event", "action", "type", "query", "patient")


@requirement("AUD-ADR-001", "POL-ADR-028")
@each_act(*DECISIONS)
def test_a_decision_is_recorded_with_subject_resources_and_result(look: Look, act: str) -> None:
    words = ("event", "action", "type", "outcome", "subject", "resource", "decision")
    look(act).leaves_exactly_its_records().is_right(*words)


@requirement("AUD-XUA-004", "AUD-XUA-001")
@each_act(*FEEDS, *QUERIES)
def test_who_works_on_policies_is_recorded_with_purpose(look: Look, act: str) -> None:
    look(act).is_right("xua_user", "main_user", "delegated_user", "purpose")
