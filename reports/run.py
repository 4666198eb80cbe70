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
from fixtures.ledger import Judgement, LedgerView, Measure, Observation

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
    #: coordinates of a test that is a cell of the authorisation matrix
    cell: Mapping[str, str] = field(default_factory=dict)
    #: the audit records it looked at (``fixtures.checks.audit_seen``)
    audit: tuple[Mapping[str, Any], ...] = ()
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
    ledger: LedgerView
    tests: list[Test]
    observations: list[Test]

    @property
    def target(self) -> Mapping[str, Any]:
        return self.ledger.runs[-1].target if self.ledger.runs else {}

    @property
    def tool(self) -> Mapping[str, str]:
        return self.ledger.runs[-1].tool if self.ledger.runs else {}

    @property
    def started(self) -> str:
        return self.ledger.runs[0].at if self.ledger.runs else ""

    @property
    def finished(self) -> str:
        return self.ledger.ends[-1].at if self.ledger.ends else ""

    @property
    def measures(self) -> list[Measure]:
        return self.ledger.measures

    @property
    def collected(self) -> Mapping[str, str]:
        """Collected test -> suite."""
        return self.ledger.collected

    @property
    def missing(self) -> list[str]:
        """Tests that were collected and have no verdict: an interrupted run."""
        return self.ledger.missing

    @property
    def unexpected(self) -> list[str]:
        """Tests with a verdict that were never collected: a mistake of ours."""
        return [test.id for test in self.tests if test.id not in self.ledger.collected]

    @property
    def counts(self) -> dict[str, int]:
        """Tests by verdict, every verdict of the closed set listed."""
        found = Counter(test.verdict for test in self.tests)
        return {verdict.value: found[verdict] for verdict in Verdict}

    def judged(self) -> list[Judged]:
        """Every row of the catalogue, in its order, with the verdict of this run."""
        by_row: dict[str, list[Test]] = defaultdict(list)
        for test in (*self.tests, *self.observations):
            for requirement in test.requirements:
                by_row[requirement].append(test)
        proofs = load_proofs()
        result = []
        for row in load_catalogue():
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


def read_run(ledger: LedgerView) -> Run:
    """The run a ledger tells of; the last verdict of a test counts (a resumed run repeats open ones)."""
    tests = [_test(judgement) for judgement in ledger.judgements.values()]
    # a test that an interruption made run twice has observed the same twice
    observations = {(each.test, each.requirement): each for each in ledger.observations}
    return Run(ledger, tests, [_observation(observation) for observation in observations.values()])


def _test(judgement: Judgement) -> Test:
    return Test(
        id=judgement.test,
        suite=judgement.suite,
        title=judgement.title,
        requirements=judgement.requirements,
        verdict=Verdict(judgement.verdict),
        reason=judgement.reason,
        message=judgement.message,
        findings=judgement.findings,
        exchanges=judgement.exchanges or _cited(judgement.findings),
        repeat=judgement.repeat,
        seconds=judgement.seconds,
        at=judgement.at,
        cell=judgement.cell,
        audit=judgement.audit,
    )


def _cited(findings: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The exchanges that findings name: a test may judge what was sent before it began."""
    return tuple(dict.fromkeys(str(id_) for finding in findings for id_ in finding.get("evidence", ())))


def _observation(observation: Observation) -> Test:
    finding = observation.finding
    return Test(
        id=f"{observation.requirement} in {observation.exchange}",
        suite="observation",
        title="structural row on a captured exchange",
        requirements=(observation.requirement,),
        verdict=Verdict(observation.verdict),
        reason="",
        message=f"expected {finding.get('expected')}, received {finding.get('received')}",
        findings=(finding,),
        exchanges=(observation.exchange,),
        repeat="",
        seconds=0.0,
        at="",
        observed_in=observation.test,
    )


def readiness(run: Run) -> int:
    """The exit code contract of ``readiness``: 0 ready, 1 findings, 2 incomplete, 3 our fault."""
    verdicts = {test.verdict for test in (*run.tests, *run.observations)}
    ends = {end.suite: end.exit for end in run.ledger.ends}  # the last end of each suite
    if Verdict.ERROR in verdicts or run.unexpected or set(ends.values()) & {3, 4} or _lost(run, ends):
        return 3
    if Verdict.FAIL in verdicts:
        return 1
    judged_something = verdicts & {Verdict.PASS, Verdict.WARN}
    if run.missing or _cut_short(run, ends) or Verdict.INCONCLUSIVE in verdicts or not judged_something:
        return 2
    return 2 if _unjudged(run) else 0


def _lost(run: Run, ends: Mapping[str, int]) -> bool:
    """A suite ended in order and one of its tests has no verdict, or it fell before it had collected any."""
    fell = ends.keys() - set(run.collected.values())
    return any(ends.get(run.collected[test]) in (0, 1, 5) for test in run.missing) or 1 in map(ends.get, fell)


def _cut_short(run: Run, ends: Mapping[str, int]) -> bool:
    """A suite that was interrupted, never began, found no test, or judged nothing for lack of consent and the like."""
    collected = set(run.collected.values())
    barred = {test.suite for test in run.tests if test.verdict is Verdict.SKIP and test.reason in _OPEN}
    return any(
        code == 2 or code < 0 or suite not in collected or (code == 5 and suite in barred)
        for suite, code in ends.items()
    )


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
