"""``python -m load`` as a stranger runs it: against the embedded community, right and wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.ledger import FILE_NAME, read_ledger

ROOT = Path(__file__).parents[1]


def run(results: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "load", "--results", str(results), "--seconds", "1", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_right_answers_are_counted_and_none_is_called_wrong(tmp_path: Path) -> None:
    run(tmp_path)
    ledger = read_ledger(tmp_path / FILE_NAME)
    assert {measure.name: measure.failures for measure in ledger.measures} == {"ITI-45": 0, "ITI-18": 0, "ITI-43": 0}
    assert all(measure.requests > 0 for measure in ledger.measures)
    assert ledger.judgements["load::ITI-43::content"].verdict == "pass"
    assert ledger.runs[-1].target["embedded"] is True


def test_a_wrong_answer_with_http_200_is_a_finding(tmp_path: Path) -> None:
    ran = run(tmp_path, "--fault", "iti41-forgets-document")
    judgements = read_ledger(tmp_path / FILE_NAME).judgements
    assert (ran.returncode, judgements["load::ITI-43::content"].verdict) == (1, "fail")
    assert judgements["load::ITI-18::content"].verdict == "pass"


def test_a_community_that_cannot_be_prepared_has_no_verdict(tmp_path: Path) -> None:
    ran = run(tmp_path, "--fault", "pix-answers-previous")
    judgement = read_ledger(tmp_path / FILE_NAME).judgements["load::journey"]
    assert (ran.returncode, judgement.verdict, judgement.reason) == (2, "inconclusive", "baseline-refused")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", "nowhere.toml"], "nowhere.toml"),
        (["--fault", "no-such-fault"], "no-such-fault"),
        (["--fault", "iti41-loses-bytes", "--target", "x.toml"], "leave out --target"),
    ],
)
def test_wrong_arguments_are_a_usage_error(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    ran = run(tmp_path, *arguments)
    assert ran.returncode == 4
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_measures_stand_in_the_reports(tmp_path: Path) -> None:
    run(tmp_path)
    subprocess.run([sys.executable, "-m", "reports", str(tmp_path)], cwd=ROOT, check=False, capture_output=True)
    measures = json.loads((tmp_path / "results.json").read_text())["measures"]
    assert {measure["name"] for measure in measures} == {"ITI-45", "ITI-18", "ITI-43"}
