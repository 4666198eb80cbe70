"""ITI-67: what is no search for the documents of the patient of the token, and unknown ids."""

import pytest

from conformance.fhir.shelf import Shelf
from fixtures.checks.expect import expect
from fixtures.epr.fhir_documents import master_identifier, read_document_reference, references_of
from fixtures.epr.fhir_metadata import new_url
from fixtures.epr.fhir_patients import SPID_SYSTEM
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-67", "ITI-65")
PATIENT = "patient.identifier"


def gives_no_documents(reply: RestReply) -> None:
    """400, 401, 403, or an empty answer."""
    if reply.status == 200:
        expect(reply).is_empty()
        return
    expect(reply).is_refused(400, 401, 403, usual=["required", "invalid", "value", "forbidden", "login", "security"])


@requirement("FHIR-ITI67-003")
def test_a_search_without_patient_gives_no_documents(shelf: Shelf) -> None:
    shelf.publish()
    query = shelf.query()
    gives_no_documents(shelf.send(query.without_query(PATIENT), baseline=query))


@requirement("FHIR-ITI67-003")
def test_a_reference_to_a_patient_resource_is_no_patient(shelf: Shelf) -> None:
    shelf.publish()
    query = shelf.query()
    call = query.without_query(PATIENT).with_query("patient", "Patient/1", "patient=Patient/1")
    gives_no_documents(shelf.send(call, baseline=query))


@requirement("FHIR-ITI67-003")
def test_a_local_id_is_no_patient(shelf: Shelf) -> None:
    shelf.publish()
    query = shelf.query()
    local = f"urn:oid:{shelf.community.target.domains.local}|{shelf.patient.local_id}"
    gives_no_documents(shelf.send(query.with_query(PATIENT, local), baseline=query))


@requirement("FHIR-ITI67-003")
def test_another_patient_than_that_of_the_token_is_refused(shelf: Shelf) -> None:
    other = Shelf(shelf.community, shelf.community.record())
    published = other.publish()
    query = shelf.query()
    reply = shelf.send(query.with_query(PATIENT, f"{SPID_SYSTEM}|{other.patient.spid}"), baseline=query)
    gives_no_documents(reply)
    expect(reply).discloses_nothing([published.entry.unique_id])


@requirement("FHIR-ITI67-005")
def test_a_search_without_status_is_refused_or_answered(shelf: Shelf) -> None:
    query = shelf.query()
    reply = shelf.send(query.without_query("status"), baseline=query)
    expect(reply).meets(reply.status in (200, 400), "HTTP 400, or 200", reply.says)


@requirement("FHIR-ITI67-006")
def test_entered_in_error_finds_nothing(shelf: Shelf) -> None:
    shelf.publish()
    reply = shelf.send(shelf.query(status="entered-in-error"), baseline=shelf.query())
    expect(reply).meets(reply.status in (200, 400) and not references_of(reply), "HTTP 400, or no result", reply.says)


@requirement("FHIR-ITI67-007")
def test_a_token_without_system_is_refused_or_a_code_alone(shelf: Shelf) -> None:
    published = shelf.publish()
    assert published.entry.class_code is not None
    reply = shelf.send(shelf.query(("category", published.entry.class_code.code)), baseline=shelf.query())
    expect(reply).prefers(reply.status == 400, "HTTP 400", reply.says)
    found = [master_identifier(one) for one in references_of(reply)]
    by_code = reply.status == 200 and found == [published.entry.unique_id]
    expect(reply).meets(reply.status == 400 or by_code, "HTTP 400, or what has this code", reply.says)


@requirement("FHIR-ITI67-007")
def test_a_code_of_another_system_is_another_code(shelf: Shelf) -> None:
    published = shelf.publish()
    assert published.entry.class_code is not None
    shelf.finds([], ("category", f"urn:oid:2.999.1.2.3|{published.entry.class_code.code}"))


@requirement("FHIR-ITI67-022")
def test_a_date_that_is_none_is_refused(shelf: Shelf) -> None:
    query = shelf.query()
    reply = shelf.send(query.with_more_query("creation", "ge2025-13-45"), baseline=query)
    expect(reply).is_refused(400, usual=["value", "invalid"])


@requirement("FHIR-ITI67-028")
def test_an_unknown_id_is_not_found(shelf: Shelf) -> None:
    unknown = new_url().removeprefix("urn:uuid:")
    reply = shelf.send(read_document_reference(unknown, token=shelf.token()), baseline=shelf.query())
    expect(reply).is_refused(404, codes=["not-found"])
