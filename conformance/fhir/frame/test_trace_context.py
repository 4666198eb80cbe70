"""W3C Trace Context on the FHIR API (CH EPR FHIR 5.0.0, Trace Context)."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community
from fixtures.epr.fhir_patients import match
from fixtures.epr.rest import Raw, metadata, new_trace
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement, transaction

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


@requirement("AUD-TRC-010")
@pytest.mark.parametrize("name", ["Traceparent", "TRACEPARENT"])
def test_the_name_of_the_header_is_read_in_any_letter_case(community: Community, name: str) -> None:
    sent = new_trace()
    reply = community.fhir.send(metadata().with_header(name, sent))
    told = reply.headers.get("traceparent", "")
    expect(reply).is_ok().meets(told[3:35] == sent[3:35], f"traceparent with trace-id {sent[3:35]}", told)


@requirement("AUD-TRC-011")
def test_two_trace_contexts_count_as_none(community: Community) -> None:
    both = {"traceparent": new_trace(), "Traceparent": new_trace()}

    def twice(raw: Raw) -> Raw:
        return replace(raw, headers={**raw.headers, **both})

    reply = community.fhir.send(metadata().on_the_wire("a second traceparent", twice), baseline=metadata())
    told, sent = reply.headers.get("traceparent", ""), [each[3:35] for each in both.values()]
    expect(reply).is_ok().meets(told[3:35] not in sent, "neither of the two trace-ids", told)


@requirement("AUD-TRC-012")
@pytest.mark.parametrize("trace", [f"00-{TRACE}-{PARENT}-00", "garbage"])
def test_a_trace_state_goes_on_with_its_trace_only(community: Community, trace: str) -> None:
    sent = metadata().with_header("traceparent", trace).with_header("tracestate", "suite=1")
    reply = community.fhir.send(sent, baseline=metadata())
    state, told = reply.headers.get("tracestate", ""), reply.headers.get("traceparent", "")
    is_right = "suite=1" not in state.split(",") or (TRACE in trace and told[3:35] == TRACE)
    expect(reply).is_ok().meets(is_right, "no tracestate of ours beside another trace-id", f"{state} with {told}")


# --- ids are random -------------------------------------------------------------------------------

#: answers that are compared, and how unlike hexadecimal digits may be (chi-square of 15 degrees of freedom: of right
#: answers one in 10^13 is beyond)
COUNT, UNLIKE = 16, 100.0


def begun(community: Community, spid: str) -> tuple[RestReply, list[str]]:
    """The traceparents the target makes for queries about a patient that have none; Skipped where it tells none."""
    query = community.fhir.basic(match(spid=spid)).without_header("traceparent")
    replies = [community.fhir.accepted(query) for _ in range(COUNT)]
    told = [reply.headers.get("traceparent", "") for reply in replies]
    if not all(map(re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}").fullmatch, told)):
        raise Skipped(Reason.NOT_OBSERVABLE, "the target tells no traceparent where none was sent")
    return replies[-1], told


def unlike(digits: str) -> float:
    """How far hexadecimal digits are from being equally frequent (chi-square)."""
    due = len(digits) / 16
    return sum((Counter(digits)[digit] - due) ** 2 / due for digit in "0123456789abcdef")


@requirement("AUD-TRC-013")
@transaction("ITI-119")
def test_the_ids_of_traces_are_random_and_not_those_of_a_patient(community: Community) -> None:
    patient = community.patient()
    reply, told = begun(community, patient.spid)
    traces, parents = [each[3:35] for each in told], [each[36:52] for each in told]
    named = [each for each in told if patient.spid in each]
    # the first digits of a trace-id may be a time (W3C Trace Context, Level 2: the last seven octets are random)
    digits = "".join(each[-14:] for each in traces) + "".join(parents)
    expect(reply).is_ok().meets(not named, "ids without that of a patient", ", ".join(named))
    expect(reply).meets(len({*traces}) == len({*parents}) == COUNT, f"{COUNT} different ids", ", ".join(told))
    expect(reply).meets(unlike(digits) < UNLIKE, "digits that are equally frequent", ", ".join(told))
