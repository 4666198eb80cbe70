"""Shapes of load: how the rate of arrivals goes over time, and which parts of it are judged.

Rates are journeys a second. ``peak`` is that of the busiest minute by the population model, unless another one is
given. The first leg of every shape warms connections and caches up; it is measured and not judged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from load.arrivals import Leg, steady

#: part of a day's arrivals in each hour, from midnight: nights are quiet, mornings are the peak
DAY: Final[Sequence[float]] = (
    *(0.004, 0.003, 0.003, 0.003, 0.004, 0.010, 0.030, 0.070, 0.110, 0.150, 0.130, 0.085),
    *(0.050, 0.070, 0.085, 0.070, 0.045, 0.025, 0.015, 0.013, 0.010, 0.008, 0.004, 0.003),
)


@dataclass(frozen=True)
class Shape:
    """Legs with a word for each; the leg of a warm-up is called so."""

    name: str
    legs: tuple[Leg, ...]
    words: tuple[str, ...]

    @property
    def seconds(self) -> float:
        return sum(leg.seconds for leg in self.legs)

    @property
    def highest(self) -> float:
        """The highest rate there is at any time."""
        return max(max(leg.begin, leg.end) for leg in self.legs)

    @property
    def judged(self) -> tuple[int, ...]:
        """The numbers of the legs that are judged."""
        return tuple(number for number, word in enumerate(self.words) if word != WARM_UP)


WARM_UP: Final = "warm-up"


def smoke(peak: float, seconds: float) -> Shape:
    """A little of everything: does it work at all?"""
    return _shape("smoke", seconds, [("steady", 1.0, steady(peak, 1))])


def steps(peak: float, seconds: float) -> Shape:
    """Ten steps from a fifth of the peak to twice the peak, each held: where is the knee?"""
    rates = [peak * number / 5 for number in range(1, 11)]
    return _shape("steps", seconds, [(f"{rate:.1f}/s", 0.1, steady(rate, 1)) for rate in rates])


def spike(peak: float, seconds: float) -> Shape:
    """The mean of the busy hour, all at once the peak, then the mean again: does it recover?"""
    calm = steady(peak / 5, 1)
    return _shape("spike", seconds, [("before", 0.3, calm), ("spike", 0.2, steady(peak, 1)), ("after", 0.5, calm)])


def soak(peak: float, seconds: float) -> Shape:
    """Two fifths of the peak for a long time, in four parts: does it get slower?"""
    return _shape("soak", seconds, [(f"part {number}", 0.25, steady(peak * 0.4, 1)) for number in range(1, 5)])


def day(peak: float, seconds: float) -> Shape:
    """A day in ``seconds``: the rate of each hour, the highest is the peak."""
    rates = [peak * part / max(DAY) for part in DAY]
    legs = [(f"{hour:02} h", 1 / 24, Leg(1, rate, rates[(hour + 1) % 24])) for hour, rate in enumerate(rates)]
    return _shape("day", seconds, legs)


SHAPES: Final[Mapping[str, Callable[[float, float], Shape]]] = {
    made.__name__: made for made in (smoke, steps, spike, soak, day)
}


def shape(name: str, peak: float, seconds: float) -> Shape:
    """The shape of that name; ValueError for another one, or where rate or time make no sense."""
    if name not in SHAPES:
        raise ValueError(f"no shape {name!r}; there are {', '.join(SHAPES)}")
    return SHAPES[name](peak, seconds)


def _shape(name: str, seconds: float, parts: Sequence[tuple[str, float, Leg]]) -> Shape:
    """``parts``: word, part of the time, and rates."""
    legs = [Leg(seconds * part, leg.begin, leg.end) for _, part, leg in parts]
    first = legs[0]
    warm_up = Leg(min(5.0, max(1.0, seconds / 10)), 0.0, first.begin)
    return Shape(name, (warm_up, *legs), (WARM_UP, *(word for word, _, _ in parts)))
