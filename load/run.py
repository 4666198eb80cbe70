"""One load run: prepare, ramp, stop, judge, record."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import gevent
from locust.env import Environment

from fixtures.checks.verdicts import NotJudged, Reason, Verdict
from fixtures.client import Community
from fixtures.ledger import Ledger
from fixtures.target import Target
from fixtures.wire import WireError
from load.journey import Journey, Stage, prepare
from load.verdict import Judgement, Series, judge, percentile

#: catalogue transactions the journey needs
TRANSACTIONS = ("ITI-45", "ITI-18", "ITI-43", "ITI-41", "ITI-44", "GetXUA")


def run_load(target: Target, results: Path, *, users: int, seconds: float, today: date) -> int:
    """Run the journey with ``users`` at once for ``seconds``; returns the exit code of ``python -m load``."""
    ledger = Ledger(results / "ledger.jsonl", secrets=target.secret_values())
    unclaimed = [transaction for transaction in TRANSACTIONS if transaction not in target.claims]
    if unclaimed:
        detail = f"the target does not claim {', '.join(unclaimed)}"
        return _record(ledger, [_unjudged(Verdict.NOT_APPLICABLE, detail)], [], reason="")
    if not target.consent.covers("load", today):
        detail = "[consent] load of the target file does not allow it today"
        return _record(ledger, [_unjudged(Verdict.SKIP, detail)], [], reason=Reason.NEEDS_CONSENT)
    try:
        with Community(target, recorder=ledger.recorder("load")) as community:
            stage = Stage(community, prepare(community, max(2, users)), seconds)
            _ramp(stage, users, seconds)
    except WireError as error:
        return _record(ledger, [_unjudged(Verdict.INCONCLUSIVE, str(error))], [], reason=error.reason)
    except NotJudged as error:
        return _record(ledger, [_unjudged(error.verdict, error.detail)], [], reason=error.reason or "")
    series = list(stage.series.values())
    judgements = [judgement for one in series for judgement in judge(one, target.load)]
    _measure(ledger, series, seconds)
    return _record(ledger, judgements, series, reason="")


def _ramp(stage: Stage, users: int, seconds: float) -> None:
    tls = stage.community.wire.tls_context
    user = type("JourneyUser", (Journey,), {"stage": stage, "host": "", "ssl_context_factory": staticmethod(tls), "insecure": False})
    environment = Environment(user_classes=[user])
    runner = environment.create_local_runner()
    runner.start(users, spawn_rate=users)
    gevent.spawn_later(seconds, runner.quit)
    runner.greenlet.join()


def _unjudged(verdict: Verdict, detail: str) -> Judgement:
    from fixtures.checks.verdicts import Finding

    return Judgement("load::journey", "The journey 45, 18, 43 under load", verdict, Finding("", detail, verdict=verdict))


def _measure(ledger: Ledger, series: Iterable[Series], seconds: float) -> None:
    for one in series:
        ledger.append(
            {
                "record": "measure",
                "name": one.name,
                "requests": one.requests,
                "per_second": one.requests / seconds,
                "p50_ms": percentile(one.milliseconds, 50),
                "p95_ms": percentile(one.milliseconds, 95),
                "p99_ms": percentile(one.milliseconds, 99),
                "failures": len(one.wrong),
            }
        )


def _record(ledger: Ledger, judgements: list[Judgement], series: list[Series], *, reason: str) -> int:
    now = datetime.now(UTC).isoformat()
    ledger.append({"record": "collected", "suite": "load", "tests": [judgement.test for judgement in judgements]})
    for judgement in judgements:
        finding = judgement.finding
        ledger.append(
            {
                "record": "verdict",
                "test": judgement.test,
                "suite": "load",
                "title": judgement.title,
                "requirements": [],
                "verdict": judgement.verdict,
                "reason": str(reason),
                "message": "" if finding is None else f"expected {finding.expected}, received {finding.received}",
                "findings": [] if finding is None else [{"expected": finding.expected, "received": finding.received}],
                "exchanges": [],
                "repeat": "python -m load --target FILE",
                "seconds": 0.0,
                "at": now,
            }
        )
    verdicts = {judgement.verdict for judgement in judgements}
    code = 1 if Verdict.FAIL in verdicts else 2 if verdicts - {Verdict.PASS, Verdict.NOT_APPLICABLE} else 0
    ledger.append({"record": "end", "suite": "load", "exit": code, "counts": {}})
    for one in series:
        print(  # noqa: T201
            f"{one.name:8} {one.requests:6} answers  p50 {percentile(one.milliseconds, 50):6.1f} ms  "
            f"p95 {percentile(one.milliseconds, 95):6.1f} ms  p99 {percentile(one.milliseconds, 99):6.1f} ms  "
            f"{len(one.wrong)} wrong"
        )
    return code
