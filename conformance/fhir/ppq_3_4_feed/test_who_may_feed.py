"""PPQ-3: who may feed policy sets of a patient is decided for each method (CH:ADR), as for PPQ-1."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from conformance.fhir.policies import Consents, says_this
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.rest import Call
from fixtures.policy.patient_policy import PatientPolicy
from fixtures.suite import requirement

pytestmark = [pytest.mark.transaction("PPQ-3", "PPQ-5"), requirement("POL-PPQ3-042")]
METHODS = ("POST", "PUT", "DELETE")
RESTRICTED = "access-level:restricted"
END = 30


def feed(record: Consents, known: PatientPolicy, method: str, by: str) -> Call:
    """``by`` adds another right, or changes or deletes the known one."""
    calls = {
        "POST": record.posting(record.right(), by=by),
        "PUT": record.putting(replace(known, reference=RESTRICTED), by=by),
        "DELETE": record.removing(known.id, by=by),
    }
    return calls[method]


@pytest.fixture
def known(opened: Consents) -> Iterator[PatientPolicy]:
    """A right the patient has added."""
    known = opened.right()
    call = opened.posting(known)
    opened.community.fhir.accepted(call)
    yield known
    opened.take_back(call)


def is_not_permitted(record: Consents, call: Call, *tolerated: int) -> None:
    """HTTP 403 or 401, though the patient feeds, and nothing changed."""
    valid = record.posting(record.right())
    usual = ["forbidden", "security", "login"]
    record.refused(call, 403, 401, baseline=valid, usual=usual, tolerated=tolerated)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("role", ["PAT", "PADM"])
def test_patient_and_administrator_manage_policies(
    opened: Consents, known: PatientPolicy, role: str, method: str
) -> None:
    expect(opened.send(feed(opened, known, method, role))).is_ok(200, 201, 204)


@pytest.mark.parametrize("role", ["HCP", "PAT", "REP", "DADM"])
def test_nobody_but_the_administrator_onboards(community: Community, opened: Consents, role: str) -> None:
    record = Consents(community, community.patient())
    call, valid = record.posting(record.policy("201"), by=role), opened.posting(opened.right())
    record.refused(call, 403, 401, baseline=valid, seen_by="PADM", usual=["forbidden", "security", "login"])
    opened.take_back(valid)


@pytest.mark.parametrize("method", METHODS)
def test_a_representative_manages_policies_while_assigned(record: Consents, method: str) -> None:
    assigned = record.policy("303", who=record.name_id("REP"), start=day(0), end=day(1))
    known = record.right()
    holding(record, assigned, known)
    expect(record.send(feed(record, known, method, "REP"))).is_ok(200, 201, 204)


@pytest.mark.parametrize("validity", [(-9, -1), (1, 9)], ids=["ended", "not-begun"])
def test_a_representative_is_refused_at_other_times(record: Consents, validity: tuple[int, int]) -> None:
    start, end = map(day, validity)
    # a repository may refuse what has ended
    record.send(record.posting(record.policy("303", who=record.name_id("REP"), start=start, end=end)))
    is_not_permitted(record, record.posting(record.right(), by="REP"))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("role", ["HCP", "REP", "DADM", "ASS", "TCU"])
def test_who_has_no_right_to_feed_is_refused(opened: Consents, known: PatientPolicy, role: str, method: str) -> None:
    is_not_permitted(opened, feed(opened, known, method, role))


def holding(record: Consents, *policies: PatientPolicy) -> None:
    """The patient has added these."""
    for policy in policies:
        record.community.fhir.accepted(record.posting(policy))


# --- delegation -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def delegated(community: Community) -> Consents:
    """An open record: the usual professional may pass on the normal level from today until END."""
    record = Consents(community, community.record())
    level = "access-level:delegation-and-normal"
    mine = record.policy("304", level, who=record.gln, start=day(0), end=day(END))
    community.fhir.accepted(record.posting(mine))
    return record


def right(record: Consents, *, start: int | None = 0, end: int | None = END, **wanted: str) -> PatientPolicy:
    """A right for somebody else, as the delegation allows it unless told otherwise."""
    first, last = (None if offset is None else day(offset) for offset in (start, end))
    return record.right(start=first, end=last, **wanted)


@pytest.mark.parametrize("end", [END, END - 1])
def test_a_right_within_the_delegation_is_passed_on(delegated: Consents, end: int) -> None:
    passed_on = right(delegated, end=end)
    reply = delegated.send(delegated.posting(passed_on, by="HCP"))
    found = delegated.consents().get(passed_on.id)
    expect(reply).is_ok(201).meets(says_this(found, passed_on), f"PPQ-5 with {passed_on}", found)


BEYOND = {
    "301-restricted": ("301", RESTRICTED),
    "301-exclusion": ("301", "exclusion-list"),
    "302": ("302", RESTRICTED),
    "303": ("303", ""),
    "304": ("304", "access-level:delegation-and-normal"),
}


@pytest.mark.parametrize(("template", "reference"), BEYOND.values(), ids=BEYOND)
def test_more_than_the_own_level_is_refused(delegated: Consents, template: str, reference: str) -> None:
    policy = delegated.policy(template, reference, start=day(0), end=day(END))
    is_not_permitted(delegated, delegated.posting(policy, by="HCP"))


DATES = {"longer": (0, END + 1), "without-end": (None, None), "earlier": (-1, END)}


@pytest.mark.parametrize(("start", "end"), DATES.values(), ids=DATES)
def test_more_than_the_own_time_is_refused(delegated: Consents, start: int | None, end: int | None) -> None:
    is_not_permitted(delegated, delegated.posting(right(delegated, start=start, end=end), by="HCP"))


def test_what_was_passed_on_is_not_deleted_by_the_professional(delegated: Consents) -> None:
    passed_on = right(delegated)
    delegated.community.fhir.accepted(delegated.posting(passed_on, by="HCP"))
    is_not_permitted(delegated, delegated.removing(passed_on.id, by="HCP"))


def test_a_received_right_is_not_passed_on(delegated: Consents) -> None:
    received = right(delegated, who=delegated.colleague.gln)
    delegated.community.fhir.accepted(delegated.posting(received, by="HCP"))
    is_not_permitted(delegated, delegated.posting(right(delegated), by="colleague"))


@pytest.mark.parametrize("template", ["201", "301", "303"])
def test_a_policy_set_of_the_patient_is_not_overwritten(record: Consents, template: str) -> None:
    level = record.policy("304", "access-level:delegation-and-normal", who=record.gln, end=day(END))
    exclusion, representative = record.right(reference="exclusion-list"), record.policy("303")
    holding(record, level, exclusion, representative)
    ids = {"201": record.stored("201").id, "301": exclusion.id, "303": representative.id}
    is_not_permitted(record, record.putting(replace(right(record), id=ids[template]), by="HCP"), 400, 404, 409, 422)


def test_an_excluded_professional_passes_nothing_on(record: Consents) -> None:
    level = record.policy("304", "access-level:delegation-and-normal", who=record.gln, end=day(END))
    holding(record, level, record.right(who=record.gln, reference="exclusion-list"))
    is_not_permitted(record, record.posting(right(record), by="HCP"))
