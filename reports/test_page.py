"""What a reviewer reads: the verdict first, then what to mend, with evidence; nothing of the target is trusted."""

from typing import Any

import pytest
from lxml import html

from fixtures.checks.verdicts import MEANING, Reason
from reports.conftest import Story
from reports.results import STATEMENT

FINDING = {"expected": "XDSStoredQueryMissingParam", "received": "Success", "path": "/env:Envelope", "evidence": []}


def page_of(story: Story) -> Any:
    """The page as a browser reads it (lxml.html)."""
    return html.fromstring(story.read("readiness.html"))


@pytest.mark.parametrize(
    ("verdicts", "headline"),
    [
        (["pass"], "Ready"),
        (["pass", "warn", "skip", "not-applicable"], "Ready"),
        (["pass", "fail"], "Findings"),
        (["pass", "inconclusive"], "Incomplete"),
        (["skip", "not-applicable"], "Incomplete"),
        (["pass", "fail", "error"], "Not valid"),
    ],
)
def test_the_verdict_stands_first(story: Story, verdicts: list[str], headline: str) -> None:
    for verdict in verdicts:
        story.test(verdict)
    story.reports()
    page = page_of(story)
    assert page.findtext(".//h1") == headline
    assert STATEMENT in page.find(".//header").text_content()


def test_a_finding_is_told_with_row_source_evidence_and_how_to_repeat(story: Story) -> None:
    evidence = story.exchange()
    story.test("fail", findings=(FINDING,), exchanges=(evidence,), repeat="python -m pytest this::one")
    story.reports()
    card = page_of(story).find_class("card")[0].text_content()
    assert all(
        word in card for word in ("XDS-ITI18-003", "IHE ITI TF-2", "XDSStoredQueryMissingParam", "Success", evidence)
    )
    assert "python -m pytest this::one" in card
    assert "without the status" in card


def test_a_finding_on_an_earlier_exchange_shows_that_exchange(story: Story) -> None:
    evidence = story.exchange("<late xmlns='urn:x'>shown</late>", test="another")
    story.test("fail", findings=({**FINDING, "evidence": [evidence]},))
    story.reports()
    assert "shown" in page_of(story).find_class("card")[0].text_content()


def test_what_the_target_answers_cannot_become_part_of_the_page(story: Story) -> None:
    evidence = story.exchange("<x xmlns='urn:x'>&lt;script&gt;alert(1)&lt;/script&gt;</x>")
    script = "</pre><script>alert(2)</script>"
    story.test("fail", findings=({**FINDING, "received": script},), exchanges=(evidence,), message=script)
    story.reports()
    assert not page_of(story).findall(".//script")


def test_rows_nobody_tested_are_listed_with_their_reason(story: Story) -> None:
    story.test("pass")
    story.reports()
    page = page_of(story).text_content()
    assert f"planned: {MEANING[Reason.PLANNED]}" in page
    assert "AUD-ITI18-001" in page


def test_a_row_broken_on_an_exchange_counts_although_its_own_test_passed(story: Story) -> None:
    evidence = story.exchange()
    story.test("pass", row="XDS-SOAP-001")
    story.observed("XDS-SOAP-001", evidence, FINDING)
    story.reports()
    assert page_of(story).findtext(".//h1") == "Findings"


def test_the_proof_column_names_the_fault(story: Story) -> None:
    story.test("pass", row="PAT-GEN-016")
    story.reports()
    row = page_of(story).get_element_by_id("PAT-GEN-016")
    assert "v3-no-its-version" in row.text_content()


def test_every_reason_has_a_sentence() -> None:
    assert set(MEANING) == set(Reason)
