"""A run over several processes: the same load as from one, and a lost worker is seen and named."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fixtures.ledger import FILE_NAME, LedgerView, read_ledger
from fixtures.suite.embedded import target_file

ROOT = Path(__file__).parents[1]
ORDERS = ("--shape", "smoke", "--rate", "10", "--cases", "4", "--documents", "2", "--inspect", "0")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with target_file(None, tmp_path_factory.mktemp("community")) as file:
        yield file


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def workers(target: Path, port: int, *names: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    base = [sys.executable, "-m", "load", "worker", "--target", str(target), "--master", f"127.0.0.1:{port}", "--name"]
    started = [
        subprocess.Popen([*base, name], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name in names
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def master(target: Path, results: Path, port: int, seconds: int) -> subprocess.Popen[str]:
    made = [sys.executable, "-m", "load", "--target", str(target), "--results", str(results), *ORDERS]
    made += ["--seconds", str(seconds), "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    return subprocess.Popen(made, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ledger_of(results: Path) -> LedgerView:
    return read_ledger(results / FILE_NAME)


def test_two_workers_send_what_one_process_sends(target: Path, tmp_path: Path) -> None:
    port = free_port()
    with workers(target, port, "alpha", "beta"), master(target, tmp_path / "two", port, 3) as process:
        process.communicate(timeout=120)
    made = [sys.executable, "-m", "load", "--target", str(target), "--results", str(tmp_path / "one"), *ORDERS]
    subprocess.run([*made, "--seconds", "3"], cwd=ROOT, capture_output=True, timeout=120, check=False)
    one, two = ({m.name: m.requests for m in ledger_of(tmp_path / name).measures} for name in ("one", "two"))
    assert two == one
    load = ledger_of(tmp_path / "two").load
    assert load is not None
    assert {each["name"] for each in load.generator} == {"alpha", "beta"}


def test_a_lost_worker_is_named_and_nothing_passes(target: Path, tmp_path: Path) -> None:
    port = free_port()
    with workers(target, port, "alpha", "beta") as started, master(target, tmp_path, port, 15) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "steady" in line:
                break
        os.kill(started[1].pid, signal.SIGKILL)
        process.communicate(timeout=120)
    ledger = ledger_of(tmp_path)
    assert ledger.load is not None
    assert any(sentence.startswith("worker beta was lost") for sentence in ledger.load.left_out)
    assert process.returncode == 2
    assert {judgement.reason for judgement in ledger.judgements.values()} == {"worker-lost"}
    assert sum(measure.requests for measure in ledger.measures) > 0
