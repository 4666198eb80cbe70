"""JUnit, Allure and results.json tell what the ledger tells, no more and no less."""

import json
from pathlib import Path

from lxml import etree

from fixtures.checks.verdicts import Verdict
from reports.conftest import Story

EVERY = [str(verdict) for verdict in Verdict]


def test_results_json_has_the_keys_of_the_contract(story: Story) -> None:
    evidence = story.exchange()
    story.test("fail", exchanges=(evidence,))
    story.test("skip", row="XDS-ITI43-001", reason="needs-user", message="no user")
    story.reports()
    results = json.loads(story.read("results.json"))
    assert {"target", "tool", "started", "requirements", "counts"} <= set(results)
    assert results["requirements"]["XDS-ITI18-003"] == {
        "level": "shall",
        "verdict": "fail",
        "reason": "",
        "proven_by": results["requirements"]["XDS-ITI18-003"]["proven_by"],
        "tests": [{"test": "conformance/test_it.py::test_0", "verdict": "fail", "exchanges": [evidence]}],
    }
    assert results["requirements"]["XDS-ITI43-001"]["reason"] == "needs-user"
    assert results["requirements"]["AUD-ITI18-001"]["verdict"] == "not-tested"


def test_every_view_counts_the_same(story: Story, tmp_path: Path) -> None:
    for verdict in EVERY:
        story.test(verdict, message="why")
    story.reports()
    counts = json.loads(story.read("results.json"))["counts"]
    suite = etree.parse(tmp_path / "junit.xml").getroot()[0]
    allure = [json.loads(file.read_text())["status"] for file in (tmp_path / "allure-results").glob("*-result.json")]
    assert counts["collected"] == counts["executed"] == len(EVERY)
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["7", "1", "1", "3"]
    assert sorted(allure) == ["broken", "failed", "passed", "passed", "skipped", "skipped", "unknown"]


def test_characters_that_xml_cannot_carry_do_not_stop_the_reports(story: Story, tmp_path: Path) -> None:
    story.test("fail", message="received \x00\x1b[31m and \ud800 here")
    story.reports()
    assert etree.parse(tmp_path / "junit.xml").find(".//failure") is not None


def test_a_test_without_verdict_makes_the_run_incomplete(story: Story) -> None:
    story.test("pass")
    story.without_verdict()
    story.reports(exit_code=2)
    results = json.loads(story.read("results.json"))
    assert (results["exit"], results["counts"]["collected"], results["counts"]["executed"]) == (2, 2, 1)


def test_a_test_without_verdict_in_a_suite_that_ended_in_order_is_our_fault(story: Story) -> None:
    story.test("pass")
    story.without_verdict()
    story.reports()
    assert json.loads(story.read("results.json"))["exit"] == 3


def test_an_internal_error_of_a_suite_is_our_fault(story: Story) -> None:
    story.test("pass")
    story.reports(exit_code=3)
    assert json.loads(story.read("results.json"))["exit"] == 3


def test_a_skip_that_the_target_file_could_have_avoided_leaves_the_run_incomplete(story: Story) -> None:
    story.test("pass")
    story.test("skip", row="XUA-ITI40-001", reason="needs-consent", message="no consent")
    story.reports()
    assert json.loads(story.read("results.json"))["exit"] == 2
