"""What a professional with a delegation (template 304) may pass on (EPR policy stack, base sets 103 and 104)."""

from dataclasses import replace

import pytest

from conformance.policies.ppq_1_feed.feeding import unchanged
from conformance.policies.records import Record, day
from fixtures.checks.expect import expect
from fixtures.policy.patient_policy import PatientPolicy
from fixtures.suite import requirement

NORMAL, RESTRICTED = "access-level:normal", "access-level:restricted"
UP_TO_NORMAL, UP_TO_RESTRICTED = "access-level:delegation-and-normal", "access-level:delegation-and-restricted"
END = 30


def delegate(record: Record, level: str, *more: PatientPolicy, start: int | None = None) -> None:
    """Open the record, the usual professional with a delegation until END."""
    begin = None if start is None else day(start)
    record.onboard(record.policy("304", level, who=record.gln, start=begin, end=day(END)), *more)


def right(record: Record, level: str = NORMAL, start: int | None = None, end: int | None = END) -> PatientPolicy:
    """A right for somebody else, as the delegation allows it unless told otherwise."""
    first, last = (None if offset is None else day(offset) for offset in (start, end))
    return record.policy("301", level, start=first, end=last)


@requirement("POL-PPQ1-077")
@pytest.mark.parametrize("end", [END, END - 1])
@pytest.mark.parametrize("level", [NORMAL, RESTRICTED])
def test_a_right_up_to_the_own_level_and_end_is_passed_on(record: Record, level: str, end: int) -> None:
    delegate(record, UP_TO_RESTRICTED)
    passed_on = right(record, level, end=end)
    reply = record.community.send(record.adding(passed_on, by="HCP"))
    expect(reply).is_success().meets(record.holds(passed_on.id), "the right stored", "it is not there")


@requirement("POL-PPQ1-077", "POL-ADR-007")
def test_an_assistant_passes_on_as_the_professional(record: Record) -> None:
    level = record.policy("304", UP_TO_RESTRICTED, who=record.principal("ASS"), end=day(END))
    record.onboard(level)
    expect(record.community.send(record.adding(right(record), by="ASS"))).is_success()


BEYOND = {
    "301-restricted": ("301", RESTRICTED),
    "304": ("304", UP_TO_NORMAL),
    "303": ("303", ""),
    "exclusion": ("301", "exclusion-list"),
    "302": ("302", RESTRICTED),
}


@requirement("POL-PPQ1-078")
@pytest.mark.parametrize(("template", "level"), BEYOND.values(), ids=BEYOND)
def test_more_than_the_own_level_is_refused(record: Record, template: str, level: str) -> None:
    delegate(record, UP_TO_NORMAL)
    unchanged(record, record.adding(record.policy(template, level, end=day(END - 1)), by="HCP"))


@requirement("POL-PPQ1-078")
def test_a_provide_level_is_not_passed_on(record: Record) -> None:
    delegate(record, UP_TO_NORMAL)
    unchanged(record, record.adding(record.policy("203"), by="HCP"))


DATES = {"longer": (0, END + 1), "without-end": (None, None), "earlier": (-1, END)}


@requirement("POL-PPQ1-079")
@pytest.mark.parametrize(("start", "end"), DATES.values(), ids=DATES)
def test_more_than_the_own_time_is_refused(record: Record, start: int | None, end: int | None) -> None:
    delegate(record, UP_TO_NORMAL, start=0)
    unchanged(record, record.adding(right(record, start=start, end=end), by="HCP"))


@requirement("POL-PPQ1-080")
def test_what_was_passed_on_is_not_deleted_by_the_professional(record: Record) -> None:
    delegate(record, UP_TO_NORMAL)
    passed_on = right(record)
    record.community.accepted(lambda: record.adding(passed_on, by="HCP"))
    unchanged(record, record.deleting(passed_on.id, by="HCP"))


@requirement("POL-PPQ1-080")
def test_the_professional_reads_no_policies(record: Record) -> None:
    delegate(record, UP_TO_NORMAL)
    expect(record.community.send(record.by_patient("HCP"))).lacks("//xacml:PolicySet")


@requirement("POL-PPQ1-081")
def test_a_received_right_is_not_passed_on(record: Record) -> None:
    delegate(record, UP_TO_NORMAL)
    received = replace(right(record), who=record.colleague.gln)
    record.community.accepted(lambda: record.adding(received, by="HCP"))
    unchanged(record, record.adding(right(record), by="colleague"))


@requirement("POL-PPQ1-082")
@pytest.mark.parametrize("template", ["exclusion", "201", "303"])
def test_a_foreign_policy_set_is_not_overwritten(record: Record, template: str) -> None:
    kept = {"exclusion": record.policy("301", "exclusion-list"), "303": record.policy("303")}
    level = record.policy("304", UP_TO_NORMAL, who=record.gln, end=day(END))
    own, *_ = record.onboard(level, *kept.values())
    unchanged(record, record.updating(replace(right(record), id=kept.get(template, own).id), by="HCP"))


@requirement("POL-PPQ1-083")
def test_an_excluded_professional_passes_nothing_on(record: Record) -> None:
    delegate(record, UP_TO_NORMAL, record.policy("301", "exclusion-list", who=record.gln))
    unchanged(record, record.adding(right(record), by="HCP"))


@requirement("POL-PPQ1-085")
def test_one_refused_policy_set_refuses_all(record: Record) -> None:
    delegate(record, UP_TO_NORMAL)
    unchanged(record, record.adding(right(record), right(record, RESTRICTED), by="HCP"))
