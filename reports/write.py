"""All views of one ledger, and the check that they agree."""

import json
import sys
from pathlib import Path

from lxml import etree

from fixtures.checks.verdicts import Verdict
from fixtures.ledger import LedgerError, read_ledger
from reports.allure import write_allure, write_allure_html
from reports.junit import write_junit
from reports.page import write_page
from reports.results import STATEMENT, write_results
from reports.run import Run, read_run, readiness

WORDS = {0: "READY", 1: "FINDINGS", 2: "INCOMPLETE", 3: "OUR FAULT"}


def write_reports(folder: Path, *, allure_html: bool = True) -> Run:
    """Write results.json, junit.xml, allure-results, allure/ and readiness.html from ``folder/ledger.jsonl``."""
    run = read_run(read_ledger(folder / "ledger.jsonl"))
    write_results(run, folder)
    write_junit(run, folder)
    write_allure(run, folder)
    trouble = write_allure_html(folder) if allure_html else ""
    write_page(run, folder, allure="" if trouble or not allure_html else "allure/index.html")
    if trouble:
        print(trouble, file=sys.stderr)  # noqa: T201
    disagreements = count_views(run, folder)
    if disagreements:
        raise LedgerError("the reports do not agree with the ledger: " + "; ".join(disagreements))
    return run


def count_views(run: Run, folder: Path) -> list[str]:
    """Sentences about views whose number of tests differs from the ledger's."""
    expected = len(run.tests)
    counts = json.loads((folder / "results.json").read_text())["counts"]
    views = {
        "results.json": sum(counts[verdict.value] for verdict in Verdict),
        "junit.xml": len(etree.parse(folder / "junit.xml").findall(".//testcase")),
        "Allure": len(list((folder / "allure-results").glob("*-result.json"))),
    }
    return [f"{view} has {count} tests, the ledger {expected}" for view, count in views.items() if count != expected]


def summary(run: Run, folder: Path) -> int:
    """Print the verdict and where the reports are; returns the exit code."""
    code = readiness(run)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in run.counts.items() if count)
    lines = [f"{WORDS[code]}: {counts or 'nothing was judged'}; {len(run.observations)} findings on captured exchanges"]
    if run.missing:
        lines.append(f"{len(run.missing)} collected tests have no verdict; --resume runs them")
    lines += [f"Reports: {folder / 'readiness.html'} and results.json, junit.xml, allure/ beside it", STATEMENT]
    print("\n".join(lines))  # noqa: T201
    return code
