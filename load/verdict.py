"""From what was counted to stated verdicts. Pure functions, no network.

Content: every answer in a judged leg is right. Thresholds: percentiles of the time since a request was due. Rule: what
the shape asks (the knee, recovery, no growth). Where the generator was the bottleneck, or a part of it was lost, a good
figure is never a pass and a bad one never a fail: inconclusive. A wrong answer stays wrong, whoever was slow.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fixtures.checks.verdicts import Finding, Reason, Verdict
from fixtures.target import Load
from load.shapes import Shape
from load.tally import OURS, Count, Tally, added

#: right answers of a kind below which no percentile but the median is stated
ENOUGH: Final = 20
#: part of the arrivals that must have been answered right, where a leg holds
RIGHT: Final = 0.98
_TO_ITS_END: Final = "The run went to its end"
#: how much a soak may slow down from its first to its last part
GROWTH: Final = 1.2


@dataclass(frozen=True)
class Judgement:
    """One verdict: ``test`` is its id in the ledger."""

    test: str
    title: str
    verdict: Verdict
    finding: Finding | None = None
    reason: str = ""


@dataclass(frozen=True)
class Leg:
    """How one leg of the shape went. ``offered`` and ``right`` are requests a second."""

    word: str
    rate: float
    offered: float
    right: float
    p95: float | None
    error_share: float

    def holds(self, limits: Load) -> bool:
        """Answers are right, and the percentile is kept."""
        keeps = self.p95 is not None and self.p95 * 1000 <= limits.p95_ms
        return keeps and self.error_share <= limits.errors and self.right >= RIGHT * self.offered


def legs(tally: Tally, shape: Shape) -> list[Leg]:
    """The judged legs, in order."""
    found = []
    for number in shape.judged:
        leg, count = shape.legs[number], tally.in_leg(number)
        offered, right = count.due / leg.seconds, count.right / leg.seconds
        rate = (leg.begin + leg.end) / 2
        found.append(Leg(shape.words[number], rate, offered, right, count.times.percentile(95), count.error_share))
    return found


def knee(found: Sequence[Leg], limits: Load) -> Leg | None:
    """The last leg before the first one that does not hold."""
    last = None
    for leg in found:
        if not leg.holds(limits):
            return last
        last = leg
    return last


def judge(
    tally: Tally,
    shape: Shape,
    limits: Load,
    *,
    peak: float,
    limited: Sequence[str] = (),
    lost: Sequence[str] = (),
    why: str = "",
    failing: str = "",
    clocks: Sequence[str] = (),
) -> list[Judgement]:
    """Every verdict of a run. ``peak``: journeys a second that must be carried; ``limited``: why the generator was the
    bottleneck; ``lost``: workers that went missing; ``why``: why the run ended before its time; ``failing``: the same,
    where the target failed so much that it was ended; ``clocks``: which of our clocks was set during the run.
    """
    regular = [n for n in shape.judged if max(shape.legs[n].begin, shape.legs[n].end) <= peak * 1.001]
    counts = {name: _in_legs(tally, name, regular) for name in tally.transactions}
    judged = [judgement for name, count in counts.items() if count.due for judgement in _of(name, count, limits)]
    if not judged:
        nothing = Finding("at least one request", "none was due", verdict=Verdict.INCONCLUSIVE)
        judged = [Judgement("load::journey", "Journeys under load", Verdict.INCONCLUSIVE, nothing)]
    judged += _rule(tally, shape, limits, peak)
    if failing:
        judged.append(Judgement("load::run", _TO_ITS_END, Verdict.FAIL, Finding("a run to its end", failing)))
    elif why:
        stopped = Finding("a run to its end", why, verdict=Verdict.INCONCLUSIVE)
        judged.append(Judgement("load::run", _TO_ITS_END, Verdict.INCONCLUSIVE, stopped, Reason.INTERRUPTED))
    doubt = _doubt(limited, lost, why)
    judged = [_doubted(judgement, *doubt) for judgement in judged] if doubt else judged
    return _with_clocks(judged, clocks) if clocks else judged


def _in_legs(tally: Tally, transaction: str, numbers: Iterable[int]) -> Count:
    return added(tally.counts[n, transaction] for n in numbers if (n, transaction) in tally.counts)


def _of(transaction: str, count: Count, limits: Load) -> Iterator[Judgement]:
    base = f"load::{transaction}"
    title = f"{transaction}: answers are right"
    theirs = sum(number for kind, number in count.failures.items() if kind not in OURS)
    if not count.right and not theirs:
        nothing = Finding("at least one answer", "none", verdict=Verdict.INCONCLUSIVE)
        yield Judgement(f"{base}::content", title, Verdict.INCONCLUSIVE, nothing)
        return
    wrong = None
    ended = count.right + theirs
    if theirs / ended > limits.errors:
        wrong = Finding(f"at most {limits.errors:.2%} wrong", f"{theirs} of {ended}: {_kinds(count)}")
    yield Judgement(f"{base}::content", title, _verdict(wrong), wrong)
    for percent, limit in ((50, limits.p50_ms), (95, limits.p95_ms), (99, limits.p99_ms)):
        if percent == 50 or count.right >= ENOUGH or not count.right:
            yield _threshold(transaction, count, percent, limit)


def _kinds(count: Count) -> str:
    kinds = ", ".join(f"{number} {kind}" for kind, number in count.failures.most_common())
    first = next((sentence for kind, sentence in count.examples.items() if kind not in OURS), "")
    return f"{kinds}; the first: {first}"


def _threshold(transaction: str, count: Count, percent: int, limit: float) -> Judgement:
    test, title = f"load::{transaction}::p{percent}", f"{transaction}: p{percent} within {limit:.0f} ms"
    measured = count.times.percentile(percent)
    if measured is None:
        none = Finding(f"p{percent} of at most {limit:.0f} ms", "no right answer")
        return Judgement(test, title, Verdict.FAIL, none)
    missed = Finding(f"p{percent} of at most {limit:.0f} ms", f"{measured * 1000:.0f} ms over {count.right} answers")
    kept = measured * 1000 <= limit
    return Judgement(test, title, Verdict.PASS if kept else Verdict.FAIL, None if kept else missed)


# --- the rule of each shape -----------------------------------------------------------------------


def _rule(tally: Tally, shape: Shape, limits: Load, peak: float) -> list[Judgement]:
    found = legs(tally, shape)
    match shape.name:
        case "steps":
            return [_knee(found, limits, peak)]
        case "spike":
            return [_recovers(found, limits)]
        case "soak":
            return [_stays(found)]
    return []


def _knee(found: Sequence[Leg], limits: Load, peak: float) -> Judgement:
    title = f"The busiest minute ({peak:.1f} journeys/s) is carried"
    last = knee(found, limits)
    if last is not None and last.rate >= peak * 0.999:
        return Judgement("load::steps::knee", title, Verdict.PASS)
    first = next(leg for leg in found if not leg.holds(limits))
    received = f"{'nothing' if last is None else last.word} holds; at {first.word} {_how(first)}"
    return Judgement("load::steps::knee", title, Verdict.FAIL, Finding(f"{peak:.1f} journeys/s", received))


def _recovers(found: Sequence[Leg], limits: Load) -> Judgement:
    title, after = "After the spike all is as before", found[-1]
    if after.holds(limits):
        return Judgement("load::spike::recovery", title, Verdict.PASS)
    return Judgement("load::spike::recovery", title, Verdict.FAIL, Finding("right and quick", _how(after)))


def _stays(found: Sequence[Leg]) -> Judgement:
    title, first, last = "It does not get slower", found[0], found[-1]
    if first.p95 is None or last.p95 is None:
        nothing = Finding("answers in the first and the last part", "none", verdict=Verdict.INCONCLUSIVE)
        return Judgement("load::soak::growth", title, Verdict.INCONCLUSIVE, nothing)
    received = f"{first.p95 * 1000:.0f} ms in the first part, {last.p95 * 1000:.0f} ms in the last"
    grows = last.p95 > first.p95 * GROWTH and last.p95 - first.p95 > 0.01
    finding = Finding(f"p95 grows by {GROWTH - 1:.0%} at most", received) if grows else None
    return Judgement("load::soak::growth", title, _verdict(finding), finding)


def _how(leg: Leg) -> str:
    p95 = "no right answer" if leg.p95 is None else f"p95 {leg.p95 * 1000:.0f} ms"
    return f"{leg.right:.1f} of {leg.offered:.1f} requests/s right, {leg.error_share:.1%} wrong, {p95}"


# --- doubt ----------------------------------------------------------------------------------------


def _doubt(limited: Sequence[str], lost: Iterable[str], why: str) -> tuple[Reason, str] | None:
    if limited:
        return Reason.GENERATOR_LIMITED, "; ".join(limited)
    if gone := "; ".join(lost):
        return Reason.WORKER_LOST, gone
    return (Reason.INTERRUPTED, why) if why else None


def _with_clocks(judged: Sequence[Judgement], clocks: Sequence[str]) -> list[Judgement]:
    """Times of answers do not hang on the clock. What was refused may have been refused because of it."""
    failed = any(each.verdict is Verdict.FAIL and each.test.endswith("::content") for each in judged)
    because = "; ".join(clocks)
    return [
        _inconclusive(each, Reason.NEEDS_CLOCK, because) if failed and each.verdict is Verdict.FAIL else each
        for each in judged
    ]


def _doubted(judgement: Judgement, reason: Reason, because: str) -> Judgement:
    certain = ("::content",) if reason is Reason.GENERATOR_LIMITED else ("::content", "::run")
    is_wrong = judgement.verdict is Verdict.FAIL and judgement.test.endswith(certain)
    if is_wrong or judgement.verdict is Verdict.INCONCLUSIVE:
        return judgement
    return _inconclusive(judgement, reason, because)


def _inconclusive(judgement: Judgement, reason: Reason, because: str) -> Judgement:
    expected = judgement.title if judgement.finding is None else str(judgement.finding.expected)
    received = "" if judgement.finding is None else f"{judgement.finding.received}; "
    finding = Finding(expected, f"{received}{because}", verdict=Verdict.INCONCLUSIVE)
    return replace(judgement, verdict=Verdict.INCONCLUSIVE, finding=finding, reason=reason)


def _verdict(finding: Finding | None) -> Verdict:
    return Verdict.PASS if finding is None else Verdict.FAIL
