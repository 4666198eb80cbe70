"""One load run from its orders to its verdicts: prepare, calibrate, send, judge, record."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from fixtures.checks.verdicts import Finding, NotJudged, Reason, Verdict
from fixtures.client import Community, connect
from fixtures.ledger import FILE_NAME, Collected, Created, End, Ledger, LoadRun, Measure, Redactor
from fixtures.ledger import Judgement as Recorded
from fixtures.suite.beginning import beginning, target_as_json
from fixtures.target import Target
from fixtures.wire import WireError
from load.cases import PREPARATION
from load.inspection import Inspection
from load.locusts import Progress, run_local, run_master, width_of
from load.orders import Orders
from load.party import Party
from load.selfwatch import Calibration, calibrate, clocks, limits
from load.shapes import Shape
from load.tally import Tally, added
from load.telling import Terminal
from load.verdict import Judgement, judge, knee, legs

#: exit codes of ``python -m load``
PASSED, FINDINGS, NO_VERDICT, OURS, USAGE = range(5)
#: ends the reason of a run that was ended because the target failed
_FAILING: Final = "may fail"
#: requests a journey makes at most, where a rate of requests is limited
_REQUESTS: Final = 8


@dataclass(frozen=True)
class Machines:
    """Where a run is sent from: this process, or so many workers that connect to ``bind``."""

    workers: int = 0
    bind: tuple[str, int] = ("127.0.0.1", 5557)
    web_port: int = 0


def run_load(
    target: Target,
    results: Path,
    orders: Orders,
    *,
    today: date,
    machines: Machines | None = None,
    faults: Sequence[str] | None = None,
    stop: Callable[[], str] = lambda: "",
) -> int:
    """Do what ``orders`` say to ``target``; returns the exit code of ``python -m load``.

    ``faults``: those of the embedded community; None when the target is another one. ``stop`` is asked twice a second
    whether the run should end, and says why. Raises ValueError for orders that make no sense.
    """
    shape = orders.made()
    ledger = Ledger(results / FILE_NAME, worker="load", redactor=Redactor(target.secret_values()))
    about = target_as_json(target, embedded=faults is not None, faults=faults or ())
    ledger.write(beginning(about, sys.argv[1:], ledger.redactor))
    if refused := _not_allowed(target, orders, shape, today):
        return _record(ledger, [refused])
    machines = machines or Machines()
    terminal = Terminal(shape, sys.stdout)
    try:
        calibration = calibrate(_requests(orders, shape) / max(1, machines.workers))
        terminal.say(str(calibration))
        look = terminal.watching(lambda progress: stop() or _too_many_errors(progress, orders))
        if machines.workers:
            inspection = None
            progress = run_master(
                orders, shape, look, bind=machines.bind, workers=machines.workers, web_port=machines.web_port
            )
        else:
            inspection = Inspection(target.path, orders.inspect) if orders.inspect else None
            try:
                with connect(target) as community:
                    party = make_party(community, orders, inspection=inspection, shape=shape)
                    progress = run_local(party, orders, shape, look, web_port=machines.web_port)
            finally:
                if inspection is not None:
                    inspection.close()
    except WireError as error:
        return _record(ledger, [_unjudged(Verdict.INCONCLUSIVE, str(error), error.reason)])
    except NotJudged as error:
        return _record(ledger, [_unjudged(error.verdict, error.detail, error.reason or "")])
    for created in progress.created:
        ledger.write(Created(*created))
    if progress.troubles:
        return _record(ledger, [_unjudged(Verdict.ERROR, "; ".join(progress.troubles))])
    limited = limits(progress.watched, progress.tally)
    progress.left_out += (set_clocks := clocks(progress.watched))
    if not calibration.keeps_up:
        limited.append(str(calibration))
    judgements = judge(
        progress.tally,
        shape,
        target.load,
        peak=orders.rate,
        limited=limited,
        lost=[each for each in progress.left_out if each.startswith("worker ")],
        why=progress.why,
        clocks=set_clocks,
        failing=progress.why if progress.why.endswith(_FAILING) else "",
    )
    if inspection is not None:
        judgements += inspected(inspection)
    _write(ledger, target, orders, shape, progress, calibration, inspection)
    code = _record(ledger, judgements)
    terminal.sum_up(progress.tally, judgements, progress.left_out, limited)
    return code


def make_party(
    community: Community,
    orders: Orders,
    *,
    name: str = "generator",
    index: int = 0,
    of: int = 1,
    inspection: Inspection | None = None,
    shape: Shape,
) -> Party:
    """A process that sends, with its cases prepared."""
    tally = Tally(width_of(shape))
    party = Party(community, orders.population, name, orders.documents, orders.room, orders.limit, inspection, tally)
    party.prepare(max(2, orders.cases // of), orders.seed * 1000 + index)
    return party


# --- what is allowed ------------------------------------------------------------------------------


def _not_allowed(target: Target, orders: Orders, shape: Shape, today: date) -> Judgement | None:
    unclaimed = [transaction for transaction in PREPARATION if transaction not in target.claims]
    if unclaimed:
        return _unjudged(Verdict.NOT_APPLICABLE, f"the target does not claim {', '.join(unclaimed)}")
    if not target.consent.covers("load", today):
        detail = "[consent] load of the target file does not allow it today"
        return _unjudged(Verdict.SKIP, detail, Reason.NEEDS_CONSENT)
    most, needed = target.consent.max_rps, _requests(orders, shape)
    if most and needed > most:
        detail = f"the shape needs up to {needed:.0f} requests/s, and [consent] max_rps allows {most:g}"
        return _unjudged(Verdict.SKIP, detail, Reason.NEEDS_CONSENT)
    return None


def _requests(orders: Orders, shape: Shape) -> float:
    """Requests a second at the highest rate of the shape."""
    return shape.highest * _requests_of_a_journey(orders)


def _requests_of_a_journey(orders: Orders) -> float:
    """Their mean number."""
    population = orders.population
    return sum(population.transactions().values()) / sum(population.arrivals().values())


def _too_many_errors(progress: Progress, orders: Orders) -> str:
    """Why the run should end: of the last moments, more failed than may."""
    tally = progress.tally
    recent = sorted(tally.slices)[-max(2, int(5 / tally.width)) :]
    failed = sum(sum(tally.slices[moment].failures.values()) for moment in recent)
    right = sum(tally.slices[moment].right for moment in recent)
    if failed + right >= 20 and failed > orders.errors * (failed + right):
        return f"{failed} of the last {failed + right} requests failed, more than {orders.errors:.0%} {_FAILING}"
    return ""


# --- what is written down -------------------------------------------------------------------------


def inspected(inspection: Inspection) -> list[Judgement]:
    """The verdict of the close look at one answer in n."""
    test, title = "load::inspection", f"One answer in {inspection.every} keeps every rule of its form"
    if inspection.findings:
        found = "; ".join(f"{sentence} ({times} times)" for sentence, times in inspection.findings.most_common(5))
        return [Judgement(test, title, Verdict.FAIL, Finding(f"nothing in {inspection.inspected} answers", found))]
    if not inspection.inspected:
        nothing = Finding("at least one answer looked at", "none", verdict=Verdict.INCONCLUSIVE)
        return [Judgement(test, title, Verdict.INCONCLUSIVE, nothing, Reason.TOO_FEW)]
    return [Judgement(test, title, Verdict.PASS)]


def _unjudged(verdict: Verdict, detail: str, reason: str = "") -> Judgement:
    finding = Finding("a load run", detail, verdict=verdict)
    return Judgement("load::journey", "Journeys under load", verdict, finding, reason)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def _write(
    ledger: Ledger,
    target: Target,
    orders: Orders,
    shape: Shape,
    progress: Progress,
    calibration: Calibration,
    inspection: Inspection | None,
) -> None:
    tally, seconds = progress.tally, sum(shape.legs[number].seconds for number in shape.judged)
    for name in tally.transactions:
        count = added(tally.counts[key] for key in tally.counts if key[1] == name and key[0] in shape.judged)
        p50, p95, p99 = (_ms(count.times.percentile(percent)) for percent in (50, 95, 99))
        ledger.write(Measure(name, count.due, count.right / seconds, p50, p95, p99, count.failed))
    found, each = legs(tally, shape), _requests_of_a_journey(orders)
    last = knee(found, target.load)
    moments = tuple(
        {
            "second": moment * tally.width,
            "offered": piece.due / tally.width,
            "right": piece.right / tally.width,
            **{f"p{percent}_ms": _ms(piece.percentile(percent)) for percent in (50, 95, 99)},
            "failures": dict(piece.failures),
        }
        for moment, piece in sorted(tally.slices.items())
    )
    ledger.write(
        LoadRun(
            shape=shape.name,
            peak=orders.rate,
            seconds=shape.seconds,
            seed=orders.seed,
            process=orders.process,
            plan=tuple(orders.population.explained()),
            legs=tuple(
                {
                    "word": leg.word,
                    "rate": leg.rate,
                    "planned": leg.rate * each,
                    "offered": leg.offered,
                    "right": leg.right,
                    "p95_ms": _ms(leg.p95),
                    "errors": leg.error_share,
                    "holds": leg.holds(target.load),
                }
                for leg in found
            ),
            moments=moments,
            knee="" if last is None else last.word,
            failures=dict(tally.whole.failures),
            generator=tuple(each.as_json() for each in progress.watched),
            calibration=str(calibration),
            lost=tuple(progress.lost),
            left_out=tuple(progress.left_out),
            inspected=0 if inspection is None else inspection.inspected,
            why=progress.why,
        )
    )


def _record(ledger: Ledger, judgements: list[Judgement]) -> int:
    ledger.write(Collected("load", tuple(judgement.test for judgement in judgements)))
    for judgement in judgements:
        finding = judgement.finding
        ledger.write(
            Recorded(
                test=judgement.test,
                suite="load",
                title=judgement.title,
                requirements=(),
                verdict=judgement.verdict,
                reason=judgement.reason,
                message="" if finding is None else str(finding),
                findings=() if finding is None else ({"expected": finding.expected, "received": finding.received},),
                repeat="python -m load --target FILE",
            )
        )
    counts = Counter(str(judgement.verdict) for judgement in judgements)
    code = _exit_code(counts)
    ledger.write(End("load", code, dict(counts)))
    return code


def _exit_code(counts: Counter[str]) -> int:
    if Verdict.ERROR in counts:
        return OURS
    if Verdict.FAIL in counts:
        return FINDINGS
    return NO_VERDICT if set(counts) - {Verdict.PASS, Verdict.NOT_APPLICABLE} else PASSED
