"""The five cantons as a model: from inhabitants and habits to arrivals per second of each journey and transaction.

The model is data (``population.yaml``); here is its arithmetic, which ``python -m load plan`` prints line by line.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final

import yaml

MODEL: Final = Path(__file__).with_name("population.yaml")
_HOUR: Final = 3600.0


class ModelError(ValueError):
    """The model cannot be used; the text says what is wrong with which entry."""


@dataclass(frozen=True)
class Visits:
    """Users of one kind: the journey they make and how many of it begin on a day."""

    kind: str
    journey: str
    #: which day counts, working or calendar
    day: str
    per_day: float
    #: how ``per_day`` came about, in figures
    because: str


@dataclass(frozen=True)
class Journey:
    """What a visit asks for: the acting role, and requests in order with their mean number.

    ``needs``: the transaction without which it is not made, "" for none.
    """

    name: str
    role: str
    steps: tuple[tuple[str, float], ...]
    needs: str = ""


@dataclass(frozen=True)
class Population:
    """The model with every figure filled in."""

    data: Mapping[str, Any]

    @property
    def inhabitants(self) -> int:
        return sum(int(number) for number in self.data["inhabitants"].values())

    @property
    def records(self) -> float:
        return self.inhabitants * float(self.data["share"])

    @property
    def documents_per_day(self) -> float:
        """Published on a working day."""
        return self.records * float(self.data["documents_per_year"]) / float(self.data["working_days"])

    @cached_property
    def journeys(self) -> Mapping[str, Journey]:
        return {
            name: Journey(
                name, said["role"], tuple(chain(*(each.items() for each in said["steps"]))), said.get("needs", "")
            )
            for name, said in self.data["journeys"].items()
        }

    @cached_property
    def visits(self) -> tuple[Visits, ...]:
        return tuple(self._visits(kind, said) for kind, said in self.data["visits"].items())

    def _visits(self, kind: str, said: Mapping[str, Any]) -> Visits:
        if said["journey"] not in self.journeys:
            raise ModelError(f"visits.{kind}: there is no journey {said['journey']!r}")
        factors: list[tuple[str, float]] = []
        match said.get("of"):
            case "documents":
                factors.append(("documents a day", self.documents_per_day))
            case "records":
                factors.append(("records", self.records))
            case None:
                factors.append(("people", float(said["number"])))
            case other:
                raise ModelError(f"visits.{kind}: of is records or documents, not {other!r}")
        factors += [(name.replace("_", " "), float(said[name])) for name in ("active", "per_day") if name in said]
        if said.get("with_record"):
            factors.append(("with a record", float(self.data["share"])))
        if "opened" in said:
            factors.append(("opened", float(said["opened"])))
        if "by" in said:
            factors.append((f"by {said['by']}", self._part_by(kind, said["by"])))
        product = 1.0
        for _, factor in factors:
            product *= factor
        because = " × ".join(f"{factor:,.6g} {name}" for name, factor in factors)
        return Visits(kind, said["journey"], said["day"], product, because)

    def _part_by(self, kind: str, means: str) -> float:
        mobile = float(self.data["mobile"])
        if not 0 <= mobile <= 1:
            raise ModelError(f"mobile is a part, from 0 to 1, not {mobile:g}")
        parts = {"app": mobile, "desk": 1 - mobile}
        if means not in parts:
            raise ModelError(f"visits.{kind}: by is app or desk, not {means!r}")
        return parts[means]

    # --- rates ------------------------------------------------------------------------------------

    def per_second(self, visits: Visits) -> float:
        """Journeys a second that begin in the busiest hour."""
        return visits.per_day * float(self.data["peak_hour"][visits.day]) / _HOUR

    def arrivals(self) -> Mapping[str, float]:
        """Journeys a second in the busiest hour, by kind of user."""
        return {visits.kind: self.per_second(visits) for visits in self.visits}

    def transactions(self) -> Mapping[str, float]:
        """Requests a second in the busiest hour, by transaction."""
        rates: dict[str, float] = defaultdict(float)
        for visits in self.visits:
            for transaction, times in self.journeys[visits.journey].steps:
                rates[transaction] += self.per_second(visits) * times
        return dict(sorted(rates.items()))

    @property
    def burst(self) -> float:
        """The busiest minute, as a multiple of the busiest hour."""
        return float(self.data["burst"])

    def explained(self) -> Iterator[str]:
        """The arithmetic, line by line."""
        cantons = " + ".join(f"{name} {number:,}" for name, number in self.data["inhabitants"].items())
        yield f"inhabitants  {cantons} = {self.inhabitants:,}"
        yield f"records      {self.inhabitants:,} × {self.data['share']:g} = {self.records:,.0f}"
        year, days, each = self.data["documents_per_year"], self.data["working_days"], self.documents_per_day
        yield f"documents    {self.records:,.0f} × {year:g} a year / {days} = {each:,.0f} a working day"
        yield ""
        yield f"{'users':20}{'journey':24}{'a day':>12}{'/s, peak hour':>15}  because"
        for visits in self.visits:
            rate = self.per_second(visits)
            yield f"{visits.kind:20}{visits.journey:24}{visits.per_day:12,.0f}{rate:15.3f}  {visits.because}"
        yield ""
        yield f"{'transaction':16}{'/s, peak hour':>15}{f'/s, burst × {self.burst:g}':>18}"
        for name, rate in self.transactions().items():
            yield f"{name:16}{rate:15.3f}{rate * self.burst:18.2f}"
        total = sum(self.transactions().values())
        yield f"{'together':16}{total:15.3f}{total * self.burst:18.2f}"


def load_population(changes: Sequence[str] = (), file: Path = MODEL) -> Population:
    """The model with ``changes`` (``share=0.5``, ``visits.hospital.per_day=3``); ModelError for what does not exist."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    for change in changes:
        path, equals, value = change.partition("=")
        *parents, name = path.split(".")
        place = data
        for parent in parents:
            place = place.get(parent) if isinstance(place, dict) else None
        if not equals or not isinstance(place, dict) or isinstance(place.get(name), dict | list | str | None):
            raise ModelError(f"{change!r}: write figure=number, with a figure of {file.name} such as share")
        try:
            place[name] = float(value)
        except ValueError:
            raise ModelError(f"{change!r}: {value!r} is not a number") from None
    return Population(data)
