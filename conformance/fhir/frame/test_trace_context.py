"""W3C Trace Context on the FHIR API (CH EPR FHIR 5.0.0, Trace Context)."""

import re

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.rest import metadata, new_trace
from fixtures.suite import requirement

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@requirement("FHIR-TRC-001", "AUD-TRC-001")
def test_a_valid_trace_context_is_accepted(community: Community) -> None:
    expect(community.fhir.send(metadata().with_header("traceparent", new_trace()))).is_ok()


@requirement("FHIR-TRC-002", "AUD-TRC-008")
def test_the_answer_goes_on_with_the_trace(community: Community) -> None:
    sent = new_trace()
    reply = community.fhir.send(metadata().with_header("traceparent", sent))
    told = reply.headers.get("traceparent", "")
    is_right = re.fullmatch(rf"00-{sent[3:35]}-(?!{sent[36:52]})[0-9a-f]{{16}}-[0-9a-f]{{2}}", told)
    expect(reply).is_ok().meets(bool(is_right), f"traceparent with trace-id {sent[3:35]} and a new parent-id", told)


@requirement("FHIR-TRC-004", "AUD-TRC-006")
@pytest.mark.parametrize(
    "invalid",
    [
        f"ff-{TRACE}-{PARENT}-00",
        f"00-{'0' * 32}-{PARENT}-00",
        f"00-{TRACE}-{'0' * 16}-00",
        f"00-{TRACE.upper()}-{PARENT}-00",
        f"00-{TRACE[:-1]}-{PARENT}-00",
        "garbage",
    ],
)
def test_an_invalid_trace_context_is_replaced_and_not_refused(community: Community, invalid: str) -> None:
    reply = community.fhir.send(metadata().with_header("traceparent", invalid), baseline=metadata())
    told = reply.headers.get("traceparent", "")
    expect(reply).is_ok().meets(TRACE not in told.lower() and "0" * 32 not in told, "another trace-id", told)


@requirement("AUD-TRC-007")
def test_a_later_version_is_read_by_its_first_four_fields(community: Community) -> None:
    reply = community.fhir.send(metadata().with_header("traceparent", f"01-{TRACE}-{PARENT}-00-extra"))
    told = reply.headers.get("traceparent", "")
    expect(reply).is_ok().meets(told[3:35] == TRACE, f"traceparent with trace-id {TRACE}", told)
