"""One run, read from its ledger: tests with their verdicts, requirements with their roll-up.

Every report is a view of a :class:`Run`; none of them counts anything by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fixtures.checks.catalogue import Requirement, load_catalogue
from fixtures.checks.verdicts import Reason, Verdict, roll_up

FAULTS = Path(__file__).parents[1] / "fixtures" / "faults"


@dataclass(frozen=True)
class Test:
    """One executed test: its id, the rows it judges, its verdict and what it saw."""

    __test__ = False

    id: str
    suite: str
    title: str
    requirements: tuple[str, ...]
    verdict: Verdict
    reason: str
    message: str
    findings: tuple[Mapping[str, Any], ...]
    exchanges: tuple[str, ...]
    repeat: str
    seconds: float
    at: str
    #: an observation: a structural row broken on an exchange of a test about something else
    observed_in: str = ""


@dataclass(frozen=True)
class Judged:
    """A catalogue row with what the run says about it."""

    row: Requirement
    tests: tuple[Test, ...]
    #: None: no test ran; then ``reason`` says why
    verdict: Verdict | None
    reason: str
    proven_by: tuple[str, ...]


@dataclass
class Run:
    target: Mapping[str, Any] = field(default_factory=dict)
    tool: Mapping[str, Any] = field(default_factory=dict)
    started: str = ""
    finished: str = ""
    collected: dict[str, list[str]] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)
    observations: list[Test] = field(default_factory=list)
    exchanges: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    #: finished suites and their exit codes
    exits: dict[str, int] = field(default_factory=dict)
    measures: list[Mapping[str, Any]] = field(default_factory=list)
    claims: frozenset[str] = frozenset()

    @property
    def counts(self) -> dict[str, int]:
        """Tests by verdict, every verdict of the closed set listed."""
        found = Counter(test.verdict for test in self.tests)
        return {verdict.value: found[verdict] for verdict in Verdict}

    @property
    def missing(self) -> list[str]:
        """Tests that were collected and have no verdict: an interrupted run."""
        done = {test.id for test in self.tests}
        return [test for tests in self.collected.values() for test in tests if test not in done]

    @property
    def unexpected(self) -> list[str]:
        """Tests with a verdict that were never collected, or with two verdicts: a mistake of ours."""
        collected = {test for tests in self.collected.values() for test in tests}
        counted = Counter(test.id for test in self.tests)
        return [test for test, times in counted.items() if times > 1 or test not in collected]

    def judged(self) -> list[Judged]:
        """Every row of the catalogue, in its order, with the verdict of this run."""
        by_row: dict[str, list[Test]] = defaultdict(list)
        for test in (*self.tests, *self.observations):
            for requirement in test.requirements:
                by_row[requirement].append(test)
        proofs = load_proofs()
        result = []
        for row in load_catalogue().values():
            tests = tuple(by_row.get(row.id, ()))
            verdict = roll_up(test.verdict for test in tests)
            reason = _reason(tests, verdict, row)
            result.append(Judged(row, tests, verdict, reason, proofs.get(row.id, ())))
        return result


def _reason(tests: Iterable[Test], verdict: Verdict | None, row: Requirement) -> str:
    if verdict is None:
        return str(row.reason or "not-executed")
    return next((test.reason for test in tests if test.verdict is verdict and test.reason), "")


def load_proofs(folder: Path = FAULTS) -> dict[str, tuple[str, ...]]:
    """Row id -> ids of the seeded faults that turn its test red (the data of ``fixtures/faults``)."""
    proofs: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.glob("*.yaml")):
        for fault in yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or ():
            for requirement in fault.get("breaks", ()):
                proofs[requirement].append(fault["id"])
    return {requirement: tuple(ids) for requirement, ids in proofs.items()}


def read_run(records: Iterable[Mapping[str, Any]]) -> Run:
    """Build the run from ledger records; the last verdict of a test counts (a resumed run repeats open ones)."""
    run = Run()
    verdicts: dict[str, Test] = {}
    for record in records:
        kind = record.get("record")
        run.finished = record.get("at") or run.finished
        if kind == "run":
            run.started = run.started or record.get("at", "")
            run.target, run.tool = record.get("target", {}), record.get("tool", {})
            run.claims = frozenset(record.get("target", {}).get("claims", ()))
        elif kind == "collected":
            known = run.collected.setdefault(record["suite"], [])
            known += [test for test in record["tests"] if test not in set(known)]
        elif kind == "exchange":
            run.exchanges[record["id"]] = record
        elif kind == "verdict":
            verdicts[record["test"]] = _test(record)
        elif kind == "observation":
            run.observations.append(_observation(record))
        elif kind == "measure":
            run.measures.append(record)
        elif kind == "end":
            run.exits[record["suite"]] = record["exit"]
    run.tests = list(verdicts.values())
    return run


def _test(record: Mapping[str, Any]) -> Test:
    return Test(
        id=record["test"],
        suite=record["suite"],
        title=record.get("title", ""),
        requirements=tuple(record.get("requirements", ())),
        verdict=Verdict(record["verdict"]),
        reason=record.get("reason") or "",
        message=record.get("message") or "",
        findings=tuple(record.get("findings", ())),
        exchanges=tuple(record.get("exchanges", ())),
        repeat=record.get("repeat", ""),
        seconds=float(record.get("seconds", 0)),
        at=record.get("at", ""),
    )


def _observation(record: Mapping[str, Any]) -> Test:
    finding = record["finding"]
    return Test(
        id=f"{record['requirement']} in {record['exchange']}",
        suite="observation",
        title="structural row on a captured exchange",
        requirements=(record["requirement"],),
        verdict=Verdict(record["verdict"]),
        reason="",
        message=f"expected {finding.get('expected')}, received {finding.get('received')}",
        findings=(finding,),
        exchanges=(record["exchange"],),
        repeat="",
        seconds=0.0,
        at=record.get("at", ""),
        observed_in=record["test"],
    )


def readiness(run: Run) -> int:
    """The exit code contract of ``readiness``: 0 ready, 1 findings, 2 incomplete, 3 our fault."""
    verdicts = {test.verdict for test in (*run.tests, *run.observations)}
    if Verdict.ERROR in verdicts or run.unexpected or any(code in (3, 4) for code in run.exits.values()):
        return 3
    if Verdict.FAIL in verdicts:
        return 1
    judged_something = verdicts & {Verdict.PASS, Verdict.WARN}
    if run.missing or Verdict.INCONCLUSIVE in verdicts or not judged_something or _unjudged(run):
        return 2
    return 0


#: skips that leave a claimed requirement open: something the target file could have provided
_OPEN = {
    Reason.NEEDS_CONSENT,
    Reason.NEEDS_USER,
    Reason.NEEDS_FRESH_PATIENTS,
    Reason.READ_ONLY,
    Reason.INTERRUPTED,
    Reason.NEEDS_TOOL,
}


def _unjudged(run: Run) -> bool:
    """A claimed SHALL that was skipped only for lack of consent, users, patients or a tool."""
    return any(
        judged.verdict is Verdict.SKIP and judged.row.level == "shall" and judged.reason in _OPEN
        for judged in run.judged()
    )
