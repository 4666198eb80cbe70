"""The authorisation matrix: role, purpose of use, confidentiality, policies of the patient, relation to the patient.

Every cell is expected as the policy stack decides it, and judged by its effect: which documents are found and
retrieved, at which level one may publish, who may give a right away, and what the decision provider says.
"""

from collections.abc import Callable, Iterable

import pytest

from conformance.authorisation.charts import LEVELS, Chart, Charts
from conformance.authorisation.setups import ACTORS, SETUPS, relation
from fixtures.checks.expect import expect
from fixtures.client import refusal
from fixtures.epr.message import Reply
from fixtures.policy.decide import Decision
from fixtures.suite import cell, requirement, transaction


def _parametrize(cases: Iterable[tuple[str, str]]) -> pytest.MarkDecorator:
    """One test for each record and who turns to it, with the coordinates of its cell."""
    marks = {
        who: {"role": role, "purpose": purpose, "relation": relation(who)} for who, (role, purpose) in ACTORS.items()
    }
    return pytest.mark.parametrize(
        ("setup", "who"),
        [pytest.param(*case, id="-".join(case), marks=cell(policies=case[0], **marks[case[1]])) for case in cases],
    )


CASES = [(name, who) for name, setup in SETUPS.items() for who in setup.actors.split()]
cases = _parametrize(CASES)
held = _parametrize((name, who) for name, who in CASES if SETUPS[name].is_held)
levels = pytest.mark.parametrize(
    "level", [pytest.param(level, id=level, marks=cell(confidentiality=level)) for level in LEVELS]
)
actions = pytest.mark.parametrize(
    "action",
    [pytest.param(action, id=action, marks=cell(at="decision", action=action)) for action in ("ITI-18", "ITI-41")],
)
Recording = Callable[[Chart, str, Reply, str], None]


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Recording:
    """Writes down whom the cell is about, what is due, and the evidence, for the picture of the matrix."""

    def write(chart: Chart, who: str, reply: Reply, due: str) -> None:
        about = {"patient": chart.patient.spid, "user": chart.user(who), "evidence": reply.evidence, "expected": due}
        for name, value in about.items():
            record_property(name, value)

    return write


@cases
@levels
@cell(at="effect", action="ITI-18")
@requirement("POL-ENF-001")
@transaction("PPQ-1", "ITI-41", "ITI-18")
def test_a_query_finds_what_is_permitted(charts: Charts, setup: str, who: str, level: str, record: Recording) -> None:
    chart = charts[setup]
    reply, document = chart.found(who), chart.documents[level]
    is_found, may = document.is_found(reply), level in chart.permitted(who, "ITI-18")
    record(chart, who, reply, DUE[may])
    expect(reply).meets(is_found == may, f"the {level} document to be {SEEN[may]}", f"it is {SEEN[is_found]}")


@cases
@levels
@cell(at="effect", action="ITI-43")
@requirement("POL-ENF-004")
@transaction("PPQ-1", "ITI-41", "ITI-43")
def test_a_document_is_retrieved_where_permitted(
    charts: Charts, setup: str, who: str, level: str, record: Recording
) -> None:
    chart = charts[setup]
    reply, content = chart.retrieved(who, level), chart.documents[level].content
    is_there, may = any(part.content == content for part in reply.parts), level in chart.permitted(who, "ITI-43")
    record(chart, who, reply, DUE[may])
    expect(reply).meets(is_there == may, f"the {level} document to be {SEEN[may]}", f"it is {SEEN[is_there]}")


@cases
@levels
@cell(at="effect", action="ITI-41")
@requirement("POL-ENF-005", "POL-ENF-006", "POL-ENF-007")
@transaction("PPQ-1", "ITI-41", "ITI-18")
def test_a_document_is_published_where_permitted(
    charts: Charts, setup: str, who: str, level: str, record: Recording
) -> None:
    chart = charts[setup]
    permitted = chart.permitted(who, "ITI-41")
    allowed = {level} if level in permitted else {"", *permitted}
    attempt = chart.publishes(who, level)
    record(chart, who, attempt.reply, DUE[level in permitted])
    expected = " or ".join(name or "nothing" for name in sorted(allowed))
    expect(attempt.reply).meets(attempt.stored in allowed, f"registered: {expected}", attempt.stored or "nothing")


@held
@cell(at="effect", action="PPQ-1-ADD")
@requirement("POL-PPQ1-074", "POL-PPQ1-076", "POL-PPQ1-077")
@transaction("PPQ-1", "ITI-41")
def test_a_right_is_given_away_where_permitted(charts: Charts, setup: str, who: str, record: Recording) -> None:
    chart = charts[setup]
    reply, may = chart.passes_on(who), chart.may_pass_on(who)
    is_taken = not refusal(reply)
    record(chart, who, reply, DUE[may])
    expect(reply).meets(is_taken == may, f"the right to be {TAKEN[may]}", f"it is {TAKEN[is_taken]}")


@cases
@levels
@actions
@requirement("POL-ADR-019")
@transaction("PPQ-1", "ITI-41", "CH:ADR")
def test_the_decision_is_that_of_the_stack(
    charts: Charts, setup: str, who: str, action: str, level: str, record: Recording
) -> None:
    chart = charts[setup]
    expected, decided = chart.decided(who, action)[level].value, chart.decisions(who, action).get(level, "none")
    reply = chart.decision(who, action)
    record(chart, who, reply, expected)
    expect(reply).meets(decided == expected, expected, decided)


DUE = {True: Decision.PERMIT.value, False: Decision.DENY.value}
SEEN = {True: "there", False: "hidden"}
TAKEN = {True: "taken", False: "refused"}
