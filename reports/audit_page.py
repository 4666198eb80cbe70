"""The audit table in the readiness page: one line for each record type, one sign for each thing that can be wrong.

From the ledger alone: what each test saw of the records (``Judgement.audit``) and the verdict it got.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fixtures.checks.audit_seen import ONCE, THERE
from fixtures.checks.audit_words import ASPECTS
from fixtures.checks.verdicts import Verdict, roll_up
from fixtures.epr.audit_table import RecordRule, audit_table, security_table
from reports.run import Run, Test

#: columns -> heading
COLUMNS: Final = {
    "success": "there on success",
    "refusal": "there on refusal",
    ONCE: "none doubled",
    "event": "event and source",
    "participants": "participants",
    "objects": "objects",
    "outcome": "outcome",
    "purpose": "purpose of use",
}
assert ASPECTS.keys() < COLUMNS.keys()


@dataclass(frozen=True)
class Cell:
    """``tests``: those that judged it, and what each said; ``verdict`` None: no test of this run judged it."""

    tests: Mapping[str, Verdict]
    #: a row of the catalogue that a test which saw something wrong cites
    row: str = ""

    @property
    def verdict(self) -> Verdict | None:
        return roll_up(self.tests.values())

    @property
    def told(self) -> str:
        """The cell in words."""
        wrong = sum(said is not Verdict.PASS for said in self.tests.values())
        if not self.tests:
            return "not judged"
        tests = f"{len(self.tests)} test{'' if len(self.tests) == 1 else 's'}"
        return f"wrong in {wrong} of {tests}" if wrong else f"right in {tests}"


@dataclass(frozen=True)
class Line:
    """One record type of the table."""

    name: str
    transaction: str
    side: str
    event: str
    source: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Picture:
    lines: tuple[Line, ...]
    #: tests that looked at records, by their verdict
    tests: Mapping[Verdict, int]

    @property
    def counts(self) -> dict[str, int]:
        """Cells that are right, wrong and not judged."""
        verdicts = [cell.verdict for line in self.lines for cell in line.cells.values()]
        right = verdicts.count(Verdict.PASS)
        return {
            "right": right,
            "wrong": len(verdicts) - right - verdicts.count(None),
            "not judged": verdicts.count(None),
        }


def picture(run: Run) -> Picture:
    """The table as this run saw it."""
    seen: dict[tuple[str, str], dict[str, Verdict]] = defaultdict(dict)
    rows: dict[tuple[str, str], str] = {}
    looked = [test for test in run.tests if test.audit]
    for test in looked:
        for record, column, is_right in _told(test):
            said = Verdict.PASS if is_right else test.verdict
            before = seen[record, column].get(test.id, said)
            seen[record, column][test.id] = roll_up((before, said)) or said
            if not is_right:
                rows.setdefault((record, column), next(iter(test.requirements), ""))
    lines = []
    for name, transaction, side, event, source in _records(name for name, _ in seen):
        cells = {column: Cell(dict(seen.get((name, column), {})), rows.get((name, column), "")) for column in COLUMNS}
        lines.append(Line(name, transaction, side, event, source, cells))
    verdicts = [test.verdict for test in looked]
    return Picture(tuple(lines), {verdict: verdicts.count(verdict) for verdict in Verdict if verdict in verdicts})


def contradictions(run: Run) -> list[str]:
    """Tests that saw something wrong and passed: the picture and the counts would not tell the same."""
    return [
        f"{test.id} saw a wrong audit record and has the verdict {test.verdict}"
        for test in run.tests
        if test.verdict is Verdict.PASS and any(not is_right for _, _, is_right in _told(test))
    ]


def _told(test: Test) -> Iterator[tuple[str, str, bool]]:
    """Record, column, and whether it was right."""
    for seen in test.audit:
        for word, is_right in (("right", True), ("wrong", False)):
            for said in seen.get(word, ()):
                yield str(seen["record"]), _column(said, seen), is_right


def _column(said: str, seen: Mapping[str, Any]) -> str:
    return said if said != THERE else "refusal" if seen.get("refused") else "success"


def _records(seen: Iterable[str]) -> Iterator[tuple[str, str, str, str, str]]:
    """Name, transaction, side, event and source of each entry of the table; names nobody knows come last."""
    unknown = dict.fromkeys(seen)
    for rules in audit_table().values():
        for rule in rules:
            unknown.pop(rule.name, None)
            yield rule.name, rule.transaction, f"{rule.actor}, {rule.server}", _event(rule), rule.source
    for other in security_table():
        unknown.pop(other.name, None)
        codes = " or ".join(each.code for each in other.event)
        kind = f" {other.type.code}" if other.type else ""
        yield other.name, other.name, "the node or actor itself", f"{codes}{kind} {other.action}", other.source
    for name in unknown:
        yield name, name, "", "", ""


def _event(rule: RecordRule) -> str:
    message = f", {rule.when}" if rule.when else ""
    return f"{rule.event.code} {rule.type.code} {rule.action}{message}"
