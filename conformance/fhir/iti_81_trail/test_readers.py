"""Who may read a trail: the patient, and a representative while appointed; nobody else (base policy 09, set 105)."""

import base64
import re
from datetime import UTC, datetime

import pytest

from conformance.fhir.iti_81_trail.book import Book
from fixtures.audit import Arrival
from fixtures.checks.expect import expect
from fixtures.client import RegisteredPatient
from fixtures.epr.atna_read import Coded
from fixtures.epr.fhir_audit import SPIDS, assertion_token, events_of
from fixtures.suite import requirement, transaction
from fixtures.suite.trail import Trail
from fixtures.wire import NO_CERTIFICATE

#: refusals of who may not read: IUA says 401, common practice is 403 (CH EPR FHIR 5.0.0, ITI-81, ITI-72)
DENIED = (401, 403)
#: what an assertion says before the name of the user
NAME = re.compile(rb"(subject:subject-id\"[^>]*>\s*<[^>]*AttributeValue[^>]*>)[^<]+")


@requirement("AUD-ITI81-001", "AUD-ITI81-020")
@transaction("ITI-81")
def test_the_patient_reads_the_own_trail(book: Book) -> None:
    patient = book.community.record()
    book.community.fhir.send(book.query(patient))
    reply = book.community.fhir.send(book.query(patient))
    expect(reply).is_ok().is_a("Bundle").has("entry.resource.ofType(AuditEvent)")


@requirement("AUD-ITI81-016")
@transaction("ITI-81", "ITI-71")
def test_an_extended_access_token_is_accepted(book: Book) -> None:
    patient = book.community.record()
    token = book.community.fhir.token("PAT", patient)
    expect(book.community.fhir.send(book.query(patient).with_token(token))).is_ok().is_a("Bundle")


@requirement("AUD-ITI81-018", "XUA-ITI40-019")
@transaction("ITI-81", "ITI-71")
def test_a_basic_access_token_is_not_enough(book: Book, patient: RegisteredPatient) -> None:
    valid = book.query(patient)
    basic = valid.with_token(book.community.fhir.basic_token(), "basic access token")
    expect(book.community.fhir.send(basic, baseline=valid)).is_refused(*DENIED).lacks("entry")


@requirement("AUD-ITI81-017")
@transaction("ITI-81")
def test_an_assertion_is_a_token_over_mutual_tls(book: Book) -> None:
    patient = book.community.record()
    token = assertion_token(book.community.token("PAT", patient))
    expect(book.community.fhir.send(book.query(patient).with_token(token))).is_ok()


@requirement("AUD-ITI81-017")
@transaction("ITI-81")
def test_an_assertion_without_client_certificate_is_refused(book: Book, patient: RegisteredPatient) -> None:
    query = book.query(patient).with_token(assertion_token(book.community.token("PAT", patient)))
    reply = book.community.fhir.send(query, baseline=query, tls=NO_CERTIFICATE)
    expect(reply).is_refused(*DENIED).lacks("entry.resource.ofType(AuditEvent)")


@requirement("AUD-ITI81-021")
@transaction("ITI-81", "PPQ-1")
def test_a_representative_reads_only_while_appointed(book: Book) -> None:
    represented = book.community.record()
    query, valid = book.query(represented, "REP"), book.query(represented)
    before = book.community.fhir.send(query, baseline=valid)
    expect(before).is_refused(*DENIED).lacks("entry")
    given = book.appointed(represented)
    expect(book.community.fhir.send(query)).is_ok()
    book.community.revoke(represented, given)
    expect(book.community.fhir.send(query, baseline=valid)).is_refused(*DENIED).lacks("entry")


@pytest.mark.parametrize(
    ("role", "purpose"), [("HCP", "NORM"), ("ASS", "NORM"), ("TCU", "AUTO"), ("PADM", ""), ("DADM", "")]
)
@requirement("AUD-ITI81-022", "FHIR-ITI81-005")
@transaction("ITI-81")
def test_professionals_and_administrators_do_not_read(
    book: Book, patient: RegisteredPatient, role: str, purpose: str
) -> None:
    query = book.query(patient, role, purpose=purpose)
    reply = book.community.fhir.send(query, baseline=book.query(patient))
    expect(reply).is_refused(*DENIED).lacks("entry")


@requirement("AUD-ITI81-023")
@transaction("ITI-81")
def test_an_emergency_does_not_open_the_trail(book: Book, patient: RegisteredPatient) -> None:
    query = book.query(patient, "HCP", purpose="EMER")
    reply = book.community.fhir.send(query, baseline=book.query(patient))
    expect(reply).is_refused(*DENIED).lacks("entry")


@requirement("AUD-ITI81-019", "AUD-ATC-028")
@transaction("ITI-81")
def test_the_trail_of_another_patient_is_not_read(
    book: Book, patient: RegisteredPatient, other: RegisteredPatient
) -> None:
    valid = book.query(patient)
    foreign = valid.with_query("entity.identifier", f"{SPIDS}|{other.spid}")
    reply = book.community.fhir.send(foreign, baseline=valid)
    expect(reply).is_refused(*DENIED).lacks("entry")


@requirement("AUD-ATC-028", "AUD-ITI81-004", "FHIR-ITI81-001")
@transaction("ITI-81")
def test_no_event_of_another_patient_is_shown(book: Book, patient: RegisteredPatient, other: RegisteredPatient) -> None:
    book.read(other)
    reply = book.read(patient)
    found = {spid for event in book.events(reply) for spid in event.patients or ("none",)}
    expect(reply).meets(found == {patient.spid}, f"events of {patient.spid} alone", ", ".join(sorted(found)))


# --- tokens ---------------------------------------------------------------------------------------


@requirement("AUD-ITI81-014", "XUA-ITI40-019")
@transaction("ITI-81")
def test_without_token_nothing_is_read(book: Book, patient: RegisteredPatient) -> None:
    valid = book.query(patient)
    reply = book.community.fhir.send(valid.without_token(), baseline=valid)
    expect(reply).is_unauthorised().lacks("entry")


@requirement("AUD-ITI81-015")
@transaction("ITI-81", "ITI-71")
def test_an_access_token_of_another_signature_is_refused(book: Book, patient: RegisteredPatient) -> None:
    valid = book.query(patient)
    head, content, signature = book.community.fhir.token("PAT", patient).split(".")
    forged = ".".join((head, content, signature[::-1]))
    reply = book.community.fhir.send(valid.with_token(forged, "another signature"), baseline=valid)
    expect(reply).is_unauthorised().lacks("entry")


@requirement("AUD-ITI81-015")
@transaction("ITI-81")
def test_an_altered_token_is_refused(book: Book, patient: RegisteredPatient) -> None:
    valid = book.query(patient)
    altered = NAME.sub(rb"\1Nobody Else", book.community.token("PAT", patient), count=1)
    reply = book.community.fhir.send(valid.with_token(assertion_token(altered), "altered token"), baseline=valid)
    expect(reply).is_unauthorised().lacks("entry")


@requirement("AUD-ITI81-015")
@transaction("ITI-81")
@pytest.mark.parametrize("token", ["PHg", base64.urlsafe_b64encode(b"<x/>").decode().rstrip("="), "no-token-at-all"])
def test_what_is_no_token_is_refused(book: Book, patient: RegisteredPatient, token: str) -> None:
    valid = book.query(patient)
    expect(book.community.fhir.send(valid.with_token(token, "no token"), baseline=valid)).is_unauthorised().lacks(
        "entry"
    )


# --- reading leaves an event ----------------------------------------------------------------------


@requirement("AUD-ITI81-025", "FHIR-ITI81-006")
@transaction("ITI-81")
def test_reading_the_trail_is_an_event(book: Book) -> None:
    book.reading(book.community.record()).has("ATC_LOG_READ")


@requirement("AUD-ATC-024", "AUD-ATC-013")
@transaction("ITI-81")
def test_the_patient_who_reads_initiates(book: Book) -> None:
    book.reading(book.community.record()).initiator_is("ATC_LOG_READ", "PAT").is_about_the_patient()


@requirement("AUD-ATC-024", "AUD-ATC-013")
@transaction("ITI-81")
def test_a_representative_who_reads_initiates_for_the_patient(book: Book) -> None:
    represented = book.community.record()
    book.community.appoint_representative(represented)
    book.reading(represented, "REP").initiator_is("ATC_LOG_READ", "REP").names("ATC_LOG_READ", "PAT")


@requirement("AUD-ITI81-028")
@transaction("ITI-81")
@pytest.mark.parametrize("who", ["other", "nobody"])
def test_an_event_is_not_read_by_its_id(
    book: Book, patient: RegisteredPatient, other: RegisteredPatient, who: str
) -> None:
    valid = book.query(patient)
    event = events_of(book.read(patient))[0]
    tokens = {"other": book.query(other).token, "nobody": ""}
    by_id = (
        valid.with_path(f"AuditEvent/{event.id}")
        .without_query("date")
        .without_query("entity.identifier")
        .with_token(tokens[who])
    )
    reply = book.community.fhir.send(by_id, baseline=valid)
    expect(reply).is_refused(401, 403, 404, 405, 410)


@requirement("AUD-ITI81-033")
@transaction("ITI-81")
def test_reading_the_trail_is_recorded_as_audit_log_used(book: Book, trail: Trail) -> None:
    trail.demand()
    known, began = book.community.record(), datetime.now(UTC)
    reply = book.read(known)
    arrived = trail.wait(lambda found: any(map(is_reading, found)), began)
    words = "a record Audit Log Used (110101 of DCM) with action R"
    expect(reply).meets(any(map(is_reading, arrived)), words, f"none of {len(arrived)} records")


def is_reading(arrival: Arrival) -> bool:
    return (arrival.record.event, arrival.record.action) == (Coded("110101", "DCM"), "R")
