"""PPQ-3: JSON and XML, what cannot be read, what is not offered, and the trace (CH EPR FHIR 5.0.0, CH.PPQm)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from conformance.fhir.policies import Consents, says_this
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.epr.rest import FHIR_JSON, FHIR_XML, Call, Raw, new_trace
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("PPQ-3", "PPQ-5")
FORMATS: Mapping[str, Callable[[Call], Call]] = {FHIR_JSON: lambda call: call, FHIR_XML: Call.in_xml}


@requirement("POL-PPQ3-008")
@pytest.mark.parametrize("form", FORMATS)
def test_a_consent_is_taken_and_given_in_both_formats(opened: Consents, form: str) -> None:
    right = opened.right(end=day(9))
    reply = opened.send(FORMATS[form](opened.posting(right)))
    expect(reply).is_ok(201)
    expect(reply).meets(not reply.body or reply.content_type.startswith(form), form, reply.content_type)
    found = opened.send(opened.consent_with(right.id).with_header("Accept", form))
    expect(found).is_ok().meets(found.content_type.startswith(form), form, found.content_type)
    held = [one for one in found.resources if one.get("resourceType") == "Consent"]
    expect(found).meets([says_this(one, right) for one in held] == [True], f"once: {right}", held)


# --- what cannot be read --------------------------------------------------------------------------


def truncated(raw: Raw) -> Raw:
    return replace(raw, body=raw.body[: len(raw.body) // 2])


def with_entity(raw: Raw) -> Raw:
    """The narrative, which anything may have, is what a file of the server says."""
    declared = b'<!DOCTYPE Consent [<!ENTITY e SYSTEM "file:///etc/hostname">]><Consent '
    narrative = (
        b'<text><status value="additional"/><div xmlns="http://www.w3.org/1999/xhtml">&e;</div></text><identifier'
    )
    body = raw.body.replace(b"<Consent ", declared, 1).replace(b"<identifier", narrative, 1)
    return replace(raw, body=body)


UNREADABLE: Mapping[str, Callable[[Call], Call]] = {
    "truncated-json": lambda call: call.on_the_wire("truncated", truncated),
    "truncated-xml": lambda call: call.in_xml().on_the_wire("truncated", truncated),
    "patient": lambda call: replace(call, resource={"resourceType": "Patient", "active": True}, changes=("a Patient",)),
    "entity": lambda call: call.in_xml().on_the_wire("DOCTYPE with an external entity", with_entity),
    "no-fhir": lambda call: call.with_body(b'{"policy": "all"}', "JSON that is no resource"),
    "text": lambda call: call.with_header("Content-Type", "text/plain"),
}


@requirement("POL-PPQ3-010")
@pytest.mark.parametrize("form", UNREADABLE)
def test_what_is_no_consent_is_refused(opened: Consents, form: str) -> None:
    valid = opened.posting(opened.right())
    call = UNREADABLE[form](opened.posting(opened.right()))
    usual = ["structure", "invalid", "not-supported", "required", "value"]
    opened.refused(call, 400, 415, 422, baseline=valid, usual=usual)


# --- what is not offered --------------------------------------------------------------------------


def put_by_id(record: Consents, id_: str) -> Call:
    call = record.putting(replace(record.right(), id=id_)).without_query("identifier")
    return call.with_path(f"Consent/{id_.rpartition(':')[2]}").with_value("id", id_.rpartition(":")[2])


def delete_by_id(record: Consents, id_: str) -> Call:
    return record.removing(id_).without_query("identifier").with_path(f"Consent/{id_.rpartition(':')[2]}")


def patch(record: Consents, id_: str) -> Call:
    patched = replace(record.removing(id_), method="PATCH", content=b'[{"op": "remove", "path": "/status"}]')
    return patched.with_header("Content-Type", "application/json-patch+json")


NOT_OFFERED: Mapping[str, Callable[[Consents, str], Call]] = {
    "update-by-id": put_by_id,
    "delete-by-id": delete_by_id,
    "patch": patch,
}


@requirement("POL-PPQ3-009")
@pytest.mark.parametrize("interaction", NOT_OFFERED)
def test_an_interaction_that_is_not_declared_is_refused(opened: Consents, interaction: str) -> None:
    valid = opened.posting(opened.right())
    right = opened.right()
    opened.community.fhir.accepted(opened.posting(right))
    call = NOT_OFFERED[interaction](opened, right.id)
    opened.refused(call, baseline=valid, usual=["not-supported", "not-found"], tolerated=[501])


# --- the trace ------------------------------------------------------------------------------------

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@requirement("POL-PPQ3-043")
def test_an_answer_that_tells_a_trace_goes_on_with_that_of_the_feed(opened: Consents) -> None:
    sent = new_trace()
    reply = opened.send(opened.posting(opened.right()).with_header("traceparent", sent))
    told = reply.headers.get("traceparent", sent)
    expect(reply).is_ok(201).meets(told[3:35] == sent[3:35], f"trace-id {sent[3:35]}, if any", told)


@requirement("POL-PPQ3-043")
@pytest.mark.parametrize("invalid", [f"00-{TRACE.upper()}-{PARENT}-00", f"00-{TRACE}-{'0' * 16}-00", "garbage"])
def test_an_invalid_trace_is_replaced(opened: Consents, invalid: str) -> None:
    reply = opened.send(opened.posting(opened.right()).with_header("traceparent", invalid))
    told = reply.headers.get("traceparent", "")
    expect(reply).is_ok(201).meets(TRACE not in told.lower() and "garbage" not in told, "another trace-id", told)
