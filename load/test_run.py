"""``python -m load`` as a stranger runs it: against the embedded community, right and wrong."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from fixtures.ledger import FILE_NAME, LedgerView, read_ledger

ROOT = Path(__file__).parents[1]
SHORT = ("--shape", "smoke", "--rate", "10", "--seconds", "2", "--cases", "2", "--documents", "2", "--inspect", "5")
#: transactions of the journeys that come by in so short a run
USUAL = {"GetXUA", "ITI-18", "ITI-41", "ITI-43", "ITI-45", "ITI-47"}


def command(results: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "load", "--results", str(results), *SHORT, *arguments]


def run(results: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    made = command(results, *arguments)
    return subprocess.run(made, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def ledger_of(results: Path) -> LedgerView:
    return read_ledger(results / FILE_NAME)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run against the embedded community."""
    results = tmp_path_factory.mktemp("clean")
    ran = run(results)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return results


def test_right_answers_are_counted_and_none_is_called_wrong(clean: Path) -> None:
    ledger = ledger_of(clean)
    assert {measure.name for measure in ledger.measures} >= USUAL
    assert sum(measure.failures for measure in ledger.measures) == 0
    assert {ledger.judgements[f"load::{name}::content"].verdict for name in USUAL} == {"pass"}
    assert ledger.judgements["load::inspection"].verdict == "pass"
    assert ledger.runs[-1].target["embedded"] is True


def test_what_was_created_stands_in_the_ledger(clean: Path) -> None:
    created = ledger_of(clean).created
    assert len({each.patient for each in created}) == len(created) == 3  # 2 cases, and 1 to publish to
    assert all(each.documents for each in created)
    measured = next(measure.requests for measure in ledger_of(clean).measures if measure.name == "ITI-41")
    assert sum(each.more for each in created) >= measured > 0  # those of the warm-up, too


@pytest.mark.parametrize(
    ("fault", "test"),
    [
        ("iti41-forgets-document", "load::ITI-43::content"),
        ("iti41-forgets-metadata", "load::ITI-18::content"),
        ("fhir-retrieve-alters-octets", "load::ITI-68::content"),
        ("iua-token-other-patient", "load::ITI-71 token::content"),
    ],
)
def test_a_wrong_answer_with_http_200_is_a_finding(tmp_path: Path, fault: str, test: str) -> None:
    mobile = "mobile=1" if test.startswith(("load::ITI-68", "load::ITI-71")) else "mobile=0"
    ran = run(tmp_path, "--fault", fault, "--errors", "1", "--set", mobile)
    assert (ran.returncode, ledger_of(tmp_path).judgements[test].verdict) == (1, "fail"), ran.stderr


@pytest.mark.parametrize(
    ("fault", "transaction", "mobile"),
    [("frame-relates-to-nothing", "ITI-18", 0), ("fhir-find-no-total", "ITI-67", 1)],
)
def test_a_form_only_a_close_look_sees_is_a_finding(tmp_path: Path, fault: str, transaction: str, mobile: int) -> None:
    ran = run(tmp_path, "--fault", fault, "--inspect", "1", "--set", f"mobile={mobile}")
    judgements = ledger_of(tmp_path).judgements
    assert judgements["load::inspection"].verdict == "fail", ran.stderr
    assert judgements[f"load::{transaction}::content"].verdict == "pass"


def test_answers_that_are_only_spelled_otherwise_are_right(tmp_path: Path) -> None:
    ran = run(tmp_path, "--fault", "everything-respelled", "--set", "mobile=0.5", "--inspect", "0")
    measures = ledger_of(tmp_path).measures
    assert sum(measure.failures for measure in measures) == 0, ran.stdout
    assert {measure.name for measure in measures} >= {"ITI-18", "ITI-43", "ITI-67", "ITI-68", "ITI-71 token"}


def test_a_run_in_which_too_much_fails_ends_by_itself(tmp_path: Path) -> None:
    ran = run(tmp_path, "--fault", "iti41-forgets-document", "--errors", "0.01", "--seconds", "60")
    ledger = ledger_of(tmp_path)
    assert ledger.load is not None
    assert "requests failed, more than 1% may fail" in ledger.load.why
    assert (ran.returncode, ledger.judgements["load::run"].verdict) == (1, "fail")


def test_a_community_that_cannot_be_prepared_has_no_verdict(tmp_path: Path) -> None:
    ran = run(tmp_path, "--fault", "pix-answers-previous")
    judgement = ledger_of(tmp_path).judgements["load::journey"]
    assert (ran.returncode, judgement.verdict, judgement.reason) == (2, "inconclusive", "baseline-refused")


def test_ctrl_c_ends_a_run_in_order(tmp_path: Path) -> None:
    made = command(tmp_path, "--seconds", "60")
    with subprocess.Popen(made, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "offered" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    judgements = ledger_of(tmp_path).judgements
    assert (process.returncode, judgements["load::run"].reason) == (2, "interrupted")
    assert "pass" not in {judgement.verdict for test, judgement in judgements.items() if "::p" in test}


def test_key_q_ends_a_run_in_order(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    made = command(tmp_path, "--seconds", "60")
    with subprocess.Popen(
        made, cwd=ROOT, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "offered" in line:
                break
        os.write(ours, b"q")
        process.communicate(timeout=60)
    load = ledger_of(tmp_path).load
    assert load is not None
    assert (process.returncode, load.why) == (2, "stopped by key q")


def test_the_web_page_of_locust_shows_the_requests(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = command(tmp_path, "--seconds", "60", "--web", str(port))
    with subprocess.Popen(made, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "steady" in line:
                break
        shown = httpx.get(f"http://127.0.0.1:{port}/stats/requests").json()
        page = httpx.get(f"http://127.0.0.1:{port}/").text
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert {each["name"] for each in shown["stats"]} > {"Aggregated"}
    assert "Locust" in page


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", "nowhere.toml"], "nowhere.toml"),
        (["--fault", "no-such-fault"], "no-such-fault"),
        (["--fault", "iti41-loses-bytes", "--target", "x.toml"], "leave out --target"),
        (["--set", "sahre=1"], "sahre=1"),
        (["--shape", "circle"], "circle"),
        (["--bind", "nowhere"], "HOST:PORT"),
        (["worker"], "needs --target"),
    ],
)
def test_wrong_arguments_are_a_usage_error(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    ran = run(tmp_path, *arguments)
    assert ran.returncode == 4
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_plan_is_printed_and_nothing_sent() -> None:
    made = [sys.executable, "-m", "load", "plan", "--set", "share=0.9"]
    ran = subprocess.run(made, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "2,152,095 × 0.9 = 1,936,886" in ran.stdout


def test_the_measures_stand_in_the_reports(clean: Path) -> None:
    subprocess.run([sys.executable, "-m", "reports", str(clean)], cwd=ROOT, check=False, capture_output=True)
    measures = json.loads((clean / "results.json").read_text())["measures"]
    assert {measure["name"] for measure in measures} >= USUAL
