"""``python -m conformance.replay FILE... --target TARGET [--transaction NAME] [--ledger FILE] [--json]``.

See :mod:`conformance.replay`.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import conformance.replay
from conformance.replay.replaying import Replayed, replay_file
from conformance.replay.telling import told
from fixtures.checks.catalogue import CatalogueError
from fixtures.checks.verdicts import Verdict
from fixtures.client import connect
from fixtures.command_line import CommandLine
from fixtures.epr.stored import TRANSACTIONS
from fixtures.ledger import Ledger, LedgerError, Redactor
from fixtures.target import Target, TargetError, load_target

OK, FINDINGS, INCONCLUSIVE, OURS, USAGE = 0, 1, 2, 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code; what is found is printed."""
    parser = CommandLine(
        prog="python -m conformance.replay",
        description=conformance.replay.__doc__,
    )
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="recorded requests")
    parser.add_argument("--target", metavar="TARGET", type=Path, required=True, help="target file of the community")
    parser.add_argument("--transaction", metavar="NAME", choices=TRANSACTIONS, default="", help="where none is told")
    parser.add_argument("--ledger", metavar="FILE", type=Path, help="write the exchanges there")
    parser.add_argument("--json", action="store_true", help="for programs")
    given = parser.parse_args(arguments)
    try:
        target = load_target(given.target)
        results = _replay(given.files, target, given.ledger, given.transaction)
    except TargetError as error:
        print(f"replay: {error}", file=sys.stderr)
        return USAGE
    except (CatalogueError, LedgerError) as error:
        print(f"replay: {error}", file=sys.stderr)
        return OURS
    except Exception as error:  # a mistake of ours is never the target's failure
        print(f"replay: our fault, {type(error).__name__}: {error}", file=sys.stderr)
        return OURS
    if given.json:
        print(json.dumps([result.as_json() for result in results], indent=2, ensure_ascii=False))
    else:
        print("\n".join(line for result in results for line in told(result)))
    return exit_code(results)


def _replay(files: Sequence[Path], target: Target, path: Path | None, transaction: str) -> list[Replayed]:
    ledger = Ledger(path, redactor=Redactor(target.secret_values())) if path else None
    try:
        with connect(target, ledger.recorder("conformance.replay") if ledger else None) as community:
            return [result for file in files for result in replay_file(file, community, transaction)]
    finally:
        if ledger:
            ledger.close()


def exit_code(results: Sequence[Replayed]) -> int:
    """The first that applies: a fail, a file with nothing to replay, something inconclusive, all in order."""
    verdicts = {result.verdict for result in results}
    for verdict, code in ((Verdict.FAIL, FINDINGS), (Verdict.ERROR, USAGE), (Verdict.INCONCLUSIVE, INCONCLUSIVE)):
        if verdict in verdicts:
            return code
    return OK


if __name__ == "__main__":
    sys.exit(main())
