"""``python -m conformance.judge FILE... [--request FILE] [--transaction NAME] [--target FILE] [--json]``.

See :mod:`conformance.judge`.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import conformance.judge
from conformance.judge.judging import Result, judge_files
from conformance.judge.register import RegisterError, load_register
from conformance.judge.telling import told
from fixtures.checks.catalogue import CatalogueError
from fixtures.command_line import CommandLine
from fixtures.epr.stored import TRANSACTIONS, NotReadable, Stored, read_file
from fixtures.suite.watch import facts_of
from fixtures.target import Target, TargetError, load_target

OK, FINDINGS, OURS, USAGE, NOTHING = 0, 1, 3, 4, 5


class _Usage(Exception):
    """The command cannot be carried out as it was given."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code; what is found is printed."""
    parser = CommandLine(
        prog="python -m conformance.judge",
        description=conformance.judge.__doc__,
    )
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="stored messages")
    parser.add_argument("--request", metavar="FILE", type=Path, help="the request the response in FILE answers")
    parser.add_argument(
        "--transaction", choices=TRANSACTIONS, metavar="NAME", default="", help="where no message tells"
    )
    parser.add_argument("--target", metavar="FILE", type=Path, help="target file of the community")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    try:
        facts = _facts(load_target(given.target)) if given.target else None
        request = _request(given.request, given.files) if given.request else None
        results = judge_files(
            given.files, register=load_register(), request=request, facts=facts, transaction=given.transaction
        )
    except (_Usage, TargetError) as error:
        print(f"judge: {error}", file=sys.stderr)
        return USAGE
    except (RegisterError, CatalogueError) as error:
        print(f"judge: {error}", file=sys.stderr)
        return OURS
    except Exception as error:  # a mistake of ours is never a finding
        print(f"judge: our fault, {type(error).__name__}: {error}", file=sys.stderr)
        return OURS
    if given.json:
        print(json.dumps([result.as_json() for result in results], indent=2, ensure_ascii=False))
    else:
        print("\n".join(told(results)))
    return exit_code(results)


def exit_code(results: Sequence[Result]) -> int:
    """A fail counts before what cannot be read, and that before the rest; nothing judged is never 0."""
    if any(said.counts for result in results for said in result.said):
        return FINDINGS
    if any(result.error for result in results):
        return USAGE
    return OK if any(result.rows for result in results) else NOTHING


def _facts(target: Target) -> dict[str, str]:
    """What the messages must fit; not our own sender and local domain: others may have sent them."""
    return {name: value for name, value in facts_of(target).items() if name not in ("local", "sender")}


def _request(path: Path, files: Sequence[Path]) -> Stored:
    if len(files) != 1:
        raise _Usage("--request belongs to one response: give one FILE")
    try:
        messages = read_file(path)
    except NotReadable as error:
        raise _Usage(f"{path}: {error}") from None
    found = [message for message in messages if message.kind.direction == "request"]
    if len(found) != 1:
        raise _Usage(f"{path}: one request is needed, it holds {len(found)}")
    return found[0]


if __name__ == "__main__":
    sys.exit(main())
