"""What is counted during a run: requests that were due, answers that were right, and everything else by kind.

Nothing disappears: what was due is right, failed, or still out when the run ended. Tallies of several processes are
added up, so that a run over many machines is one.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from load.histogram import Histogram

#: why a request failed; the last two are ours, not the target's
FAILURES: Final[Mapping[str, str]] = {
    "wrong-answer": "an answer that is not right: a failure inside HTTP 200, another patient, a missing document",
    "http-error": "an HTTP status no right answer has",
    "timeout": "no answer in time",
    "cut-short": "an answer that ended in the middle",
    "reset": "the connection was closed or reset",
    "refused": "no connection: nobody listens, or the queue is full",
    "tls": "the TLS handshake failed",
    "no-socket": "our machine has no sockets left",
    "dropped": "not sent: as many requests as this process may hold were still out",
}
#: kinds of failure that speak of the generator
OURS: Final = ("no-socket", "dropped")
#: ratio of one class of times to the next
_STEP: Final = 1.05


@dataclass
class Count:
    """Requests of one kind. ``times`` are those of right answers, from when the request was due, in seconds."""

    due: int = 0
    times: Histogram = field(default_factory=Histogram)
    failures: Counter[str] = field(default_factory=Counter)
    #: kind of failure -> the first sentence about it
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def right(self) -> int:
        return self.times.count

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    @property
    def outstanding(self) -> int:
        """Due, and nothing heard of it when the run ended."""
        return self.due - self.right - self.failed

    @property
    def error_share(self) -> float:
        """Of what has come to an end, the part that failed (what the generator dropped included)."""
        ended = self.right + self.failed
        return self.failed / ended if ended else 0.0

    def add(self, other: "Count") -> None:
        self.due += other.due
        self.times.add(other.times)
        self.failures.update(other.failures)
        self.examples = {**other.examples, **self.examples}

    def as_json(self) -> dict[str, Any]:
        return {
            "due": self.due,
            "times": self.times.as_json(),
            "failures": dict(self.failures),
            "examples": self.examples,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        return cls(said["due"], Histogram.from_json(said["times"]), Counter(said["failures"]), dict(said["examples"]))


def added(counts: Iterable[Count]) -> Count:
    """One count of everything."""
    whole = Count()
    for one in counts:
        whole.add(one)
    return whole


@dataclass
class Slice:
    """A moment of the run, for pictures: like :class:`Count`, with times in coarse classes (5 %) that cost little."""

    due: int = 0
    right: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    classes: Counter[int] = field(default_factory=Counter)

    def is_right(self, took: float) -> None:
        self.right += 1
        self.classes[math.floor(math.log(max(took, 1e-6), _STEP))] += 1

    def percentile(self, percent: float) -> float | None:
        """Seconds, to five percent; None where no answer was right."""
        wanted, seen = math.ceil(percent / 100 * self.right), 0
        for number in sorted(self.classes):
            seen += self.classes[number]
            if seen >= wanted:
                return float(_STEP ** (number + 0.5))
        return None

    def add(self, other: "Slice") -> None:
        self.due += other.due
        self.right += other.right
        self.failures.update(other.failures)
        self.classes.update(other.classes)

    def as_json(self) -> list[Any]:
        return [self.due, self.right, dict(self.failures), list(self.classes.items())]

    @classmethod
    def from_json(cls, said: list[Any]) -> Self:
        due, right, failures, classes = said
        return cls(due, right, Counter(failures), Counter(dict(classes)))


@dataclass
class Tally:
    """Counts by (leg of the shape, transaction) and by moments of ``width`` seconds."""

    width: float = 1.0
    counts: dict[tuple[int, str], Count] = field(default_factory=lambda: defaultdict(Count))
    slices: dict[int, Slice] = field(default_factory=lambda: defaultdict(Slice))
    #: is told of every request that came to its end: transaction, milliseconds, "" or what is wrong
    on_answer: Callable[[str, float, str], None] | None = None

    def is_due(self, leg: int, transaction: str, at: float) -> None:
        """``at``: seconds since the begin when it was due, here and below."""
        self.counts[leg, transaction].due += 1
        self.slices[int(at / self.width)].due += 1

    def is_right(self, leg: int, transaction: str, at: float, took: float) -> None:
        self.counts[leg, transaction].times.record(took)
        self.slices[int(at / self.width)].is_right(took)
        if self.on_answer is not None:
            self.on_answer(transaction, took * 1000, "")

    def has_failed(self, leg: int, transaction: str, at: float, kind: str, sentence: str) -> None:
        count = self.counts[leg, transaction]
        count.failures[kind] += 1
        count.examples.setdefault(kind, sentence)
        self.slices[int(at / self.width)].failures[kind] += 1
        if self.on_answer is not None:
            self.on_answer(transaction, 0.0, kind)

    # --- views ------------------------------------------------------------------------------------

    @property
    def transactions(self) -> tuple[str, ...]:
        return tuple(sorted({transaction for _, transaction in self.counts}))

    def of(self, transaction: str) -> Count:
        return added(count for (_, name), count in self.counts.items() if name == transaction)

    def in_leg(self, leg: int) -> Count:
        return added(count for (number, _), count in self.counts.items() if number == leg)

    @property
    def whole(self) -> Count:
        return added(self.counts.values())

    # --- between processes ------------------------------------------------------------------------

    def add(self, other: "Tally") -> None:
        """Count what another process counted, too; ValueError where its moments have another width."""
        if other.width != self.width:
            raise ValueError(f"moments of {other.width} s do not add to moments of {self.width} s")
        for key, count in other.counts.items():
            self.counts[key].add(count)
        for moment, piece in other.slices.items():
            self.slices[moment].add(piece)

    def taken(self) -> "Tally":
        """What was counted since the last call, to be sent away; this one begins anew."""
        gone = Tally(self.width, self.counts, self.slices)
        fresh = Tally(self.width)
        self.counts, self.slices = fresh.counts, fresh.slices
        return gone

    def as_json(self) -> dict[str, Any]:
        return {
            "width": self.width,
            "counts": [[leg, name, count.as_json()] for (leg, name), count in self.counts.items()],
            "slices": [[moment, piece.as_json()] for moment, piece in self.slices.items()],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        made = cls(said["width"])
        for leg, name, count in said["counts"]:
            made.counts[leg, name] = Count.from_json(count)
        for moment, piece in said["slices"]:
            made.slices[moment] = Slice.from_json(piece)
        return made
