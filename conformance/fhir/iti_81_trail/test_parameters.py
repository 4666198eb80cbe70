"""Search parameters of ITI-81: patient and period are needed, further tokens reduce, nothing widens."""

from datetime import timedelta
from typing import Final

import pytest

from conformance.fhir.iti_81_trail.book import Book
from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import RegisteredPatient
from fixtures.epr.fhir_audit import EVENT_TYPES, SPIDS, SeenEvent, events_of
from fixtures.epr.rest import FHIR_JSON, FHIR_XML
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement, transaction

LITERAL: Final = ("*", "%", "{spid}' OR '1'='1", "{spid}\\,{other}", "{spid},{system}|{other}", "{spid}|")


def ids(book: Book, reply: RestReply) -> list[str]:
    return [event.id for event in book.events(reply)]


def subset(book: Book, reply: RestReply, whole: RestReply) -> None:
    """No event but those of the whole result and readings of the trail that came after it."""
    known = set(ids(book, whole))
    more = [event.code for event in book.events(reply) if event.id not in known and event.code != "ATC_LOG_READ"]
    expect(reply).meets(not more, "no event beside those of the query without the parameter", ", ".join(more))


# --- what is needed -------------------------------------------------------------------------------


@requirement("AUD-ITI81-003", "FHIR-ITI81-002")
@transaction("ITI-81")
def test_without_patient_the_query_is_refused(book: Book, patient: RegisteredPatient) -> None:
    valid = book.query(patient)
    reply = book.community.fhir.send(valid.without_query("entity.identifier"), baseline=valid)
    expect(reply).is_refused(400, usual=("required", "invalid")).lacks("entry")


@requirement("AUD-ITI81-008")
@transaction("ITI-81")
@pytest.mark.parametrize("date", ["2024-13-45", "yesterday", "2024-02-30T25:61:00Z"])
def test_a_date_that_is_none_is_refused(book: Book, patient: RegisteredPatient, date: str) -> None:
    valid = book.query(patient)
    reply = book.community.fhir.send(book.query(patient, since=date), baseline=valid)
    expect(reply).is_refused(400, usual=("value", "invalid", "structure"), tolerated=[422]).lacks("entry")


@requirement("AUD-ITI81-007")
@transaction("ITI-81")
def test_without_dates_the_query_is_refused_or_gives_the_whole_trail(book: Book, patient: RegisteredPatient) -> None:
    whole = book.read(patient)
    reply = book.community.fhir.send(book.query(patient).without_query("date"))
    complete = reply.status == 400 or set(ids(book, whole)) <= set(ids(book, reply))
    expect(reply).meets(complete, "HTTP 400, or every event")


# --- the period -----------------------------------------------------------------------------------


def _dated(events: tuple[SeenEvent, ...]) -> SeenEvent:
    found = [event for event in events if event.recorded is not None]
    if not found:
        raise Skipped(Reason.NOT_OBSERVABLE, "no event of the trail has an instant")
    return found[-1]


@requirement("AUD-ITI81-007")
@transaction("ITI-81")
def test_both_bounds_are_inclusive(book: Book, patient: RegisteredPatient) -> None:
    event = _dated(book.events(book.read(patient)))
    at = str(event.resource["recorded"])
    reply = book.community.fhir.send(book.query(patient, since=at, until=at))
    expect(reply).is_ok().meets(event.id in ids(book, reply), f"the event recorded at {at}", len(ids(book, reply)))


@requirement("AUD-ITI81-007")
@transaction("ITI-81")
def test_what_is_after_the_period_is_not_found(book: Book, patient: RegisteredPatient) -> None:
    event = _dated(book.events(book.read(patient)))
    assert event.recorded is not None
    before = (event.recorded - timedelta(seconds=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    reply = book.community.fhir.send(book.query(patient, until=before))
    expect(reply).is_ok().meets(
        event.id not in ids(book, reply), f"no event after {before}", event.resource["recorded"]
    )


@requirement("AUD-ITI81-011")
@transaction("ITI-81")
def test_a_period_without_events_gives_an_empty_answer(book: Book, patient: RegisteredPatient) -> None:
    reply = book.community.fhir.send(book.query(patient, since="2000-01-01", until="2000-12-31"))
    expect(reply).is_ok().is_empty().reads("total", 0)


@requirement("AUD-ITI81-035")
@transaction("ITI-81")
def test_ten_years_are_answered(book: Book, patient: RegisteredPatient) -> None:
    whole = book.read(patient)
    reply = book.community.fhir.send(book.query(patient, since="2016-01-01"))
    expect(reply).is_ok().meets(set(ids(book, whole)) <= set(ids(book, reply)), "every event of the shorter period")


# --- further tokens -------------------------------------------------------------------------------


@requirement("AUD-ITI81-013")
@transaction("ITI-81")
@pytest.mark.parametrize("value", [f"{EVENT_TYPES}|ATC_LOG_READ", "ATC_LOG_READ"])
def test_a_subtype_reduces(book: Book, patient: RegisteredPatient, value: str) -> None:
    reply = book.read(patient, subtype=value)
    codes = {event.code for event in book.events(reply)}
    expect(reply).meets(codes == {"ATC_LOG_READ"}, "events ATC_LOG_READ alone", ", ".join(sorted(codes)))


@requirement("AUD-ITI81-013")
@transaction("ITI-81")
def test_an_agent_reduces(book: Book, patient: RegisteredPatient) -> None:
    reply = book.read(patient, **{"agent.identifier": "urn:oid:2.51.1.3|7601000000002"})
    expect(reply).is_empty()


@requirement("AUD-ITI81-013")
@transaction("ITI-81", "ITI-41")
def test_the_agent_that_is_asked_for_is_found(book: Book) -> None:
    known = book.community.record()
    gln = book.community.user("HCP").gln
    book.community.publish(known)
    book.awaited(known, lambda events: any(event.code == "ATC_DOC_CREATE" for event in events))
    reply = book.read(known, **{"agent.identifier": f"urn:oid:2.51.1.3|{gln}"})
    found = [gln in [agent.identifier for agent in event.agents] for event in book.events(reply)]
    expect(reply).meets(bool(found) and all(found), f"events with the agent {gln} alone", found)


@requirement("AUD-ITI81-013")
@transaction("ITI-81", "ITI-41")
@pytest.mark.parametrize(("parameter", "code"), [("entity-type", "2"), ("entity-role", "3")])
def test_type_and_role_of_an_entity_reduce(book: Book, patient: RegisteredPatient, parameter: str, code: str) -> None:
    reply = book.read(patient, **{parameter: code})
    wanted = {"entity-type": "type", "entity-role": "role"}[parameter]
    found = [[getattr(one, wanted) for one in event.entities] for event in book.events(reply)]
    right = bool(found) and all(code in values for values in found)
    expect(reply).meets(right, f"events with an entity of {wanted} {code} alone", found)


# --- nothing widens -------------------------------------------------------------------------------


@requirement("AUD-ITI81-006")
@transaction("ITI-81")
@pytest.mark.parametrize("parameter", ["outcome", "type", "source", "address", "patient.identifier"])
def test_a_parameter_that_is_not_to_be_used_does_not_widen(
    book: Book, patient: RegisteredPatient, other: RegisteredPatient, parameter: str
) -> None:
    values = {"outcome": "8", "type": "rest", "source": "x", "address": "192.0.2.1"}
    valid = book.query(patient)
    whole = book.community.fhir.accepted(valid)
    value = values.get(parameter, f"{SPIDS}|{other.spid}")
    reply = book.community.fhir.send(valid.with_query(parameter, value))
    expect(reply).meets(reply.status in (200, 400), "HTTP 200 or 400", reply.says)
    subset(book, reply, whole)


@requirement("AUD-ITI81-030", "AUD-ATC-028")
@transaction("ITI-81")
@pytest.mark.parametrize("value", LITERAL)
def test_values_are_taken_literally(
    book: Book, patient: RegisteredPatient, other: RegisteredPatient, value: str
) -> None:
    valid = book.query(patient)
    said = value.format(spid=patient.spid, other=other.spid, system=SPIDS)
    reply = book.community.fhir.send(valid.with_query("entity.identifier", f"{SPIDS}|{said}"), baseline=valid)
    foreign = sorted({spid for event in book.events(reply) for spid in event.patients} - {patient.spid})
    expect(reply).meets(reply.status < 500 and not foreign, "no event of another patient", foreign or reply.says)


@requirement("AUD-ITI81-031")
@transaction("ITI-81")
def test_an_unknown_parameter_is_refused_where_handling_is_strict(book: Book, patient: RegisteredPatient) -> None:
    valid = book.query(patient)
    strict = valid.with_query("foo", "bar").with_header("Prefer", "handling=strict")
    expect(book.community.fhir.send(strict, baseline=valid)).is_refused(400)


@requirement("AUD-ITI81-031")
@transaction("ITI-81")
def test_an_unknown_parameter_is_ignored_otherwise(book: Book, patient: RegisteredPatient) -> None:
    whole = book.read(patient)
    reply = book.community.fhir.send(book.query(patient).with_query("foo", "bar"))
    expect(reply).meets(reply.status in (200, 400), "HTTP 200 or 400", reply.says)
    subset(book, reply, whole)


# --- form of the answer ---------------------------------------------------------------------------


@requirement("AUD-ITI81-012")
@transaction("ITI-81")
@pytest.mark.parametrize("form", [FHIR_JSON, FHIR_XML])
@pytest.mark.parametrize("by", ["Accept", "_format"])
def test_json_and_xml_are_offered(book: Book, patient: RegisteredPatient, form: str, by: str) -> None:
    query = book.query(patient)
    asked = query.with_header("Accept", form) if by == "Accept" else query.with_query("_format", form)
    reply = book.community.fhir.send(asked)
    expect(reply).is_ok().is_a("Bundle").meets(reply.content_type.startswith(form), form, reply.content_type)


@requirement("AUD-ITI81-012")
@transaction("ITI-81")
def test_other_formats_are_refused(book: Book, patient: RegisteredPatient) -> None:
    query = book.query(patient).with_header("Accept", "application/pdf")
    reply = book.community.fhir.send(query, baseline=book.query(patient))
    expect(reply).is_refused(406, tolerated=[400]).lacks("entry")


@requirement("AUD-ITI81-027")
@transaction("ITI-81")
def test_pages_hold_every_event_once_and_need_the_token(book: Book, patient: RegisteredPatient) -> None:
    whole = set(ids(book, book.read(patient)))
    pages = book.pages(patient, 2)
    found = [event.id for page in pages for event in events_of(page)]
    right = len(found) == len(set(found)) and whole <= set(found)
    expect(pages[-1]).meets(right, f"each of {len(whole)} events once", f"{len(found)} events on {len(pages)} pages")
    shut = book.next_without_token(pages[0])
    expect(shut).is_refused(401, 403)


@requirement("AUD-ITI81-029")
@transaction("ITI-81")
def test_a_search_by_post_gives_the_same_or_is_not_offered(book: Book, patient: RegisteredPatient) -> None:
    whole = book.read(patient)
    reply = book.community.fhir.send(book.by_post(patient))
    expect(reply).meets(reply.status in (200, 404, 405, 501), "HTTP 200, 404 or 405", reply.says)
    subset(book, reply, whole)
