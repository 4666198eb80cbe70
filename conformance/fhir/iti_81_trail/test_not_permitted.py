"""Who has no permission for the trail gets no event, whatever else he may do (CH:ADR for ITI-81; base policy 09)."""

from dataclasses import replace

import pytest

from conformance.fhir.iti_81_trail.book import Book
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.client import RegisteredPatient
from fixtures.client.records import FULL, right
from fixtures.epr.fhir_audit import SPIDS
from fixtures.epr.rest_reply import RestReply
from fixtures.epr.saml_read import read_xua
from fixtures.suite import requirement, transaction


def shows_nothing(reply: RestReply) -> None:
    """HTTP 401 or 403, or an empty Bundle."""
    expect(reply).is_denied().meets(reply.status != 404, "HTTP 401 or 403, or an empty Bundle", reply.says)


@requirement("POL-ENF-015")
@transaction("ITI-81")
@pytest.mark.parametrize("role", ["HCP", "ASS", "DADM", "PADM", "REP"])
def test_who_may_do_something_else_reads_no_event(book: Book, patient: RegisteredPatient, role: str) -> None:
    # the usual professional has the restricted right; nobody is the representative
    shows_nothing(book.community.fhir.send(book.query(patient, role), baseline=book.query(patient)))


@requirement("POL-ENF-015")
@transaction("ITI-81")
def test_another_patient_reads_no_event(book: Book, patient: RegisteredPatient, other: RegisteredPatient) -> None:
    valid = book.query(other)
    foreign = valid.with_query("entity.identifier", f"{SPIDS}|{patient.spid}", "another patient")
    shows_nothing(book.community.fhir.send(foreign, baseline=valid))


@requirement("POL-ENF-015")
@transaction("ITI-81", "PPQ-1")
def test_a_representative_whose_time_is_over_reads_no_event(book: Book) -> None:
    represented = book.community.record()
    name = read_xua(book.community.token("REP", represented)).name_id.value
    ended = right(name, FULL, template="303", end=day(-1))
    book.community.grant(represented, replace(ended, spid=represented.spid))
    shows_nothing(book.community.fhir.send(book.query(represented, "REP"), baseline=book.query(represented)))
