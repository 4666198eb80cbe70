"""What the records of patient transactions are about (ITI TF-2 3.44.5.1, 3.45.5.1, 3.47.5.1)."""

from conformance.audit.conftest import Look, each_act
from fixtures.suite import requirement

FEEDS = ("add", "revise")


@requirement("AUD-ITI44-001", "PAT-ITI44-049")
@each_act("add")
def test_a_new_patient_is_recorded_as_creation(look: Look, act: str) -> None:
    look(act).is_right("event", "action", "type")


@requirement("AUD-ITI44-002", "PAT-ITI44-049")
@each_act("revise")
def test_a_revision_is_recorded_as_update(look: Look, act: str) -> None:
    look(act).is_right("event", "action", "type")


@requirement("AUD-ITI44-003", "PAT-ITI44-050")
@each_act("merge")
def test_a_merge_is_recorded_as_deletion_and_update(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("event", "action", "patient")


@requirement("PAT-ITI44-051", "AUD-MSG-016", "AUD-MSG-017")
@each_act(*FEEDS, "merge")
def test_the_patient_is_recorded_with_the_message_id(look: Look, act: str) -> None:
    look(act).is_right("patient")


@requirement("AUD-ITI45-001", "PAT-ITI45-037", "AUD-MSG-019")
@each_act("pix query", "pix query for an unknown id")
def test_a_pix_query_is_recorded_with_patient_and_query(look: Look, act: str) -> None:
    look(act).is_right("event", "action", "type", "patient", "query")


@requirement("AUD-ITI47-001", "PAT-ITI47-067", "AUD-MSG-019")
@each_act("pdq by id", "pdq by name")
def test_a_demographics_query_is_recorded_with_the_query(look: Look, act: str) -> None:
    look(act).is_right("event", "action", "type", "query")


@requirement("PAT-GEN-051", "AUD-XUA-002")
@each_act(*FEEDS, "merge", "pix query", "pdq by id")
def test_without_assertion_no_purpose_of_use_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("purpose", "humans")
