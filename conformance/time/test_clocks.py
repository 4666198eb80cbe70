"""ITI-1 Maintain Time, seen from outside: what a target writes by its clocks (IHE ITI TF-2 3.1).

A clock is judged by an interval (:mod:`fixtures.checks.clock`) and only where the whole of it decides.
"""

import pytest

from conformance.time.conftest import ASKED, DATE, PAYLOAD, Clock, each_of
from fixtures.checks.clock import Side, apart
from fixtures.checks.verdicts import Finding, Inconclusive, Reason, Unmet
from fixtures.client import Community
from fixtures.suite import requirement


@requirement("AUD-CT-001")
@each_of(*ASKED)
def test_the_clock_of_each_endpoint_is_within_a_second(clock: Clock, transaction: str) -> None:
    clock(transaction, DATE).is_right()


@requirement("AUD-CT-002")
@each_of(*ASKED)
def test_each_answer_is_dated(clock: Clock, transaction: str) -> None:
    seen = clock(transaction, DATE)
    if seen.unread:
        found = Finding("a Date header as IMF-fixdate, in GMT", "none", DATE, evidence=tuple(seen.evidence))
        raise Unmet(found)


@requirement("AUD-CT-003")
@each_of("GetXUA")
def test_assertions_are_issued_now(clock: Clock, transaction: str) -> None:
    clock(transaction, PAYLOAD).is_right()


@requirement("AUD-CT-006")
@each_of("ITI-45", "ITI-47")
def test_answers_of_hl7_are_created_now(clock: Clock, transaction: str) -> None:
    clock(transaction, PAYLOAD).is_right()


@requirement("AUD-CT-007")
@each_of("PPQ-2", "CH:ADR")
def test_answers_of_saml_are_issued_now(clock: Clock, transaction: str) -> None:
    clock(transaction, PAYLOAD).is_right()


@requirement("AUD-CT-009")
@pytest.mark.parametrize("other", [name for name in ASKED if name != "ITI-18"])
@pytest.mark.transaction("ITI-18")
def test_the_endpoints_of_a_community_agree(clock: Clock, community: Community, other: str) -> None:
    community.url(other)
    here, there = clock("ITI-18", DATE).measured, clock(other, DATE).measured
    said = f"ITI-18 {here.offset}, {other} {there.offset}"
    side = apart(here, there, 2.0)
    if side is Side.OUTSIDE:
        raise Unmet(Finding("clocks that agree within 2 s", said, DATE))
    if side is Side.UNDECIDED:
        raise Inconclusive(Reason.UNDECIDED, said)
