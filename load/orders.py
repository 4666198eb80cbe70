"""What one run is: everything the processes of a run must agree on, as one value that goes through JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

from load.population import Population, load_population
from load.shapes import Shape, shape


@dataclass(frozen=True)
class Orders:
    """``peak``: journeys a second at the highest regular rate, 0 for that of the population model's busiest minute.

    ``cases``: patients in all; ``documents``: at most so many for one; ``changes``: of the population model;
    ``errors``: share of failing requests that ends a run; ``limit``: seconds an answer may take.
    """

    shape: str = "steps"
    peak: float = 0.0
    seconds: float = 30.0
    seed: int = 1
    process: str = "poisson"
    cases: int = 20
    documents: int = 20
    changes: tuple[str, ...] = ()
    errors: float = 0.5
    limit: float = 30.0
    room: int = 2000
    #: one answer in so many is judged by the conformance checks; 0 for none
    inspect: int = 100

    @cached_property
    def population(self) -> Population:
        return load_population(self.changes)

    @property
    def rate(self) -> float:
        """Journeys a second at the peak."""
        population = self.population
        return self.peak or sum(population.arrivals().values()) * population.burst

    def made(self) -> Shape:
        """The shape; ValueError where something in it makes no sense."""
        return shape(self.shape, self.rate, self.seconds)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        return cls(**{**said, "changes": tuple(said["changes"])})
