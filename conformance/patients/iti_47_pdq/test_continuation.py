"""The Continuation Option: a result in pages (IHE ITI TF-2 3.47.4.2, 3.47.4.3)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from conformance.patients.systems import PrimarySystem, named
from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.epr.hl7v3 import II, pdq_cancel, pdq_continue, query_id
from fixtures.epr.hl7v3_read import acknowledgement, pdq_response
from fixtures.epr.message import Message, Reply
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction
from fixtures.target import Target

pytestmark = transaction("ITI-47", "ITI-44")


@dataclass(frozen=True)
class Pages:
    """Four namesakes, asked for two at a time; ``first`` is the first page."""

    clinic: PrimarySystem
    four: Sequence[Patient]
    query: Message
    first: Reply

    @property
    def rest(self) -> tuple[Patient, ...]:
        """Who is not on the first page."""
        shown = [
            found
            for patient in pdq_response(self.first).patients
            for found in patient.identifiers(self.clinic.addressing.spid)
        ]
        return tuple(patient for patient in self.four if patient.spid not in shown)

    def more(self, **wanted: object) -> Message:
        """The continuation after the first page."""
        last = acknowledgement(self.first).message_id
        return pdq_continue(query_id(self.query), last, self.clinic.addressing, **wanted)  # type: ignore[arg-type]

    def cancel(self) -> Message:
        return pdq_cancel(query_id(self.query), acknowledgement(self.first).message_id, self.clinic.addressing)


@pytest.fixture
def pages(clinic: PrimarySystem) -> Pages:
    four = clinic.namesakes(4)
    query = clinic.pdq_query(names=named(four[0].family), initial_quantity=2)
    return Pages(clinic, four, query, clinic.send(query))


@pytest.fixture
def continuing(pages: Pages, target: Target) -> Pages:
    """Pages of a community that has the option."""
    if not target.continuation:
        raise Skipped(Reason.NEEDS_PROFILE, "the target has no Continuation Option")
    return pages


@requirement("PAT-ITI47-060")
def test_the_first_page_has_as_many_as_asked_for(continuing: Pages) -> None:
    expect(continuing.first).answers("AA/OK").has("//hl7:registrationEvent", times=2).counts(4, 2, 2)


@requirement("PAT-ITI47-061")
def test_without_the_option_a_cut_result_is_an_error(pages: Pages, target: Target) -> None:
    if target.continuation:
        raise Skipped(Reason.NEEDS_PROFILE, "the target has the Continuation Option")
    expect(pages.first).answers("AE/AE").lacks("(//hl7:registrationEvent)[3]")


@requirement("PAT-ITI47-062")
def test_the_next_page_has_the_others(continuing: Pages) -> None:
    reply = continuing.clinic.send(continuing.more())
    expect(reply).answers("AA/OK").finds(*continuing.rest).counts(4, 2, 0)


@requirement("PAT-ITI47-063")
def test_a_page_starts_and_ends_where_asked(continuing: Pages) -> None:
    reply = continuing.clinic.send(continuing.more(start=4, quantity=1))
    expect(reply).answers("AA/OK").has("//hl7:registrationEvent", times=1)
    among = {patient.spid for patient in continuing.rest}
    shown = {
        spid
        for patient in pdq_response(reply).patients
        for spid in patient.identifiers(continuing.clinic.addressing.spid)
    }
    expect(reply).meets(shown <= among, f"the fourth of them, one of {among}", shown)


@requirement("PAT-ITI47-064")
def test_an_unknown_query_has_no_next_page(continuing: Pages) -> None:
    unknown = II(continuing.clinic.addressing.sender, str(uuid.uuid4()))
    last = acknowledgement(continuing.first).message_id
    reply = continuing.clinic.send(pdq_continue(unknown, last, continuing.clinic.addressing), baseline=continuing.query)
    expect(reply).answers("AE/AE", "AE/QE", tolerated=["CE"]).finds_nobody()
    expect(reply).has("//hl7:acknowledgementDetail[@typeCode='E']")


@requirement("PAT-ITI47-064")
def test_the_query_of_another_system_has_no_next_page(continuing: Pages, practice: PrimarySystem) -> None:
    last = acknowledgement(continuing.first).message_id
    reply = practice.send(pdq_continue(query_id(continuing.query), last, practice.addressing))
    expect(reply).answers("AE/AE", "AE/QE", tolerated=["CE"]).finds_nobody()
    expect(reply).has("//hl7:acknowledgementDetail[@typeCode='E']")


@requirement("PAT-ITI47-065")
def test_a_query_can_be_cancelled(continuing: Pages) -> None:
    expect(continuing.clinic.send(continuing.cancel())).acknowledges("CA")


@requirement("PAT-ITI47-065")
def test_a_cancelled_query_has_no_next_page(continuing: Pages) -> None:
    continuing.clinic.community.accepted(continuing.cancel())
    expect(continuing.clinic.send(continuing.more())).rejects()


@requirement("PAT-ITI47-066")
@pytest.mark.parametrize("trigger", ["QUQI_TE000003UV01", "PRPA_TE000003UV01"])
def test_both_trigger_codes_of_a_continuation_are_taken(continuing: Pages, trigger: str) -> None:
    reply = continuing.clinic.send(continuing.more(trigger=trigger))
    expect(reply).answers("AA/OK").finds(*continuing.rest)
