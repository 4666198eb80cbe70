"""SOAP 1.2 over HTTP with WS-Addressing, the same for each transaction (IHE ITI TF-2 Appendix V)."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3 import add
from fixtures.epr.message import Http, Message
from fixtures.epr.names import NS, REQUEST_ACTION
from fixtures.suite import requirement, transaction

Change = Callable[[Message], Message]
HEADER = "/env:Envelope/env:Header"
PAYLOAD = "/env:Envelope/env:Body/*"


@requirement("PAT-GEN-001")
def test_soap_12_is_answered_with_soap_12(clinic: PrimarySystem, valid: Message) -> None:
    reply = clinic.send(valid)
    expect(reply).is_success().has("/env:Envelope")
    expect(reply).meets(reply.status == 200, "HTTP 200", reply.status)
    media_type = reply.content_type.partition(";")[0].strip().lower()
    expect(reply).meets(media_type == "application/soap+xml", "media type application/soap+xml", reply.content_type)


@requirement("PAT-GEN-002")
@pytest.mark.parametrize(
    "parameter",
    [
        pytest.param("", id="no action"),
        pytest.param('; action="{action}"', id="right action"),
        pytest.param('; action="urn:example:any"', id="any action"),
    ],
)
def test_the_action_parameter_of_http_does_not_matter(clinic: PrimarySystem, valid: Message, parameter: str) -> None:
    media_type = "application/soap+xml; charset=UTF-8" + parameter.format(action=valid.action)
    reply = clinic.send(valid.on_the_wire(media_type, lambda http: replace(http, content_type=media_type)))
    expect(reply).is_success()


@requirement("PAT-GEN-006")
def test_a_request_without_reply_to_is_answered_at_once(clinic: PrimarySystem, valid: Message) -> None:
    expect(clinic.send(valid.without("//wsa:ReplyTo"), baseline=valid)).is_success()


@requirement("PAT-GEN-007")
@transaction("ITI-44", "ITI-45")
def test_a_feed_under_another_action_is_refused_and_not_stored(clinic: PrimarySystem) -> None:
    patient = clinic.stranger()
    feed = add(patient, clinic.addressing).with_text("//wsa:Action", REQUEST_ACTION["ITI-45"])
    reply = clinic.send(feed, baseline=clinic.valid_add)
    expect(reply).rejects("NS200", subcodes=["wsa:ActionNotSupported"])
    expect(clinic.pix(clinic.local(patient))).finds_nobody()


@requirement("PAT-GEN-007")
def test_an_unknown_action_is_not_supported(clinic: PrimarySystem, valid: Message) -> None:
    reply = clinic.send(valid.with_text("//wsa:Action", "urn:example:nothing"), baseline=valid)
    expect(reply).rejects("NS200", subcodes=["wsa:ActionNotSupported"])


@requirement("PAT-GEN-008")
def test_an_unknown_mandatory_header_is_not_understood(clinic: PrimarySystem, valid: Message) -> None:
    foreign = '<Foo xmlns="urn:example:x" env:mustUnderstand="true"/>'
    reply = clinic.send(valid.with_child(HEADER, foreign, "a foreign mandatory header"), baseline=valid)
    expect(reply).is_fault("MustUnderstand")


@requirement("PAT-GEN-008")
def test_an_unknown_optional_header_is_ignored(clinic: PrimarySystem, valid: Message) -> None:
    foreign = '<Foo xmlns="urn:example:x" env:mustUnderstand="false"/>'
    expect(clinic.send(valid.with_child(HEADER, foreign, "a foreign optional header"), baseline=valid)).is_success()


@requirement("PAT-GEN-009")
def test_soap_11_is_another_version(clinic: PrimarySystem, valid: Message) -> None:
    reply = clinic.send(valid.on_the_wire("SOAP 1.1", _as_soap_11), baseline=valid)
    right = reply.status == 415 or (reply.fault is not None and reply.fault.code == "VersionMismatch")
    expect(reply).meets(right, "HTTP 415, or fault VersionMismatch", expect(reply).outcome.says)


@requirement("PAT-GEN-010")
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda body: body[: len(body) // 2], id="truncated"),
        pytest.param(lambda body: body.replace(b"</", b"<", 1), id="end tag missing"),
        pytest.param(lambda _: b"not XML at all", id="no XML"),
    ],
)
def test_what_is_not_well_formed_is_a_fault(
    clinic: PrimarySystem, valid: Message, broken: Callable[[bytes], bytes]
) -> None:
    damaged = valid.on_the_wire("not well-formed", lambda http: replace(http, body=broken(http.body)))
    reply = clinic.send(damaged, baseline=valid)
    expect(reply).is_fault("Sender", tolerated=["env:Receiver"])
    expect(reply).meets(reply.status in (400, 500), "HTTP 400 or 500", reply.status)


@requirement("PAT-GEN-012")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda message: message.without(PAYLOAD), id="empty"),
        pytest.param(lambda message: message.replaced(PAYLOAD, "<hl7:PRPA_IN999999UV02/>"), id="unknown"),
    ],
)
def test_a_body_that_is_no_interaction_is_refused(clinic: PrimarySystem, valid: Message, change: Change) -> None:
    expect(clinic.send(change(valid), baseline=valid)).rejects("NS200")


@requirement("PAT-GEN-017")
def test_prefixed_elements_are_read(clinic: PrimarySystem, valid: Message) -> None:
    expect(clinic.send(valid.on_the_wire("prefix ns1", _prefixed), baseline=valid)).is_success()


@requirement("PAT-GEN-017")
@pytest.mark.parametrize("prefixed", [pytest.param(False, id="default namespace"), pytest.param(True, id="prefix")])
def test_a_redundant_type_is_read_over(clinic: PrimarySystem, valid: Message, prefixed: bool) -> None:
    typed = valid.with_attribute("//hl7:*[@root]", "xsi:type", "ns1:II" if prefixed else "II")
    edits = {False: lambda http: http, True: _prefixed}
    reply = clinic.send(typed.on_the_wire("its prefix", edits[prefixed]), baseline=valid)
    expect(reply).is_success()


def _as_soap_11(http: Http) -> Http:
    body = http.body.replace(NS["env"].encode(), NS["env11"].encode())
    return replace(http, content_type="text/xml; charset=UTF-8", body=body)


def _prefixed(http: Http) -> Http:
    """The payload with a prefix of its own in place of the default namespace."""
    body = re.sub(rb"<(/?)(?=\w+[\s/>])", rb"<\1ns1:", http.body)
    return replace(http, body=body.replace(b'xmlns="urn:hl7-org:v3"', b'xmlns:ns1="urn:hl7-org:v3"'))
