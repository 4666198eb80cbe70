"""Audit records of RESTful transactions (CH EPR FHIR 5.0.0, Security Audit Considerations)."""

from collections.abc import Callable

import pytest

from conformance.audit.rest_acts import REST_ACTS, RestScene
from fixtures.checks.rest_audit import RestRecorded
from fixtures.client import Community
from fixtures.suite import requirement
from fixtures.suite.trail import Trail

Look = Callable[[str], RestRecorded]
PATIENTS = ("cross-reference", "new patient", "known patient", "match")
DOCUMENTS = ("find references", "read document")
REFUSED = ("cross-reference of an unknown id", "misshapen documents", "find references of another patient")


def after(*names: str) -> pytest.MarkDecorator:
    """Run the test for each of these acts, where the target claims what they need."""
    return pytest.mark.parametrize(
        "act", [pytest.param(name, marks=pytest.mark.transaction(*REST_ACTS[name][0])) for name in names]
    )


@pytest.fixture(scope="session")
def look(community: Community, trail: Trail) -> Look:
    """Does an act, once, and gives its audit records."""
    trail.demand()
    scene, seen = RestScene(community, trail), dict[str, RestRecorded]()

    def done(name: str) -> RestRecorded:
        if name not in seen:
            seen[name] = scene.recorded(REST_ACTS[name][1](scene))
        return seen[name]

    return done


@requirement("AUD-FHIR-012", "FHIR-ITI83-016")
@after("cross-reference")
def test_a_cross_reference_query_is_recorded(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "patient", "query")


@requirement("AUD-FHIR-013", "FHIR-ITI104-019")
@after("new patient", "known patient")
def test_a_feed_is_recorded_as_create_or_update(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "patient")


@requirement("AUD-FHIR-014", "FHIR-ITI119-018")
@after("match")
def test_a_match_is_recorded_with_its_parameters(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "query")


@requirement("AUD-FHIR-009", "FHIR-ITI67-029")
@after("find references")
def test_a_search_of_documents_is_recorded_with_patient_and_query(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "patient", "query")


@requirement("AUD-FHIR-008", "FHIR-ITI65-037")
@after("provide documents")
def test_a_submission_is_recorded_with_its_submission_set(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "patient", "data", "user")


@requirement("AUD-FHIR-011", "FHIR-CHMHD1-016")
@after("update of a document", "update of two documents")
def test_each_update_of_metadata_is_recorded(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "patient", "data", "user")


@requirement("AUD-FHIR-010", "FHIR-ITI68-010")
@after("read document")
def test_the_reading_of_a_document_is_recorded(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "patient", "data")


@requirement("AUD-FHIR-015", "FHIR-ITI90-021")
@after("search of the directory")
def test_a_search_of_the_directory_is_recorded(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "query")


@requirement("AUD-FHIR-015", "FHIR-ITI90-021")
@after("read of the directory")
def test_a_reading_of_the_directory_is_recorded(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "data")


@requirement("AUD-FHIR-017", "POL-PPQ3-044")
@after("new policy set", "change of a policy set", "end of a policy set")
def test_each_feed_of_a_policy_set_is_recorded_with_its_id(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "patient", "data", "user", "trace")


@requirement("AUD-FHIR-017", "POL-PPQ4-013")
@after("three policy sets")
def test_each_policy_set_of_a_bundle_is_recorded_with_its_id(look: Look, act: str) -> None:
    recorded = look(act).is_there().is_right("event", "action", "roles", "outcome", "patient", "data", "user")
    recorded.names_each()


@requirement("POL-PPQ3-043")
@after("new policy set", "new policy set without trace")
def test_the_trace_of_a_feed_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("trace")


@requirement("AUD-FHIR-016", "FHIR-ITI130-014")
@after("new organization", "change of an organization", "end of an organization", "two organizations")
def test_each_change_of_the_directory_is_recorded(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "data")


@requirement("AUD-FHIR-018", "POL-PPQ5-009")
@after("find policy sets")
def test_a_search_of_policy_sets_is_recorded(look: Look, act: str) -> None:
    look(act).is_there().is_right("event", "action", "roles", "outcome", "patient", "query", "user", "purpose")


@requirement("AUD-FHIR-001")
@after(*PATIENTS, *DOCUMENTS)
def test_the_source_is_an_organisation(look: Look, act: str) -> None:
    look(act).is_right("site")


@requirement("AUD-FHIR-002", "AUD-FHIR-003", "XUA-OIDC-096")
@after(*DOCUMENTS)
def test_user_role_and_purpose_are_those_of_the_token(look: Look, act: str) -> None:
    look(act).is_right("user", "purpose")


@requirement("AUD-FHIR-004", "XUA-OIDC-096")
@after("find references by an assistant")
def test_who_acts_for_a_professional_is_recorded_with_him(look: Look, act: str) -> None:
    look(act).is_right("delegate")


@requirement("AUD-FHIR-005")
@after(*DOCUMENTS)
def test_the_patient_is_recorded_by_epr_spid(look: Look, act: str) -> None:
    look(act).is_right("patient")


@requirement("AUD-FHIR-006", "FHIR-TRC-005")
@after(*PATIENTS, *DOCUMENTS)
def test_the_trace_of_the_exchange_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("trace")


@requirement("AUD-TRC-009")
@after(*PATIENTS, *DOCUMENTS)
def test_the_traceparent_of_the_answer_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("traceparent")


@requirement("AUD-TRC-014")
@after(*PATIENTS, *DOCUMENTS)
def test_the_record_joins_with_ours_on_the_trace(look: Look, act: str) -> None:
    look(act).is_there().is_right("joined")


@requirement("FHIR-TRC-003", "AUD-TRC-005")
@after("cross-reference without trace")
def test_a_trace_begins_where_none_was_sent(look: Look, act: str) -> None:
    look(act).is_right("trace")


@requirement("AUD-FHIR-020")
@after(*REFUSED)
def test_what_was_refused_is_recorded_as_failure(look: Look, act: str) -> None:
    look(act).is_there().is_right("outcome")
