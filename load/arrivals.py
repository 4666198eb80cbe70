"""When requests are due: a schedule made in advance, so that a slow target changes nothing about it.

A user of a closed model waits for an answer before asking again, so a target that stalls is asked less and looks better
than it is (coordinated omission). Here the arrivals are drawn first, from a seed; what is late is counted from when it
was due.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Leg:
    """A part of a shape: for ``seconds`` the rate (arrivals per second) goes in a straight line from one to another."""

    seconds: float
    begin: float
    end: float

    def __post_init__(self) -> None:
        if self.seconds <= 0 or self.begin < 0 or self.end < 0 or not math.isfinite(self.begin + self.end):
            raise ValueError(f"a leg needs a time above 0 and rates of at least 0: {self}")

    @property
    def arrivals(self) -> float:
        """The expected number."""
        return self.seconds * (self.begin + self.end) / 2

    def when(self, arrivals: float) -> float:
        """Seconds from its begin until so many arrivals are expected."""
        slope = (self.end - self.begin) / self.seconds
        # the smaller root of slope/2 t² + begin t - arrivals = 0, in the form that does not cancel
        return 2 * arrivals / (self.begin + math.sqrt(max(0.0, self.begin**2 + 2 * slope * arrivals)))


def steady(rate: float, seconds: float) -> Leg:
    """The same rate all the time."""
    return Leg(seconds, rate, rate)


#: name -> the gap to the next arrival, in units of the mean gap
PROCESSES: Final[dict[str, Callable[[random.Random], float]]] = {
    "poisson": lambda rng: rng.expovariate(1.0),
    "constant": lambda _: 1.0,
}


def schedule(legs: Sequence[Leg], *, seed: int, process: str = "poisson") -> Iterator[float]:
    """Seconds from the begin at which each arrival is due, in order; the same for the same arguments.

    ``process``: poisson (independent users) or constant (a metronome). ValueError for another one.
    """
    if process not in PROCESSES:
        raise ValueError(f"no arrival process {process!r}; there are {', '.join(PROCESSES)}")
    gap, rng = PROCESSES[process], random.Random(seed)
    begin, passed, due = 0.0, 0.0, gap(rng)
    for leg in legs:
        while due - passed < leg.arrivals:
            yield begin + leg.when(due - passed)
            due += gap(rng)
        begin, passed = begin + leg.seconds, passed + leg.arrivals


def share(arrivals: Iterator[float], index: int, of: int) -> Iterator[tuple[int, float]]:
    """The arrivals of one of several workers, with their numbers: together they are all, none is there twice."""
    if not 0 <= index < of:
        raise ValueError(f"there is no worker {index} of {of}")
    return ((number, due) for number, due in enumerate(arrivals) if number % of == index)
