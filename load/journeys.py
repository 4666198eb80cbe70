"""Which journey an arrival makes, about which patient, step by step; decided by its number and the seed alone."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from load.cases import Cases
from load.engine import Step
from load.population import Journey, Population


class Journeys:
    """The plan of a run: ``kinds`` are journeys with arrivals a second, of which only the proportion counts here."""

    def __init__(self, cases: Cases, kinds: Sequence[tuple[Journey, float]], seed: int) -> None:
        if not kinds:
            raise ValueError("no journey is left")
        self._cases = cases
        self._journeys = [journey for journey, _ in kinds]
        self._weights = list(itertools.accumulate(weight for _, weight in kinds))
        self._seed = seed

    def journey(self, number: int, /) -> Iterator[Callable[[], Step]]:
        """The steps of one arrival."""
        rng = random.Random((self._seed << 32) + number)
        (journey,) = rng.choices(self._journeys, cum_weights=self._weights)
        cases = self._cases.publishing if publishes(journey) else self._cases.reading
        case = cases[rng.randrange(len(cases))]
        for transaction, times in journey.steps:
            whole = int(times)
            for _ in range(whole + (rng.random() < times - whole)):
                yield partial(case.step, transaction, journey.role)


def publishes(journey: Journey) -> bool:
    """True where the number of documents of a patient changes."""
    return any(transaction == "ITI-41" for transaction, _ in journey.steps)


def kinds(population: Population, possible: Mapping[str, Journey]) -> list[tuple[Journey, float]]:
    """The journeys that can be made, with the rate at which they begin in the busiest hour."""
    rates = population.arrivals()
    return [
        (possible[visits.journey], rates[visits.kind]) for visits in population.visits if visits.journey in possible
    ]
