"""The authorisation matrix as a picture: a row for each record and who turns to it, a column for each act and level.

Everything comes from the ledger: the coordinates from what was collected, what was due from the verdict. A cell that
was collected and not judged has its place, too.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fixtures.checks.verdicts import Verdict
from reports.run import Run, Test

PERMIT: Final = "Permit"
#: what is judged, in the order of the columns: place and action -> (what, by which transaction)
ACTS: Final = {
    ("effect", "ITI-18"): ("found", "ITI-18"),
    ("effect", "ITI-43"): ("retrieved", "ITI-43"),
    ("effect", "ITI-41"): ("published", "ITI-41"),
    ("decision", "ITI-18"): ("ADR about", "ITI-18"),
    ("decision", "ITI-41"): ("ADR about", "ITI-41"),
    ("effect", "PPQ-1-ADD"): ("right given", "PPQ-1"),
}
LEVELS: Final = ("normal", "restricted", "secret", "")
_STATE: Final = {Verdict.PASS: "right", Verdict.WARN: "right", Verdict.FAIL: "wrong", Verdict.ERROR: "wrong"}


@dataclass(frozen=True)
class Cell:
    """One test of the matrix; ``test`` is None where it was collected and has no verdict."""

    id: str
    number: int
    coordinates: Mapping[str, str]
    test: Test | None

    @property
    def verdict(self) -> str:
        return self.test.verdict.value if self.test else "missing"

    @property
    def due(self) -> str:
        """The decision of the policy stack; "" where the test did not come so far."""
        return self.coordinates.get("expected", "")

    @property
    def state(self) -> str:
        """right, wrong, or open: not judged."""
        return _STATE.get(self.test.verdict, "open") if self.test else "open"

    @property
    def sign(self) -> str:
        """+ is due, − is not; a cross beside it where the community does otherwise; ? where nobody knows."""
        due = "+" if self.due == PERMIT else "−" if self.due else ""
        if self.state == "open":
            return "·" if self.verdict == Verdict.NOT_APPLICABLE else "?"
        return due if self.state == "right" else f"{due}✕"

    @property
    def evidence(self) -> tuple[str, ...]:
        """Ids of the exchanges it was judged by; one exchange serves several cells."""
        recorded = self.coordinates.get("evidence", "")
        sent = self.test.exchanges if self.test else ()
        return tuple(dict.fromkeys((*sent[-2:], recorded) if recorded else sent[-2:]))

    @property
    def words(self) -> str:
        """The cell in words."""
        what, action = ACTS[self.place[:2]]
        level = self.coordinates.get("confidentiality", "")
        return f"{self.coordinates['policies']} · {self.who}: {f'{level} document ' if level else ''}{what} {action}"

    @property
    def who(self) -> str:
        about = self.coordinates
        return f"{about['role']} {about['purpose']}, {about['relation']}"

    @property
    def place(self) -> tuple[str, str, str]:
        about = self.coordinates
        return about["at"], about["action"], about.get("confidentiality", "")

    @property
    def told(self) -> str:
        """What stands beside the cell when it is pointed at."""
        lines = [self.words, f"due: {self.due or 'not known'}; {self.verdict}", self.id]
        lines += [self.test.message] if self.test and self.test.message else []
        return "\n".join([*lines, f"evidence {', '.join(self.evidence) or 'none'}"])


@dataclass(frozen=True)
class Row:
    """Who turns to a record, and the cells by column; None where there is no test."""

    role: str
    purpose: str
    relation: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Matrix:
    """``records``: rows by the policies of the patient."""

    cells: tuple[Cell, ...]
    records: Mapping[str, tuple[Row, ...]]

    @property
    def counts(self) -> dict[str, int]:
        """Cells by verdict."""
        found = Counter(cell.verdict for cell in self.cells)
        return {word: found[word] for word in (*map(str, Verdict), "missing") if found[word]}

    @property
    def permitted(self) -> int:
        return sum(cell.due == PERMIT for cell in self.cells)

    @property
    def denied(self) -> int:
        return sum(bool(cell.due) and cell.due != PERMIT for cell in self.cells)

    @property
    def wrong(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.state == "wrong")

    @property
    def halves(self) -> tuple[dict[str, tuple[Row, ...]], ...]:
        """The records in two columns of about the same height."""
        size = sum(len(rows) + 1 for rows in self.records.values())
        halves: tuple[dict[str, tuple[Row, ...]], ...] = ({}, {})
        above = 0
        for policies, rows in self.records.items():
            halves[int(above * 2 >= size)][policies] = rows
            above += len(rows) + 1
        return tuple(half for half in halves if half)


def columns() -> list[tuple[str, str, str]]:
    """Place, action and level of each column."""
    return [
        (at, action, level) for at, action in ACTS for level in (LEVELS[:3] if action != "PPQ-1-ADD" else LEVELS[3:])
    ]


def matrix(run: Run) -> Matrix:
    """The matrix of a run; without cells where it judged none."""
    tests = {test.id: test for test in run.tests}
    coordinates: dict[str, Mapping[str, str]] = {
        id_: about["cell"] for id_, about in run.ledger.about.items() if about.get("cell")
    }
    coordinates |= {test.id: test.cell for test in run.tests if test.cell}
    cells = [
        Cell(id_, number, about, tests.get(id_)) for number, (id_, about) in enumerate(coordinates.items(), start=1)
    ]
    rows: dict[tuple[str, ...], dict[tuple[str, str, str], Cell]] = {}
    for cell in cells:
        key = tuple(cell.coordinates[name] for name in ("policies", "role", "purpose", "relation"))
        rows.setdefault(key, {})[cell.place] = cell
    records: dict[str, tuple[Row, ...]] = {}
    for (policies, role, purpose, relation), found in rows.items():
        row = Row(role, purpose, relation, tuple(found.get(place) for place in columns()))
        records[policies] = (*records.get(policies, ()), row)
    return Matrix(tuple(cells), records)
