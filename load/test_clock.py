"""The wall clock is set during a run: times of answers and verdicts stay what they are, and it is told."""

import itertools
import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from fixtures.client.authorization import lifetime as lifetime_of_claims
from fixtures.client.tokens import lifetime as lifetime_of_assertion
from fixtures.ledger import FILE_NAME, LedgerView, read_ledger
from fixtures.suite.embedded import target_file
from load.bench import mock_server
from load.steady_clock import SteadyClock
from load.tally import Tally

ROOT = Path(__file__).parents[1]


def with_set_clock(
    file: Path, module: str, *arguments: str, once: str = "", every: float = 1.0
) -> subprocess.CompletedProcess[str]:
    """What a module prints whose clock is set forward by an hour, back by two, and right, again and again.

    ``once``: begin when a line has this.
    """
    file.write_text("0")
    command = [sys.executable, "-m", "load.set_clock_for_tests", str(file), module, *arguments]
    printed = ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while once and (line := process.stdout.readline()):
            printed += line
            if once in line:
                break
        for shift in itertools.cycle(("3600", "-7200", "0")):
            file.with_suffix(".new").write_text(shift)
            file.with_suffix(".new").replace(file)
            with suppress(subprocess.TimeoutExpired):
                process.wait(every)
                break
        out, err = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, printed + out, err)


def test_a_clock_set_forward_and_back_changes_no_time_of_an_answer(tmp_path: Path) -> None:
    with mock_server("stall", "--set", "stall=0.5", "--set", "period=2") as url:
        arguments = (url, "--rate", "100", "--seconds", "4", "--process", "constant")
        ran = with_set_clock(tmp_path / "shift", "load.trial", *arguments, every=0.3)
    found = Tally.from_json(json.loads(ran.stdout)["tally"]).whole
    assert (found.due, found.right) == (399, 399)
    assert 0.4 < found.times.longest < 5


@pytest.fixture(scope="module")
def run_with_set_clock(tmp_path_factory: pytest.TempPathFactory) -> LedgerView:
    """A run against a community whose clock is right."""
    folder = tmp_path_factory.mktemp("clock")
    with target_file(None, folder) as target:
        arguments = ["--target", str(target), "--results", str(folder), "--shape", "smoke", "--rate", "10"]
        arguments += ["--seconds", "6", "--cases", "2", "--documents", "2", "--inspect", "1", "--set", "mobile=0.5"]
        ran = with_set_clock(folder / "shift", "load", *arguments, once="offered")
    ledger = read_ledger(folder / FILE_NAME)
    assert ledger.load is not None, ran.stdout + ran.stderr
    return ledger


def test_a_run_whose_clock_is_set_has_no_wrong_answers(run_with_set_clock: LedgerView) -> None:
    judgements = run_with_set_clock.judgements
    assert run_with_set_clock.load is not None
    assert run_with_set_clock.load.failures == {}
    assert "needs-clock" not in {each.reason for each in judgements.values()}
    assert judgements["load::inspection"].verdict == "pass"
    assert {measure.name for measure in run_with_set_clock.measures} >= {"GetXUA", "ITI-71 token", "ITI-67", "ITI-18"}


def test_that_the_clock_was_set_is_told(run_with_set_clock: LedgerView) -> None:
    assert run_with_set_clock.load is not None
    assert "the clock of generator was set by -7200 s during the run" in run_with_set_clock.load.left_out


def test_a_clock_that_is_set_gives_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, real = SteadyClock(), time.time
    assert clock.now() == pytest.approx(real(), abs=1)
    monkeypatch.setattr(time, "time", lambda: real() + 3600)
    assert (clock.now(), round(clock.shift)) == (None, 3600)
    monkeypatch.setattr(time, "time", real)
    assert clock.now() == pytest.approx(real(), abs=1)


def test_how_long_a_token_lasts_is_told_by_who_issued_it() -> None:
    assert lifetime_of_claims({"iat": 1000, "exp": 1300}) == 300
    assert lifetime_of_claims({"iat": 1000}) == 0


def test_how_long_an_assertion_lasts_is_told_by_who_issued_it() -> None:
    namespace = 'xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"'
    saml = f'<a:Assertion {namespace} IssueInstant="2030-01-01T00:00:00Z">{{}}</a:Assertion>'
    conditions = '<a:Conditions NotBefore="2029-12-31T23:59:00Z" NotOnOrAfter="2030-01-01T00:05:00Z"/>'
    assert lifetime_of_assertion(saml.format(conditions).encode()) == 300
    assert lifetime_of_assertion(saml.format("").encode()) == 0
