"""Who is served, how many at once, and what an error tells (patient.md 10)."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.client import RegisteredPatient
from fixtures.epr.hl7v3 import II, add, query_id
from fixtures.epr.hl7v3_read import PdqResponse, PixResponse, pdq_response, pix_response
from fixtures.epr.identifiers import spid
from fixtures.epr.message import Http, Message, Reply
from fixtures.epr.xml import text
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

Ask = Callable[[PrimarySystem, RegisteredPatient], Message]
Read = Callable[[Reply], PixResponse | PdqResponse]
QUERIED = "//hl7:patientIdentifier/hl7:value"


@requirement("PAT-GEN-044")
def test_no_user_is_needed(clinic: PrimarySystem, valid: Message) -> None:
    reply = clinic.send(valid)
    expect(reply).meets(b"Security" not in valid.envelope, "a request without wsse:Security", "one with it")
    expect(reply).is_success()


@requirement("PAT-GEN-045")
@transaction("GetXUA")
def test_the_assertion_of_a_user_does_no_harm(clinic: PrimarySystem, valid: Message) -> None:
    user = clinic.community.patient()
    header = valid.with_child("/env:Envelope/env:Header", "<wsse:Security> </wsse:Security>", "an X-User Assertion")
    reply = clinic.send(header.with_security(clinic.community.token("PAT", user)), baseline=valid)
    expect(reply).is_success()


@requirement("PAT-GEN-052")
def test_a_trace_goes_on(clinic: PrimarySystem, valid: Message) -> None:
    trace = uuid.uuid4().hex
    parent = f"00-{trace}-{trace[:16]}-00"
    reply = clinic.send(valid.on_the_wire(f"traceparent {parent}", lambda http: _with_header(http, parent)))
    expect(reply).is_success()
    returned = reply.headers.get("traceparent", parent)
    expect(reply).meets(trace in returned, f"a traceparent of trace {trace}", returned)


@requirement("PAT-GEN-047")
@pytest.mark.parametrize(
    ("ask", "read"),
    [
        pytest.param(
            lambda clinic, patient: clinic.pix_query(clinic.local(patient)),
            pix_response,
            id="ITI-45",
            marks=pytest.mark.transaction("ITI-45"),
        ),
        pytest.param(
            lambda clinic, patient: clinic.look_up_query(patient),
            pdq_response,
            id="ITI-47",
            marks=pytest.mark.transaction("ITI-47"),
        ),
    ],
)
def test_twenty_queries_at_once_get_their_own_answers(clinic: PrimarySystem, ask: Ask, read: Read) -> None:
    patients = [clinic.community.patient() for _ in range(10)] * 2
    queries = [ask(clinic, patient) for patient in patients]
    with ThreadPoolExecutor(len(queries)) as pool:
        replies = list(pool.map(clinic.send, queries))
    strayed = [
        reply.evidence
        for patient, query, reply in zip(patients, queries, replies, strict=True)
        if not _is_own(patient, query, reply, read)
    ]
    expect(replies[0]).answers("AA/OK").meets(not strayed, "every answer about its own request and patient", strayed)


@requirement("PAT-GEN-013")
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda clinic, _: add(replace(clinic.stranger(), spid="7613376"), clinic.addressing), id="feed"),
        pytest.param(
            lambda clinic, _: add(clinic.stranger(), clinic.addressing).without("//hl7:patient/*"), id="empty feed"
        ),
        pytest.param(
            lambda clinic, patient: clinic.pix_query(clinic.local(patient)).with_attribute(QUERIED, "root", "' OR 1=1"),
            id="PIX query",
        ),
        pytest.param(
            lambda clinic, patient: clinic.pix_query(clinic.local(patient)).without("//hl7:parameterList"),
            id="empty PIX query",
        ),
        pytest.param(
            lambda clinic, patient: clinic.pdq_query(ids=(spid(patient.spid),), birth_time="99999999"), id="PDQ"
        ),
        pytest.param(
            lambda clinic, patient: clinic.look_up_query(patient).without("//hl7:parameterList"), id="empty PDQ"
        ),
        pytest.param(
            lambda clinic, patient: clinic.look_up_query(patient).with_text("//wsa:Action", "urn:example:x"),
            id="action",
        ),
        pytest.param(
            lambda clinic, patient: clinic.look_up_query(patient).on_the_wire("truncated", _truncated), id="truncated"
        ),
    ],
)
def test_an_error_tells_nothing_of_the_inside(
    clinic: PrimarySystem, patient: Patient, wrong: Callable[[PrimarySystem, Patient], Message]
) -> None:
    reply = clinic.send(wrong(clinic, patient), baseline=clinic.look_up_query(patient))
    expect(reply).refuses().shows_no_internals()


#: the relation of an answer to its request; there may be others (WS-Addressing 1.0, 3.1)
_ANSWERED = (
    "//wsa:RelatesTo[not(@RelationshipType) or @RelationshipType = 'http://www.w3.org/2005/08/addressing/reply']"
)


def _with_header(http: Http, parent: str) -> Http:
    return replace(http, headers={**http.headers, "traceparent": parent})


def _truncated(http: Http) -> Http:
    return replace(http, body=http.body[: len(http.body) // 2])


def _is_own(patient: RegisteredPatient, query: Message, reply: Reply, read: Read) -> bool:
    """Does the answer name this request, this query and this patient?"""
    said = read(reply)
    relates_to = "" if reply.root is None else text(reply.root, _ANSWERED)
    own_ids = {spid(patient.spid), II(patient.mpi_domain, patient.mpi_pid)}
    return (
        relates_to == reply.request.message_id
        and said.query_ack.query_id == query_id(query)
        and set(said.ids) == own_ids
    )
