"""The picture of the authorisation matrix: every cell in its place, wrong ones seen at once, counted as elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from reports.conftest import Story
from reports.write import count_views

CELL = {
    "at": "effect",
    "action": "ITI-18",
    "confidentiality": "normal",
    "policies": "right-normal",
    "role": "HCP",
    "purpose": "NORM",
    "relation": "the professional",
    "expected": "Permit",
}
FINDING = {"expected": "the document to be there", "received": "it is hidden", "path": "", "evidence": []}


def page_of(story: Story) -> Any:
    """The page as a browser reads it (lxml.html)."""
    return html.fromstring(story.read("readiness.html"))


def cells_of(page: Any) -> list[Any]:
    return list(page.findall(".//td[@data-cell]"))


@pytest.mark.parametrize(
    ("verdict", "due", "state", "sign"),
    [
        ("pass", "Permit", "right", "+"),
        ("pass", "Deny", "right", "−"),
        ("pass", "NotApplicable", "right", "−"),
        ("fail", "Permit", "wrong", "+✕"),
        ("fail", "Deny", "wrong", "−✕"),
        ("inconclusive", "", "open", "?"),
        ("skip", "", "open", "?"),
        ("not-applicable", "", "open", "·"),
        ("error", "", "wrong", "✕"),
    ],
)
def test_a_cell_has_a_colour_and_a_sign(story: Story, verdict: str, due: str, state: str, sign: str) -> None:
    story.test(verdict, cell={**CELL, "expected": due})
    story.reports()
    (cell,) = cells_of(page_of(story))
    assert state in cell.get("class").split()
    assert cell.text_content() == sign


def test_a_cell_stands_in_its_row_and_column(story: Story) -> None:
    story.test("pass", cell=CELL)
    story.test("pass", cell={**CELL, "at": "decision", "action": "ITI-41", "confidentiality": "secret"})
    story.test("pass", cell={**CELL, "relation": "another professional", "action": "PPQ-1-ADD", "confidentiality": ""})
    story.reports()
    first, second = (td.getparent() for td in page_of(story).findall(".//td[@class='who']"))
    assert [bool(td.get("data-cell")) for td in first] == [False, True, *[False] * 13, True, False]
    assert [bool(td.get("data-cell")) for td in second] == [*[False] * 16, True]


def test_pointing_at_a_cell_tells_test_and_evidence(story: Story) -> None:
    story.test("pass", cell={**CELL, "evidence": "E-main-000007"})
    story.reports()
    (cell,) = cells_of(page_of(story))
    assert "conformance/test_it.py::test_0" in cell[0].get("title")
    assert "E-main-000007" in cell[0].get("title")
    assert cell[0].get("href") == "#XDS-ITI18-003"


def test_a_wrong_cell_leads_to_what_was_expected_and_what_came(story: Story) -> None:
    story.test("pass", cell=CELL)
    story.test("fail", cell={**CELL, "confidentiality": "secret"}, findings=(FINDING,), exchanges=("E-main-000009",))
    story.reports()
    page = page_of(story)
    told = page.get_element_by_id(cells_of(page)[1][0].get("href")[1:]).text_content()
    assert all(word in told for word in ("right-normal", "secret", "to be there", "it is hidden", "E-main-000009"))


def test_every_wrong_cell_is_listed(story: Story) -> None:
    for number in range(25):
        story.test("fail", cell={**CELL, "policies": f"record-{number}"}, findings=(FINDING,))
    story.reports()
    page = page_of(story)
    links = [cell[0].get("href")[1:] for cell in cells_of(page)]
    assert len({page.get_element_by_id(link) for link in links}) == 25


def test_a_cell_without_verdict_is_shown_as_not_judged(story: Story) -> None:
    story.test("pass", cell=CELL)
    coordinates = {name: value for name, value in CELL.items() if name != "expected"}
    story.without_verdict(cell={**coordinates, "action": "ITI-43"})
    story.reports(exit_code=2)
    assert [cell.get("data-cell") for cell in cells_of(page_of(story))] == ["pass", "missing"]


def test_the_picture_counts_as_the_other_views(story: Story, tmp_path: Path) -> None:
    for verdict in ("pass", "pass", "fail", "warn", "skip"):
        story.test(verdict, cell={**CELL, "policies": f"{verdict}-{len(story.tests)}"})
    run = story.reports()
    counts = json.loads(story.read("results.json"))["counts"]
    shown = [cell.get("data-cell") for cell in cells_of(page_of(story))]
    assert {verdict: shown.count(verdict) for verdict in shown} == {
        verdict: counts[verdict] for verdict in ("pass", "fail", "warn", "skip")
    }
    assert "2 pass" in page_of(story).get_element_by_id("matrix").getnext().text_content()
    assert count_views(run, tmp_path) == []


def test_a_picture_that_tells_something_else_is_named(story: Story, tmp_path: Path) -> None:
    story.test("fail", cell=CELL)
    run = story.reports()
    page = tmp_path / "readiness.html"
    page.write_text(page.read_text().replace('data-cell="fail"', 'data-cell="pass"'))
    told = "the matrix of readiness.html has 1 tests (1 pass), the ledger 1 (1 fail)"
    assert count_views(run, tmp_path) == [told]


def test_two_cells_of_one_place_are_not_hidden(story: Story) -> None:
    story.test("pass", cell=CELL)
    story.test("fail", cell=CELL)
    with pytest.raises(Exception, match=r"the matrix of readiness\.html has 1 tests"):
        story.reports()


def test_what_is_recorded_cannot_become_part_of_the_page(story: Story) -> None:
    story.test("fail", cell={**CELL, "policies": "<script>alert(1)</script>"}, message='"><script>')
    story.reports()
    assert not page_of(story).findall(".//script")


def test_without_a_matrix_there_is_no_picture(story: Story) -> None:
    story.test("pass")
    story.reports()
    assert "Authorisation matrix" not in story.read("readiness.html")
