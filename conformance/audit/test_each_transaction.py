"""Every transaction leaves exactly the records of the table, with the outcome it had (ITI TF-2, audit sections)."""

from conformance.audit.conftest import Look, each_act
from fixtures.suite import requirement

QUERIES = ("find documents", "find documents as patient", "get documents at home")
DOCUMENTS = (*QUERIES, "provide", "provide as professional", "register", "retrieve two documents")
PATIENTS = ("add", "revise", "merge", "pix query", "pdq by id", "pdq by name")
REFUSED_DOCUMENTS = (
    "unknown stored query",
    "provide for an unknown patient",
    "register for an unknown patient",
    "retrieve an unknown document",
)
REFUSED_PATIENTS = ("merge with an unknown id", "pix query for an unknown id", "malformed pdq")


@requirement("XDS-AUD-001", "AUD-MSG-022")
@each_act(*DOCUMENTS, *REFUSED_DOCUMENTS)
def test_a_transaction_with_documents_leaves_exactly_its_records(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("event", "action", "type")


@requirement("PAT-GEN-048", "AUD-MSG-022")
@each_act(*PATIENTS, *REFUSED_PATIENTS)
def test_a_transaction_with_patients_leaves_exactly_its_records(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("outcome")


@requirement("XDS-AUD-002", "AUD-MSG-005")
@each_act(*REFUSED_DOCUMENTS)
def test_what_was_refused_is_recorded_as_failure(look: Look, act: str) -> None:
    look(act).is_right("outcome")


@requirement("AUD-MSG-005")
@each_act(*REFUSED_PATIENTS)
def test_a_refused_patient_transaction_is_recorded_as_failure(look: Look, act: str) -> None:
    look(act).is_right("outcome")


@requirement("AUD-MSG-006")
@each_act(*DOCUMENTS, *PATIENTS)
def test_what_succeeded_is_recorded_as_success(look: Look, act: str) -> None:
    look(act).is_right("outcome")


@requirement("AUD-MSG-004", "AUD-MSG-003")
@each_act(*DOCUMENTS, *PATIENTS)
def test_time_and_outcome_are_written_as_they_should(look: Look, act: str) -> None:
    look(act).is_right("time", "outcome")


@requirement("AUD-MSG-014", "PAT-GEN-049", "AUD-MSG-015")
@each_act(*DOCUMENTS, *PATIENTS)
def test_the_source_of_the_record_and_its_organisation_are_named(look: Look, act: str) -> None:
    look(act).is_right("site", "source_id")


@requirement("AUD-MSG-009", "AUD-MSG-010", "PAT-GEN-050")
@each_act(*DOCUMENTS, *PATIENTS)
def test_source_and_destination_are_named_with_their_network_address(look: Look, act: str) -> None:
    look(act).is_right("roles", "network", "client")


@requirement("AUD-MSG-011", "AUD-MSG-012", "PAT-GEN-050")
@each_act(*DOCUMENTS, *PATIENTS)
def test_the_responder_is_named_by_its_endpoint_and_process(look: Look, act: str) -> None:
    look(act).is_right("endpoint", "process")


@requirement("AUD-MSG-008", "AUD-XUA-015")
@each_act(*DOCUMENTS, *PATIENTS)
def test_each_participant_says_whether_it_asked(look: Look, act: str) -> None:
    look(act).is_right("requestor")


@requirement("AUD-MSG-018")
@each_act("get documents at home", "retrieve two documents", "add")
def test_the_values_of_details_are_base64(look: Look, act: str) -> None:
    look(act).is_right("base64")


@requirement("AUD-MSG-025")
@each_act("find documents with trace")
def test_the_trace_of_the_request_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("trace")
