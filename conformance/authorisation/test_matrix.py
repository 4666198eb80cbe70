"""The authorisation matrix: role, purpose of use, confidentiality, policies of the patient, relation to the patient.

Every cell is expected as the policy stack decides it, and judged by its effect: which documents are found and
retrieved, at which level one may publish, who may give a right away, and what the decision provider says.
"""

import pytest

from conformance.authorisation.charts import LEVELS, Charts
from conformance.authorisation.setups import SETUPS
from fixtures.checks.expect import expect
from fixtures.epr.policy_names import FEED_SUCCESS
from fixtures.suite import requirement, transaction

CASES = [(name, who) for name, setup in SETUPS.items() for who in setup.actors.split()]
cases = pytest.mark.parametrize(("setup", "who"), CASES, ids=map("-".join, CASES))
HELD = [(name, who) for name, who in CASES if SETUPS[name].is_held]
held = pytest.mark.parametrize(("setup", "who"), HELD, ids=map("-".join, HELD))
levels = pytest.mark.parametrize("level", LEVELS)


@cases
@levels
@requirement("POL-ENF-001")
@transaction("PPQ-1", "ITI-41", "ITI-18")
def test_a_query_finds_what_is_permitted(charts: Charts, setup: str, who: str, level: str) -> None:
    chart = charts[setup]
    reply, document = chart.found(who), chart.documents[level]
    is_found, may = document.entry.unique_id.encode() in reply.body, level in chart.permitted(who, "ITI-18")
    expect(reply).meets(is_found == may, f"the {level} document to be {SEEN[may]}", f"it is {SEEN[is_found]}")


@cases
@levels
@requirement("POL-ENF-004")
@transaction("PPQ-1", "ITI-41", "ITI-43")
def test_a_document_is_retrieved_where_permitted(charts: Charts, setup: str, who: str, level: str) -> None:
    chart = charts[setup]
    reply, content = chart.retrieved(who, level), chart.documents[level].content
    is_there, may = any(part.content == content for part in reply.parts), level in chart.permitted(who, "ITI-43")
    expect(reply).meets(is_there == may, f"the {level} document to be {SEEN[may]}", f"it is {SEEN[is_there]}")


@cases
@levels
@requirement("POL-ENF-005", "POL-ENF-006", "POL-ENF-007")
@transaction("PPQ-1", "ITI-41", "ITI-18")
def test_a_document_is_published_where_permitted(charts: Charts, setup: str, who: str, level: str) -> None:
    chart = charts[setup]
    permitted = chart.permitted(who, "ITI-41")
    allowed = {level} if level in permitted else {"", *permitted}
    attempt = chart.publishes(who, level)
    expected = " or ".join(name or "nothing" for name in sorted(allowed))
    expect(attempt.reply).meets(attempt.stored in allowed, f"registered: {expected}", attempt.stored or "nothing")


@held
@requirement("POL-PPQ1-074", "POL-PPQ1-076", "POL-PPQ1-077")
@transaction("PPQ-1", "ITI-41")
def test_a_right_is_given_away_where_permitted(charts: Charts, setup: str, who: str) -> None:
    chart = charts[setup]
    reply, may = chart.passes_on(who), chart.may_pass_on(who)
    is_taken = FEED_SUCCESS.encode() in reply.body
    expect(reply).meets(is_taken == may, f"the right to be {TAKEN[may]}", f"it is {TAKEN[is_taken]}")


@cases
@levels
@pytest.mark.parametrize("action", ["ITI-18", "ITI-41"])
@requirement("POL-ADR-019")
@transaction("PPQ-1", "ITI-41", "CH:ADR")
def test_the_decision_is_that_of_the_stack(charts: Charts, setup: str, who: str, action: str, level: str) -> None:
    chart = charts[setup]
    expected, decided = chart.decided(who, action)[level].value, chart.decisions(who, action).get(level, "none")
    expect(chart.decision(who, action)).meets(decided == expected, expected, decided)


SEEN = {True: "there", False: "hidden"}
TAKEN = {True: "taken", False: "refused"}
