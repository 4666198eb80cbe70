"""The generator watches itself: a slow generator makes every target look slow, or quick, and never gives a verdict."""

import resource
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from load.bench import mock_server, trial
from load.steady_clock import SteadyClock
from load.tally import OURS, Tally

#: seconds a request may leave late in 99 of 100 cases
LAG: Final = 0.1
#: part of one core that may be used
CPU: Final = 0.9
#: part of the requests that may be lost to our own limits
LOST: Final = 0.001


@dataclass(frozen=True)
class Watched:
    """How one process that sends fared."""

    name: str
    cpu: float
    lag: float
    connections: int
    open_files: int
    #: seconds by which the clock of this machine was set, at most, while it ran
    clock: float = 0.0

    def limits(self) -> Iterator[str]:
        """What this process was limited by, one sentence each."""
        if self.cpu > CPU:
            yield f"{self.name} used {self.cpu:.0%} of a core"
        if self.lag > LAG:
            yield f"{self.name} sent 1 in 100 requests more than {self.lag * 1000:.0f} ms after it was due"
        if self.connections > 0.9 * self.open_files:
            yield f"{self.name} had {self.connections} connections of {self.open_files} files it may open"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        return cls(**said)


class Watch:
    """Measures this process from its making on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.connections = 0
        self._clock, self._shift = SteadyClock(), 0.0
        self._wall, self._cpu = time.monotonic(), time.process_time()

    def seen(self, under_way: int) -> None:
        """So many requests are out just now."""
        self._shift = max(self._shift, self._clock.shift, key=abs)
        self.connections = max(self.connections, under_way)

    def told(self, lag: float | None) -> Watched:
        used = (time.process_time() - self._cpu) / max(1e-9, time.monotonic() - self._wall)
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return Watched(self.name, used, lag or 0.0, self.connections, files, self._shift)


def clocks(watched: Iterable[Watched]) -> list[str]:
    """The clocks that were set during the run, one sentence each."""
    return [f"the clock of {one.name} was set by {one.clock:+.0f} s during the run" for one in watched if one.clock]


def limits(watched: list[Watched], tally: Tally) -> list[str]:
    """Why the generator was the bottleneck; nothing where it was not."""
    found = [sentence for one in watched for sentence in one.limits()]
    whole = tally.whole
    lost = sum(whole.failures[kind] for kind in OURS)
    if whole.due and lost / whole.due > LOST:
        found.append(f"{lost} of {whole.due} requests found no room or no socket in the generator")
    return found


@dataclass(frozen=True)
class Calibration:
    """What this machine sent to a server that answers at once: requests a second, and how late in 99 of 100 cases."""

    rate: float
    right: float
    lag: float

    @property
    def keeps_up(self) -> bool:
        return self.right >= 0.98 * self.rate and self.lag <= LAG

    def __str__(self) -> str:
        how = "kept up" if self.keeps_up else "did not keep up"
        return (
            f"calibration: {self.right:.0f} of {self.rate:.0f} requests/s to a server that answers at once, "
            f"99 % sent within {self.lag * 1000:.1f} ms: the generator {how}"
        )


def calibrate(rate: float, *, seconds: float = 1.0) -> Calibration:
    """Run the engine against a null server on this machine, in processes of their own.

    RuntimeError where they cannot be started.
    """
    with mock_server() as url:
        found = trial(url, "--rate", str(rate), "--seconds", str(seconds))
    whole = found.tally.whole
    return Calibration(rate, rate * whole.right / max(1, whole.due), found.lag.percentile(99) or 0.0)
