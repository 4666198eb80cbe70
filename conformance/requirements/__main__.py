"""``python -m conformance.requirements [--gate] [--results FILE]``: the catalogue and how far it is covered.

Exit codes: 0 nothing is left without a word, 1 the gate found gaps, 3 our fault (catalogue, collection), 4 usage.
"""

import sys
from pathlib import Path

from conformance.requirements.coverage import ROOT, CollectionError, Coverage, collect, read_proofs, read_verdicts
from fixtures.checks.catalogue import CatalogueError, load_catalogue
from fixtures.checks.rows import rows
from fixtures.command_line import CommandLine

HEAD = ("area", "level", "catalogued", "mapped", "executed", "proven")


def main(arguments: list[str] | None = None) -> int:
    parser = CommandLine(prog="python -m conformance.requirements", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--gate", action="store_true", help="fail when a duty in scope has no test, check or reason")
    parser.add_argument("--results", type=Path, help="results.json of a run (default: reports/out, where there is one)")
    given = parser.parse_args(arguments)
    default = ROOT / "reports" / "out" / "results.json"
    try:
        results = given.results or (default if default.is_file() else None)
        verdicts = read_verdicts(results) if results else {}
    except ValueError as error:
        print(error, file=sys.stderr)
        return 4
    try:
        rows().demand_syntax()  # compiles every check
        coverage = Coverage(load_catalogue(), collect(), verdicts, read_proofs())
    except (CatalogueError, CollectionError) as error:
        print(error, file=sys.stderr)
        return 3
    _print_table(coverage)
    for sentence in coverage.stale():
        print(f"note: {sentence}")
    gaps = list(coverage.gaps())
    for gap in gaps:
        print(f"gap: {gap}")
    print(f"{len(gaps)} gaps" if gaps else "no gaps: every SHALL of the community in scope is accounted for")
    return 1 if gaps and given.gate else 0


def _print_table(coverage: Coverage) -> None:
    lines = [HEAD, *coverage.table()]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    for line in lines:
        cells = [
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    sys.exit(main())
