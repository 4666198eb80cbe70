"""Which journey an arrival makes, about which patient, step by step; decided by its number and the seed alone."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from load.cases import Case, Cases
from load.login import Login
from load.population import Journey, Population
from load.step import Step, transaction_of


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
        visit = Visit(cases[rng.randrange(len(cases))], journey.role)
        for name, times in journey.steps:
            whole = int(times)
            for _ in range(whole + (rng.random() < times - whole)):
                if visit.case.can(name):
                    yield partial(visit.step, name)


@dataclass
class Visit:
    """One user, the record of one patient, and the log-in that is under way."""

    case: Case
    role: str
    login: Login | None = None

    def step(self, name: str) -> Step:
        """The next request."""
        if transaction_of(name) != "ITI-71":
            return self.case.step(name, self.role)
        if self.login is None:
            self.login = self.case.login(self.role)
        return self.login.step(name)


def publishes(journey: Journey) -> bool:
    """True where the number of documents of a patient changes."""
    return any(name in ("ITI-41", "ITI-65") for name, _ in journey.steps)


def kinds(population: Population, possible: Mapping[str, Journey]) -> list[tuple[Journey, float]]:
    """The journeys that can be made, with the rate at which they begin in the busiest hour."""
    rates = population.arrivals()
    return [
        (possible[visits.journey], rates[visits.kind]) for visits in population.visits if visits.journey in possible
    ]
