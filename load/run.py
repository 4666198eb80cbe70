"""One load run: prepare, ramp, stop, judge, record."""

import ssl
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment

from fixtures.checks.verdicts import Finding, NotJudged, Reason, Verdict
from fixtures.client import connect
from fixtures.ledger import FILE_NAME, Collected, End, Ledger, Measure, Redactor
from fixtures.ledger import Judgement as Recorded
from fixtures.suite.beginning import beginning, target_as_json
from fixtures.target import Target
from fixtures.trust.client_context import client_context
from fixtures.wire import WireError
from load.journey import Journey, Stage, prepare
from load.verdict import Judgement, Series, judge, percentile

#: seconds the first journey may take beyond the time of the run
FIRST_JOURNEY = 60.0

#: transactions the journey and its preparation need
TRANSACTIONS = ("GetXUA", "ITI-44", "ITI-45", "ITI-41", "ITI-18", "ITI-43")


def run_load(
    target: Target, results: Path, *, users: int, seconds: float, today: date, faults: Sequence[str] | None = None
) -> int:
    """Run the journey with ``users`` at once for ``seconds``; returns the exit code of ``python -m load``.

    ``faults``: those of the embedded community; None when the target is another one.
    """
    ledger = Ledger(results / FILE_NAME, worker="load", redactor=Redactor(target.secret_values()))
    about = target_as_json(target, embedded=faults is not None, faults=faults or ())
    ledger.write(beginning(about, sys.argv[1:], ledger.redactor))
    unclaimed = [transaction for transaction in TRANSACTIONS if transaction not in target.claims]
    if unclaimed:
        return _record(ledger, [_unjudged(Verdict.NOT_APPLICABLE, f"the target does not claim {', '.join(unclaimed)}")])
    if not target.consent.covers("load", today):
        detail = "[consent] load of the target file does not allow it today"
        return _record(ledger, [_unjudged(Verdict.SKIP, detail)], reason=Reason.NEEDS_CONSENT)
    try:
        with connect(target) as community:
            stage = Stage(community, prepare(community, max(2, users)), seconds)
            mistakes = _ramp(stage, users, seconds)
    except WireError as error:
        return _record(ledger, [_unjudged(Verdict.INCONCLUSIVE, str(error))], reason=error.reason)
    except NotJudged as error:
        return _record(ledger, [_unjudged(error.verdict, error.detail)], reason=error.reason or "")
    if mistakes:
        return _record(ledger, [_unjudged(Verdict.ERROR, mistakes[0])])
    judgements = [judgement for one in stage.series.values() for judgement in judge(one, target.load)]
    for one in stage.series.values():
        measure = _measure(one, stage.seconds)
        ledger.write(measure)
        print(_line(measure))  # noqa: T201
    return _record(ledger, judgements)


def _ramp(stage: Stage, users: int, seconds: float) -> list[str]:
    """Run the users; returns the messages of exceptions in our own code."""
    tls = stage.community.target.tls

    def context() -> ssl.SSLContext:
        if tls.client is None:
            return client_context(tls.ca)
        return client_context(tls.ca, tls.client.certificate, tls.client.key.reveal())

    host = stage.community.url("ITI-18")
    known = {"stage": stage, "host": host, "ssl_context_factory": staticmethod(context), "insecure": False}
    user = type("JourneyUser", (Journey,), known)
    runner = Environment(user_classes=[user]).create_local_runner()
    begun = time.monotonic()
    runner.start(users, spawn_rate=users)
    gevent.spawn(_end, stage, runner, seconds)
    runner.greenlet.join()
    stage.seconds = time.monotonic() - begun
    return [str(trouble["msg"]) for trouble in runner.exceptions.values()]


def _end(stage: Stage, runner: Any, seconds: float) -> None:
    """Stop when the time is over, but not before one journey was travelled: a slow target is slow, not unmeasured."""
    gevent.sleep(seconds)
    stage.travelled.wait(FIRST_JOURNEY)
    runner.quit()


def _unjudged(verdict: Verdict, detail: str) -> Judgement:
    title = "The journey ITI-45, ITI-18, ITI-43 under load"
    return Judgement("load::journey", title, verdict, Finding("a load run", detail, verdict=verdict))


def _measure(series: Series, seconds: float) -> Measure:
    p50, p95, p99 = (
        percentile(series.milliseconds, percent) if series.milliseconds else None for percent in (50, 95, 99)
    )
    return Measure(series.name, series.requests, series.requests / seconds, p50, p95, p99, len(series.wrong))


def _record(ledger: Ledger, judgements: list[Judgement], *, reason: str = "") -> int:
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
                reason=reason,
                message="" if finding is None else str(finding),
                findings=() if finding is None else ({"expected": finding.expected, "received": finding.received},),
                repeat="python -m load --target FILE",
            )
        )
    counts = Counter(str(judgement.verdict) for judgement in judgements)
    code = (
        3
        if Verdict.ERROR in counts
        else 1
        if Verdict.FAIL in counts
        else 2
        if set(counts) - {Verdict.PASS, Verdict.NOT_APPLICABLE}
        else 0
    )
    ledger.write(End("load", code, dict(counts)))
    return code


def _line(measure: Measure) -> str:
    times = "  ".join(
        f"{name} {'-' if value is None else f'{value:.1f} ms'}"
        for name, value in (("p50", measure.p50_ms), ("p95", measure.p95_ms), ("p99", measure.p99_ms))
    )
    return (
        f"{measure.name:8} {measure.requests:6} answers  {measure.per_second:7.1f}/s  {times}  {measure.failures} wrong"
    )
