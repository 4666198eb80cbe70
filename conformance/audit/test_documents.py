"""What the records of document transactions are about (ITI TF-2 3.18.5.1, 3.41.5.1, 3.43.6.1)."""

from conformance.audit.acts import MARKER, Scene
from conformance.audit.conftest import Look, each_act
from fixtures.audit import Arrival
from fixtures.checks.verdicts import Finding, Unmet
from fixtures.suite import requirement

SUBMISSIONS = ("provide", "provide as professional", "register")
QUERIES = ("find documents", "get documents at home")


@requirement("AUD-ITI18-001")
@each_act(*QUERIES, "unknown stored query")
def test_a_stored_query_is_recorded_as_query(look: Look, act: str) -> None:
    look(act).is_right("event", "action", "type")


@requirement("AUD-ITI18-002", "AUD-MSG-019")
@each_act(*QUERIES, "unknown stored query")
def test_the_query_that_was_sent_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("query")


@requirement("AUD-ITI18-003", "AUD-MSG-016", "AUD-MSG-017")
@each_act("find documents", "find documents as patient")
def test_the_patient_of_the_query_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("patient")


@requirement("AUD-ITI18-004")
@each_act("get documents at home")
def test_the_home_community_of_the_query_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("home")


@requirement("AUD-ITI41-001")
@each_act("provide", "provide as professional", "provide for an unknown patient")
def test_a_submission_is_recorded_as_import(look: Look, act: str) -> None:
    look(act).is_right("event", "action", "type")


@requirement("AUD-ITI42-001")
@each_act("register")
def test_a_registration_is_recorded_as_import(look: Look, act: str) -> None:
    look(act).is_right("event", "action", "type", "patient", "submission set")


@requirement("AUD-MSG-021")
@each_act(*SUBMISSIONS, "find documents", "retrieve two documents")
def test_a_record_about_documents_names_one_patient(look: Look, act: str) -> None:
    look(act).is_right("patient")


@requirement("AUD-ITI41-002", "XDS-AUD-004")
@each_act(*SUBMISSIONS)
def test_patient_and_submission_set_are_recorded(look: Look, act: str) -> None:
    look(act).is_right("patient", "submission set")


@requirement("AUD-ITI43-001")
@each_act("retrieve two documents", "retrieve an unknown document")
def test_a_retrieve_is_recorded_as_export(look: Look, act: str) -> None:
    look(act).is_right("event", "action", "type")


@requirement("AUD-ITI43-002")
@each_act("retrieve two documents")
def test_the_repository_is_the_source_of_a_retrieve(look: Look, act: str) -> None:
    look(act).is_right("roles", "endpoint")


@requirement("AUD-ITI43-003", "XDS-AUD-005")
@each_act("retrieve two documents", "retrieve one document of two")
def test_each_document_is_recorded_with_its_repository(look: Look, act: str) -> None:
    look(act).is_right("document")


@requirement("AUD-ITI43-004", "XDS-AUD-005")
@each_act("retrieve two documents")
def test_the_home_community_of_each_document_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("home")


@requirement("AUD-ITI43-005", "XDS-AUD-005")
@each_act("retrieve one document of two")
def test_what_was_delivered_and_what_was_not_are_two_records(look: Look, act: str) -> None:
    look(act).leaves_exactly_its_records().is_right("outcome")


@requirement("XDS-AUD-008", "AUD-MSG-023")
@each_act("provide")
def test_no_record_holds_the_document_or_the_signature(look: Look, scene: Scene, act: str) -> None:
    seen = look(act).act
    envelope = seen.request.envelope
    signature = envelope[envelope.index(b"SignatureValue") :].partition(b">")[2][:60]
    secrets = {"the document": MARKER, "the beginning of a document": b"%PDF-1.", "the signature": signature}
    said = b"".join(_everything(arrival) for arrival in scene.trail.since(seen.began))
    found = [name for name, secret in secrets.items() if secret in said]
    if found:
        raise Unmet(Finding("records without content of documents and tokens", ", ".join(found)))


def _everything(arrival: Arrival) -> bytes:
    """The record as it came, and what is base64 in it in clear."""
    held = [each.query or b"" for each in arrival.record.objects]
    told = [(detail.value or "").encode() for each in arrival.record.objects for detail in each.details]
    return b"\n".join([arrival.raw, *held, *told])


@requirement("XDS-AUD-007", "AUD-XUA-013", "XUA-ITI40-133")
@each_act("find documents in an emergency")
def test_an_access_in_an_emergency_is_recorded_as_such(look: Look, act: str) -> None:
    look(act).is_right("purpose")
