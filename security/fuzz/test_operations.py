"""Every operation of the contract under generated requests (HL7 FHIR R4 RESTful API; IHE ITI TF-2 Appendix Z.7)."""

from collections.abc import Callable

import pytest

from fixtures.suite import requirement
from security.fuzz.conftest import Range
from security.fuzz.contract import Operation, operations
from security.fuzz.shots import (
    is_unauthorised,
    keeps_the_trace,
    leaves_nothing,
    needs_token,
    says_why,
    stays_whole,
    takes_only_what_is_right,
)


def each(wanted: Callable[[Operation], bool] = lambda _: True) -> pytest.MarkDecorator:
    """A case for each operation of the contract that is ``wanted``."""
    cases = [
        pytest.param(
            one, id=one.id, marks=[] if one.transaction == "FHIR API" else pytest.mark.transaction(one.transaction)
        )
        for one in operations()
        if wanted(one)
    ]
    return pytest.mark.parametrize("operation", cases)


@requirement("FHIR-GEN-026")
@each()
def test_no_request_is_answered_by_a_breakdown_or_shows_the_inside(fired: Range, operation: Operation) -> None:
    for shot in fired.taken(operation).shots:
        stays_whole(shot)


@requirement("FHIR-GEN-019")
@each(lambda one: not one.is_oauth)
def test_every_refusal_says_why(fired: Range, operation: Operation) -> None:
    for shot in fired(operation).shots:
        says_why(shot)


@requirement("FHIR-ITI71-047")
@each(lambda one: one.id == "getAccessToken")
def test_every_refusal_of_a_token_says_why(fired: Range, operation: Operation) -> None:
    for shot in fired(operation).shots:
        says_why(shot)


@requirement("FHIR-TRC-002")
@each(lambda one: not one.is_oauth)
def test_every_answer_goes_on_with_the_trace(fired: Range, operation: Operation) -> None:
    for shot in fired(operation).shots:
        keeps_the_trace(shot)


@requirement("FHIR-ITI72-002")
@each(needs_token)
def test_without_a_token_nothing_is_told(fired: Range, operation: Operation) -> None:
    for shot in fired(operation).bare:
        is_unauthorised(shot)


@requirement("FHIR-GEN-031")
@each(lambda one: one.writes)
def test_a_refused_request_leaves_nothing_behind(fired: Range, operation: Operation) -> None:
    for shot in (*fired(operation).shots, *fired(operation).bare):
        leaves_nothing(shot)


@requirement("FHIR-GEN-032")
@each(lambda one: one.writes)
def test_a_body_that_breaks_its_profile_is_refused(fired: Range, operation: Operation) -> None:
    for shot in fired(operation).shots:
        takes_only_what_is_right(shot)
