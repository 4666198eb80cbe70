"""One process that sends: it prepares its cases, runs its part of the schedule, and tells what it counted."""

import random
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import gevent

from fixtures.client import Community
from fixtures.target import Target
from fixtures.trust.client_context import client_context
from load.arrivals import schedule, share
from load.cases import Cases
from load.engine import Engine, Watcher
from load.journeys import Journeys, kinds
from load.population import Population
from load.selfwatch import Watch, Watched
from load.sender import Sender
from load.shapes import Shape
from load.tally import Tally

#: seconds between two looks at the tokens
RENEWAL = 15.0


@dataclass
class Party:
    """``documents``: at most so many are published for a patient; ``room``: journeys under way at once."""

    community: Community
    population: Population
    name: str = "generator"
    documents: int = 20
    room: int = 2000
    limit: float = 30.0
    watch: Watcher | None = None
    tally: Tally = field(default_factory=Tally)
    cases: Cases = field(init=False)
    engine: Engine | None = None
    _own: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.cases = Cases(self.community, self.population.journeys)
        self._own = Watch(self.name)

    def prepare(self, count: int, seed: int) -> None:
        """Make ``count`` cases; raises what the community raises when it cannot."""
        rng = random.Random(seed)
        self.cases.prepare(count, lambda: min(self.documents, documents_of_a_patient(self.population, rng)))

    def run(self, shape: Shape, *, seed: int, process: str, index: int = 0, of: int = 1) -> None:
        """Send our part of the schedule, to its end or until :meth:`stop`."""
        plan = Journeys(self.cases, kinds(self.population, self.cases.journeys), seed)
        target = self.community.target
        most = target.consent.max_rps / of
        sender = Sender(partial(tls_of, target), limit=self.limit, connections=self.room, max_rps=most)
        self.engine = Engine(plan, sender, shape.legs, self.tally, self.room, self.watch)
        self._own = Watch(self.name)
        beside = [gevent.spawn(self._renew), gevent.spawn(self._look)]
        try:
            arrivals = share(schedule(shape.legs, seed=seed, process=process), index, of)
            self.engine.run(arrivals, begin=time.monotonic() + 0.1, patience=self.limit)
        finally:
            gevent.killall(beside)
            sender.close()

    def stop(self, why: str) -> None:
        if self.engine is not None:
            self.engine.stop(why)

    def watched(self) -> Watched:
        """How this process fared; its lag is that of the whole run."""
        return self._own.told(None if self.engine is None else self.engine.lag.percentile(99))

    def _renew(self) -> None:
        while True:
            gevent.sleep(RENEWAL)
            self.cases.renew()

    def _look(self) -> None:
        while True:
            gevent.sleep(0.1)
            if self.engine is not None:
                self._own.seen(self.engine.under_way)


def documents_of_a_patient(population: Population, rng: random.Random) -> int:
    """Drawn from the heavy tail of the model."""
    ranges: Sequence[Any] = population.data["documents"]
    (one,) = rng.choices(ranges, [each["part"] for each in ranges])
    return rng.randint(int(one["from"]), int(one["to"]))


def tls_of(target: Target, shows_certificate: bool = True) -> ssl.SSLContext:
    """Our side of TLS, with the registered certificate or without."""
    tls = target.tls
    if tls.client is None or not shows_certificate:
        return client_context(tls.ca)
    return client_context(tls.ca, tls.client.certificate, tls.client.key.reveal())
