"""``python -m load``: put load on a community and say whether it carried it.

Tokens and patients are made before the ramp. Success is decided by what the answer says, not by HTTP 200. The run
leaves one ``measure`` record per request name and one verdict per threshold in the ledger.
Exit codes: 0 every threshold kept, 1 findings, 2 no verdict (no consent, target lost), 3 our fault, 4 usage.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from gevent import monkey

monkey.patch_all()


def main(arguments: Sequence[str] | None = None) -> int:
    from fixtures.ledger import LedgerError
    from fixtures.target import TargetError, load_target
    from load.run import run_load

    parser = argparse.ArgumentParser(prog="python -m load", description="Put load on a community.")
    parser.add_argument("--target", type=Path, required=True, help="target file of the community")
    parser.add_argument("--results", type=Path, default=Path("reports/out"), help="folder of the ledger (%(default)s)")
    parser.add_argument("--users", type=int, help="simultaneous users; default: [load] of the target file")
    parser.add_argument("--seconds", type=float, help="duration; default: [load] of the target file")
    parser.add_argument("--resume", action="store_true", help="append to the ledger of the folder")
    options = parser.parse_args(arguments)
    try:
        target = load_target(options.target)
        return run_load(
            target,
            options.results,
            users=options.users or target.load.users,
            seconds=options.seconds or target.load.seconds,
            today=date.today(),
        )
    except TargetError as error:
        print(error, file=sys.stderr)
        return 4
    except LedgerError as error:
        print(f"load: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
