"""All views of one ledger, and the check that they agree."""

import json
import re
import sys
from collections import Counter
from pathlib import Path

from lxml import etree

from fixtures.checks.verdicts import Verdict
from fixtures.ledger import LedgerError, read_ledger
from reports.allure import write_allure, write_allure_html
from reports.audit_page import contradictions
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
    disagreements = [*count_views(run, folder), *contradictions(run)]
    if disagreements:
        raise LedgerError("the reports do not agree with the ledger: " + "; ".join(disagreements))
    return run


def count_views(run: Run, folder: Path) -> list[str]:
    """Sentences about views that do not tell the same tests with the same verdicts as the ledger."""
    counts = json.loads((folder / "results.json").read_text())["counts"]
    ledger = Counter(str(test.verdict) for test in run.tests)
    cells = Counter(str(test.verdict) for test in run.tests if test.cell)
    cells["missing"] = sum(bool(run.ledger.about.get(test, {}).get("cell")) for test in run.missing)
    told = {
        "results.json": Counter({str(verdict): counts[verdict] for verdict in Verdict if counts[verdict]}),
        "junit.xml": Counter(
            found.get("value", "")
            for found in etree.parse(folder / "junit.xml").iterfind(".//testcase/properties/property[@name='verdict']")
        ),
        "Allure": Counter(_allure_verdict(file) for file in (folder / "allure-results").glob("*-result.json")),
    }
    compared = [(view, found, ledger) for view, found in told.items()]
    compared.append(("the matrix of readiness.html", _cells(folder / "readiness.html"), +cells))
    return [
        f"{view} has {found.total()} tests ({_words(found)}), the ledger {expected.total()} ({_words(expected)})"
        for view, found, expected in compared
        if found != expected
    ]


def _cells(page: Path) -> Counter[str]:
    """Cells of the matrix by verdict, as the page shows them."""
    return (
        Counter(re.findall(r'<td class="cell [^"]*" data-cell="([a-z-]+)"', page.read_text()))
        if page.exists()
        else Counter()
    )


def _allure_verdict(file: Path) -> str:
    labels = json.loads(file.read_text())["labels"]
    return next((str(label["value"]) for label in labels if label["name"] == "tag"), "")


def _words(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())) or "none"


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
