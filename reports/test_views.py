"""JUnit, Allure and results.json tell what the ledger tells, no more and no less."""

import json
from pathlib import Path

import pytest
from lxml import etree

from fixtures.checks.verdicts import Verdict
from fixtures.ledger import FILE_NAME, Judgement, Ledger, LedgerError
from reports.conftest import Story
from reports.run import readiness
from reports.write import count_views, write_reports

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


@pytest.mark.parametrize("view", ["results.json", "junit.xml", "Allure"])
def test_a_view_that_tells_something_else_is_named(story: Story, tmp_path: Path, view: str) -> None:
    story.test("pass")
    story.test("fail", message="why")
    run = story.reports()
    assert count_views(run, tmp_path) == []
    TAMPER[view](tmp_path)
    (sentence,) = count_views(run, tmp_path)
    assert sentence.startswith(f"{view} has ")
    assert sentence.endswith("the ledger 2 (1 fail, 1 pass)")


@pytest.mark.parametrize("view", ["results.json", "junit.xml", "Allure"])
def test_reports_that_do_not_agree_are_an_error(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    story.test("pass")
    story.test("fail", message="why")
    # the page is the last to be written
    monkeypatch.setattr("reports.write.write_page", lambda *_, **__: TAMPER[view](tmp_path))
    with pytest.raises(LedgerError, match=f"the reports do not agree with the ledger: {view}"):
        story.reports()


def test_a_verdict_that_was_never_collected_is_our_fault(story: Story, tmp_path: Path) -> None:
    story.test("pass")
    story.reports()
    ledger = Ledger(tmp_path / FILE_NAME)
    ledger.write(Judgement("conformance/test_it.py::test_ghost", "conformance", "", ("XDS-ITI18-003",), "pass"))
    ledger.close()
    assert readiness(write_reports(tmp_path, allure_html=False)) == 3


def _tamper_results(folder: Path) -> None:
    file = folder / "results.json"
    file.write_text(file.read_text().replace('"fail": 1', '"fail": 2'))


def _tamper_junit(folder: Path) -> None:
    tree = etree.parse(folder / "junit.xml")
    case = next(tree.iter("testcase"))
    suite = case.getparent()
    assert suite is not None
    suite.remove(case)
    tree.write(folder / "junit.xml")


def _tamper_allure(folder: Path) -> None:
    next((folder / "allure-results").glob("*-result.json")).unlink()


TAMPER = {"results.json": _tamper_results, "junit.xml": _tamper_junit, "Allure": _tamper_allure}
