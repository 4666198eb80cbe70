"""``python -m security.fuzz``: see :mod:`security.fuzz`.

Exit codes: 0 no finding, 1 findings, 2 nothing was tried or no consent, 3 our fault, 4 usage.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import security.fuzz
from fixtures.command_line import CommandLine
from security.fuzz.contract import Operation, operation, operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixtures.client import Community

OK, FINDINGS, NOTHING, OURS, USAGE = 0, 1, 2, 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code; what is found is printed, progress goes to standard error."""
    from fixtures.ledger import LedgerError
    from fixtures.suite.embedded import NotStarted
    from fixtures.target import TargetError
    from fixtures.wire import WireError

    given = _parser().parse_args(arguments)
    try:
        return {"run": _run, "replay": _replay, "store": _store}[given.command](given)
    except (TargetError, ValueError, LookupError) as error:
        print(f"fuzz: {error}", file=sys.stderr)
        return USAGE
    except WireError as error:
        print(f"fuzz: {error}", file=sys.stderr)
        return NOTHING
    except (LedgerError, NotStarted) as error:
        print(f"fuzz: {error}", file=sys.stderr)
        return OURS


def _parser() -> CommandLine:
    parser = CommandLine(prog="python -m security.fuzz", description=security.fuzz.__doc__)
    words = "run: send requests (default); replay: recorded ones again; store: make the stored ones anew"
    parser.add_argument("command", nargs="?", choices=("run", "replay", "store"), default="run", help=words)
    parser.add_argument("recording", metavar="LEDGER", nargs="?", type=Path, help="of replay: where they are recorded")
    parser.add_argument("exchanges", metavar="EXCHANGE", nargs="*", help="of replay: evidence numbers (default: all)")
    parser.add_argument("--explore", action="store_true", help="new requests from new seeds instead of the stored ones")
    parser.add_argument("--target", metavar="FILE", type=Path, help="target file (default: the embedded community)")
    parser.add_argument("--operation", metavar="ID", action="append", default=[], help="only this one (repeatable)")
    parser.add_argument("--seconds", metavar="N", type=float, default=0.0, help="of --explore: rounds until then")
    parser.add_argument("--ledger", metavar="FILE", type=Path, help="write the exchanges there")
    parser.add_argument("--fault", metavar="ID", action="append", default=[], help="seed a fault (embedded community)")
    return parser


def _chosen(given: argparse.Namespace) -> Sequence[Operation]:
    return [operation(id_) for id_ in given.operation] or operations()


def _run(given: argparse.Namespace) -> int:
    from security.fuzz.exploring import run

    chosen = _chosen(given)
    with _community(given) as community:
        if not community.target.consent.covers("security", date.today()):
            print(f"fuzz: [consent] security of {community.target.path} does not allow attacks today", file=sys.stderr)
            return NOTHING
        tally = run(community, chosen, explore=given.explore, seconds=given.seconds, say=_say)
    print("\n".join(tally.lines()))
    if tally.found:
        return FINDINGS
    return OK if tally.sent else NOTHING


def _replay(given: argparse.Namespace) -> int:
    from fixtures.ledger import read_ledger
    from security.fuzz.exploring import is_generated, replay

    if given.recording is None:
        raise ValueError("replay needs LEDGER, the file the requests were recorded in")
    ledger = read_ledger(given.recording)
    wanted = [ledger.exchange(id_) for id_ in given.exchanges] or list(filter(is_generated, ledger.exchanges()))
    count = 0
    with _community(given) as community:
        for exchange in wanted:
            found = replay(community, exchange)
            count += len(found)
            print(f"{exchange.id} {exchange.transaction}: {len(found)} findings")
            for rule, finding in found:
                print(f"  ({rule}) {finding}")
    if not wanted:
        return NOTHING
    return FINDINGS if count else OK


def _store(given: argparse.Namespace) -> int:
    from security.fuzz.making import drafts
    from security.fuzz.store import store

    for one in _chosen(given):
        print(f"{one.id}: {store(one, drafts(one))} requests")
    return OK


@contextmanager
def _community(given: argparse.Namespace) -> "Iterator[Community]":
    from fixtures.client import connect
    from fixtures.ledger import Ledger, Redactor
    from fixtures.suite.embedded import target_file
    from fixtures.target import load_target

    if given.fault and given.target:
        raise ValueError("--fault seeds the embedded community only; leave out --target")
    with (
        tempfile.TemporaryDirectory(prefix="eprobe-") as folder,
        target_file(given.target, Path(folder), faults=given.fault) as file,
    ):
        target = load_target(file)
        ledger: Any = Ledger(given.ledger, redactor=Redactor(target.secret_values())) if given.ledger else None
        try:
            with connect(target, ledger.recorder("security.fuzz") if ledger else None) as community:
                yield community
        finally:
            if ledger:
                ledger.close()


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
