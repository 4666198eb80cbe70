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

from fixtures.command_line import CommandLine
from fixtures.ledger import FILE_NAME, End, Ledger, LedgerError, set_aside
from reports.interruption import Interruption
from reports.write import summary, write_reports

INCOMPLETE, OURS, USAGE = 2, 3, 4
SUITES = ("conformance", "security", "load")
#: seconds the embedded community may take until it serves
START_LIMIT = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = CommandLine(prog="python -m reports.readiness", description=__doc__)
    parser.add_argument("--target", type=Path, help="target file of the community; default: the embedded community")
    parser.add_argument("--results", type=Path, default=Path("reports/out"), help="folder of the reports (%(default)s)")
    parser.add_argument("--resume", action="store_true", help="go on with the ledger of an interrupted run")
    parser.add_argument("--workers", default="2", help="pytest workers (%(default)s)")
    parser.add_argument("--fhir-validator", help="second opinion on the FHIR answers: validator_cli.jar or a URL")
    parser.add_argument("--fhir-ig", action="append", default=[], help="implementation guide for it (repeatable)")
    parser.add_argument("--no-allure-html", action="store_true", help="leave out the HTML that Allure makes with node")
    options = parser.parse_args(arguments)
    if options.target and not options.target.is_file():
        print(f"readiness: {options.target}: no such target file", file=sys.stderr)  # noqa: T201
        return USAGE
    try:
        options.results.mkdir(parents=True, exist_ok=True)
        with Interruption() as interruption:
            return _run(options, interruption)
    except OSError as error:
        sentence = f"cannot write to {options.results} ({error.strerror}): choose another folder with --results"
        print(f"readiness: {sentence}", file=sys.stderr)  # noqa: T201
        return OURS
    except LedgerError as error:
        print(f"readiness: {error}", file=sys.stderr)  # noqa: T201
        return OURS


def _run(options: argparse.Namespace, interruption: Interruption) -> int:
    path = options.results / FILE_NAME
    if not options.resume:
        set_aside(path)
    with _target(options.target) as target:
        for suite in SUITES:
            code = interruption.run(_command(suite, target, options))
            if code == USAGE:
                return USAGE
            _note(path, suite, code)
            if interruption.happened:
                break
    html = not options.no_allure_html and not interruption.happened
    code = summary(write_reports(options.results, allure_html=html), options.results)
    if interruption.happened:
        print(f"Interrupted: what was judged is kept in {path}; --resume goes on.", file=sys.stderr)  # noqa: T201
    return code


def _command(suite: str, target: Path, options: argparse.Namespace) -> list[str]:
    common = ["--target", str(target), "--results", str(options.results), "--resume"]
    if suite == "load":
        return [sys.executable, "-m", "load", *common]
    opinion = ["--fhir-validator", options.fhir_validator] if options.fhir_validator else []
    opinion += [word for guide in options.fhir_ig for word in ("--fhir-ig", guide)]
    return [sys.executable, "-m", "pytest", "-q", "-n", options.workers, *common, *opinion, suite]


def _note(path: Path, suite: str, code: int) -> None:
    """How the program of a suite ended, and that the later ones have not: a ledger without that would look whole."""
    later = SUITES[SUITES.index(suite) + 1 :]
    ledger = Ledger(path, worker="readiness")
    for record in (End(suite, code, {}), *(End(each, INCOMPLETE, {}) for each in later)):
        ledger.write(record)
    ledger.close()


@contextlib.contextmanager
def _target(given: Path | None) -> Iterator[Path]:
    """The target file; without one the embedded community runs while the suites do."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="eprobe-") as folder:
        file = Path(folder) / "target.toml"
        command = [sys.executable, "-m", "fixtures.community", "--write-target", str(file), "--until-stdin-closes"]
        # a session of its own: Ctrl-C is for us, and tests in flight still get their answers
        with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
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
