"""The audit table of the page tells what the ledger tells: cells from tests, and their verdicts."""

import pytest

from fixtures.checks.verdicts import Verdict
from fixtures.ledger import LedgerError
from reports.audit_page import Cell, picture
from reports.conftest import Story
from reports.test_page import page_of

SEEN = {"record": "ITI-18 E", "refused": False, "right": ["there", "purpose"], "wrong": []}
WRONG = {**SEEN, "right": ["there"], "wrong": ["purpose"]}


def cell(story: Story, column: str, record: str = "ITI-18 E") -> Cell:
    (line,) = [line for line in picture(story.reports()).lines if line.name == record]
    return line.cells[column]


def test_what_every_test_saw_right_is_right(story: Story) -> None:
    story.test("pass", audit=(SEEN,))
    story.test("pass", audit=(SEEN,))
    assert cell(story, "purpose").told == "right in 2 tests"


def test_one_test_that_failed_makes_a_cell_wrong(story: Story) -> None:
    story.test("pass", audit=(SEEN,))
    story.test("fail", audit=(WRONG,), row="AUD-XUA-001")
    found = cell(story, "purpose")
    assert (found.verdict, found.told, found.row) == (Verdict.FAIL, "wrong in 1 of 2 tests", "AUD-XUA-001")


def test_what_the_failing_test_saw_right_stays_right(story: Story) -> None:
    story.test("fail", audit=(WRONG,))
    assert cell(story, "success").verdict is Verdict.PASS


def test_a_record_of_a_refusal_has_a_column_of_its_own(story: Story) -> None:
    story.test("fail", audit=({**SEEN, "refused": True, "right": [], "wrong": ["there"]},))
    run = story.reports()
    cells = next(line.cells for line in picture(run).lines if line.name == "ITI-18 E")
    assert (cells["success"].verdict, cells["refusal"].verdict) == (None, Verdict.FAIL)


def test_what_nobody_looked_at_is_not_judged(story: Story) -> None:
    story.test("pass", audit=(SEEN,))
    assert cell(story, "purpose", "ITI-43 R").told == "not judged"


def test_cells_are_counted_once_each(story: Story) -> None:
    story.test("pass", audit=(SEEN,))
    story.test("fail", audit=(WRONG,))
    found = picture(story.reports())
    assert (found.counts["right"], found.counts["wrong"]) == (1, 1)
    assert sum(found.counts.values()) == sum(len(line.cells) for line in found.lines)


def test_tests_in_the_picture_are_those_of_the_ledger(story: Story) -> None:
    story.test("pass", audit=(SEEN,))
    story.test("fail", audit=(WRONG,))
    story.test("pass")
    assert picture(story.reports()).tests == {Verdict.PASS: 1, Verdict.FAIL: 1}


def test_the_page_shows_colour_sign_and_words(story: Story) -> None:
    story.test("fail", audit=(WRONG,))
    story.reports()
    (found,) = page_of(story).xpath("//td[contains(@class, 's-fail')]")
    assert (found.text_content().strip(), found.get("aria-label")) == ("\u2717", "wrong in 1 of 1 test")


def test_a_run_that_looked_at_no_record_has_no_table(story: Story) -> None:
    story.test("pass")
    story.reports()
    assert not page_of(story).xpath("//*[@id='audit-table']")


def test_a_test_that_saw_it_wrong_and_passed_is_a_mistake_of_ours(story: Story) -> None:
    story.test("pass", audit=(WRONG,))
    with pytest.raises(LedgerError, match="saw a wrong audit record"):
        story.reports()


def test_a_record_of_an_unknown_name_is_shown_too(story: Story) -> None:
    story.test("pass", audit=({**SEEN, "record": "ITI-999 E"},))
    assert cell(story, "success", "ITI-999 E").verdict is Verdict.PASS
