"""``python -m reports.readiness``: judge a community with every suite and write every report.

The suites run as programs of their own (pytest, Locust) against one target and write into one ledger; this module
starts them, reads the ledger and decides the exit code: 0 ready, 1 findings, 2 incomplete, 3 our fault, 4 usage or
configuration.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixtures.ledger import LedgerError
from reports.write import summary, write_reports

FINDINGS, INCOMPLETE, OURS, USAGE = 1, 2, 3, 4
#: seconds the embedded community may take until it serves
START_LIMIT = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m reports.readiness", description=__doc__)
    parser.add_argument("--target", type=Path, help="target file of the community; default: the embedded community")
    parser.add_argument("--results", type=Path, default=Path("reports/out"), help="folder of the reports (%(default)s)")
    parser.add_argument("--resume", action="store_true", help="go on with the ledger of an interrupted run")
    parser.add_argument("--workers", default="2", help="pytest workers (%(default)s)")
    parser.add_argument("--no-allure-html", action="store_true", help="leave out the HTML that Allure makes with node")
    options = parser.parse_args(arguments)
    if options.target and not options.target.is_file():
        print(f"readiness: {options.target}: no such target file", file=sys.stderr)  # noqa: T201
        return USAGE
    try:
        options.results.mkdir(parents=True, exist_ok=True)
        return _run(options)
    except OSError as error:
        print(f"readiness: cannot write to {options.results}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return OURS
    except LedgerError as error:
        print(f"readiness: {error}", file=sys.stderr)  # noqa: T201
        return OURS


def _run(options: argparse.Namespace) -> int:
    ledger = options.results / "ledger.jsonl"
    if not options.resume:
        ledger.unlink(missing_ok=True)
    with _target(options.target) as target:
        common = ["--target", str(target), "--results", str(options.results)]
        resume = ["--resume"] if ledger.exists() else []
        again = ["--resume"]
        suites = (
            [sys.executable, "-m", "pytest", "-q", "-n", options.workers, *common, *resume, "conformance"],
            [sys.executable, "-m", "pytest", "-q", "-n", options.workers, *common, *again, "security"],
            [sys.executable, "-m", "load", *common, *again],
        )
        for command in suites:
            code = subprocess.run(command, check=False).returncode
            if code == USAGE:
                return USAGE
            if code == 2 or code < 0:  # interrupted: what was measured is reported
                break
    run = write_reports(options.results, allure_html=not options.no_allure_html)
    return summary(run, options.results)


@contextlib.contextmanager
def _target(given: Path | None) -> Iterator[Path]:
    """The target file; without one the embedded community runs while the suites do."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="eprobe-") as folder:
        file = Path(folder) / "target.toml"
        command = [sys.executable, "-m", "fixtures.community", "--port", "0", "--write-target", str(file)]
        with subprocess.Popen([*command, "--until-stdin-closes"], stdin=subprocess.PIPE) as process:
            try:
                _await(process, file)
                yield file
            finally:
                process.terminate()


def _await(process: subprocess.Popen[bytes], file: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise LedgerError("the embedded community did not start; see its message above")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
