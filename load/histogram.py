"""Times in a histogram that can be merged over processes: HDR (three digits), with the exact extremes beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Self

from hdrh.histogram import HdrHistogram

#: what is counted: microseconds, up to an hour
_HIGHEST: Final = 3_600_000_000
_DIGITS: Final = 3


def _empty() -> Any:
    return HdrHistogram(1, _HIGHEST, _DIGITS)


@dataclass
class Histogram:
    """Durations in seconds. A percentile is never above the longest of them, nor below the shortest."""

    shortest: float = float("inf")
    longest: float = 0.0
    total: float = 0.0
    _counts: Any = field(default_factory=_empty)

    def record(self, seconds: float) -> None:
        """Count one duration; ValueError below 0. Above an hour it counts as an hour, and stays the longest."""
        if seconds < 0:
            raise ValueError(f"a duration of {seconds} s")
        self.shortest, self.longest = min(self.shortest, seconds), max(self.longest, seconds)
        self.total += seconds
        self._counts.record_value(min(_HIGHEST, max(1, round(seconds * 1e6))))

    @property
    def count(self) -> int:
        return int(self._counts.total_count)

    @property
    def mean(self) -> float | None:
        return self.total / self.count if self.count else None

    def percentile(self, percent: float) -> float | None:
        """Seconds that so many percent of all durations do not exceed, to three digits; None of nothing."""
        if not self.count:
            return None
        found = self._counts.get_value_at_percentile(percent) / 1e6
        return float(min(self.longest, max(self.shortest, found)))

    def add(self, other: "Histogram") -> None:
        """Count what the other one counted, too."""
        if other.count:
            self._counts.add(other._counts)
            self.total += other.total
            self.shortest, self.longest = min(self.shortest, other.shortest), max(self.longest, other.longest)

    # --- between processes ------------------------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        """A form that goes through JSON; empty where nothing was counted."""
        if not self.count:
            return {}
        counts = self._counts.encode().decode("ascii")
        return {"shortest": self.shortest, "longest": self.longest, "total": self.total, "counts": counts}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        if not said:
            return cls()
        return cls(said["shortest"], said["longest"], said["total"], HdrHistogram.decode(said["counts"]))


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """One that counts what all of them counted."""
    whole = Histogram()
    for one in histograms:
        whole.add(one)
    return whole
