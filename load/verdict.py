"""From measured answer times and wrong answers to stated verdicts. Pure functions, no network."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from fixtures.checks.verdicts import Finding, Verdict
from fixtures.target import Load


@dataclass
class Series:
    """All answers to one kind of request: milliseconds of the right ones, sentences about the wrong ones."""

    name: str
    milliseconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return len(self.milliseconds) + len(self.wrong)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of all values do not exceed (nearest rank); NaN of nothing."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


@dataclass(frozen=True)
class Judgement:
    """One verdict: ``test`` is its id in the ledger."""

    test: str
    title: str
    verdict: Verdict
    finding: Finding | None = None


def judge(series: Series, limits: Load) -> list[Judgement]:
    """A verdict on the content of the answers and one per threshold.

    A wrong answer is a failure. Nothing measured is inconclusive, never a pass.
    """
    base = f"load::{series.name}"
    if not series.requests:
        nothing = Finding("at least one answer", "none", evidence=(), verdict=Verdict.INCONCLUSIVE)
        return [Judgement(f"{base}::content", f"{series.name}: answers are right", Verdict.INCONCLUSIVE, nothing)]
    wrong = (
        Finding("no wrong answer", f"{len(series.wrong)} of {series.requests}; the first: {series.wrong[0]}")
        if series.wrong
        else None
    )
    content = Judgement(f"{base}::content", f"{series.name}: answers are right", _verdict(wrong), wrong)
    return [content, *(_threshold(series, percent, limit) for percent, limit in _thresholds(limits))]


def _thresholds(limits: Load) -> tuple[tuple[int, float], ...]:
    return ((50, limits.p50_ms), (95, limits.p95_ms), (99, limits.p99_ms))


def _threshold(series: Series, percent: int, limit: float) -> Judgement:
    measured = percentile(series.milliseconds, percent)
    missed = Finding(
        f"p{percent} of at most {limit:.0f} ms", f"{measured:.0f} ms over {len(series.milliseconds)} answers"
    )
    kept = measured <= limit  # NaN compares false: nothing right was answered
    title = f"{series.name}: p{percent} within {limit:.0f} ms"
    return Judgement(
        f"load::{series.name}::p{percent}", title, Verdict.PASS if kept else Verdict.FAIL, None if kept else missed
    )


def _verdict(finding: Finding | None) -> Verdict:
    return Verdict.PASS if finding is None else Verdict.FAIL
