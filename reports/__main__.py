"""``python -m reports [FOLDER]``: write the reports of an existing ledger again."""

import sys
from pathlib import Path

from fixtures.ledger import LedgerError
from reports.write import summary, write_reports


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("reports/out")
    if not (folder / "ledger.jsonl").is_file():
        print(f"reports: {folder / 'ledger.jsonl'} does not exist", file=sys.stderr)
        return 4
    try:
        return summary(write_reports(folder), folder)
    except LedgerError as error:
        print(f"reports: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
