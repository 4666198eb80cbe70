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
REFUSED_FEEDS = ("update an unknown policy set", "delete an unknown policy set", "add policy sets as professional")
REFUSED_QUERIES = ("policies in another version", "decision in another version")


@requirement("AUD-PPQ1-001", "POL-PPQ1-090", "AUD-MSG-022")
@each_act(*FEEDS)
def test_a_policy_feed_leaves_exactly_one_import(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("event", "action", "type", "outcome")


@requirement("AUD-PPQ1-002", "POL-PPQ1-090")
@each_act(*FEEDS)
def test_each_policy_set_is_recorded_with_its_patient(look: Look, act: str) -> None:
    look(act).is_right("policy", "patient")


@requirement("POL-PPQ1-092", "AUD-MSG-005")
@each_act(*REFUSED_FEEDS)
def test_a_refused_policy_feed_is_recorded_as_failure(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("outcome")


@requirement("POL-PPQ1-024")
@each_act("add policy sets with trace")
def test_the_trace_of_a_policy_feed_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("trace")


@requirement("AUD-PPQ2-001", "POL-PPQ2-015")
@each_act(*QUERIES)
def test_a_policy_query_is_recorded_with_the_query(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("event", "action", "type", "outcome", "query", "patient")


@requirement("AUD-ADR-001", "POL-ADR-028")
@each_act(*DECISIONS)
def test_a_decision_is_recorded_with_subject_resources_and_result(look: Look, act: str) -> None:
    words = ("event", "action", "type", "outcome", "subject", "resource", "decision")
    look(act).leaves_exactly_its_records().is_right(*words)


@requirement("AUD-XUA-004", "AUD-XUA-001")
@each_act(*FEEDS, *QUERIES)
def test_who_works_on_policies_is_recorded_with_purpose(look: Look, act: str) -> None:
    look(act).is_right("xua_user", "main_user", "delegated_user", "purpose")


@requirement("AUD-MSG-005")
@each_act(*REFUSED_QUERIES)
def test_a_refused_query_or_request_for_a_decision_is_recorded_as_failure(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("outcome")


@requirement("AUD-XUA-012")
@each_act("add policy sets as professional")
def test_who_was_not_authorized_is_recorded_with_user_and_patient(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("outcome", "xua_user", "main_user", "patient", "policy")


@requirement("AUD-MSG-009", "AUD-MSG-010", "AUD-MSG-011")
@each_act(*FEEDS, *QUERIES, *DECISIONS)
def test_the_nodes_of_a_policy_transaction_are_named(look: Look, act: str) -> None:
    look(act).is_right("roles", "network", "client", "endpoint")


@requirement("AUD-MSG-021")
@each_act(*FEEDS, "policies by patient")
def test_a_record_about_policies_names_one_patient(look: Look, act: str) -> None:
    look(act).is_right("patient")
