"""The open arrival model: journeys begin when they are due, whether or not earlier ones have come back.

The time of an answer counts from when its request was due: from its place in the schedule for the first request of a
journey, from the answer before for the others. What could not be sent in time is late, what could not be sent at all
is dropped; both are counted.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

import gevent
from gevent.event import Event
from gevent.pool import Pool

from load.arrivals import Leg
from load.histogram import Histogram
from load.sender import Answer, Failed
from load.tally import Tally


@dataclass(frozen=True)
class Step:
    """One request of a journey, and the cheap judgement of its answer: "" for right, else a sentence."""

    transaction: str
    url: str
    body: bytes
    headers: dict[str, str]
    judge: Callable[[Answer], str]


class Plan(Protocol):
    def journey(self, number: int, /) -> Iterable[Callable[[], Step]]:
        """The steps of the arrival of this number, each made when it is due."""
        ...


class Post(Protocol):
    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer: ...


#: gets a step and its answer, right or wrong, to look at more closely
Watcher = Callable[[Step, Answer], None]


@dataclass
class Engine:
    """One process that sends. ``room``: journeys that may be under way at once."""

    plan: Plan
    sender: Post
    legs: Sequence[Leg]
    tally: Tally
    room: int = 2000
    watch: Watcher | None = None
    stopped: Event = field(default_factory=Event)
    #: why the run was ended before its time
    why: str = ""
    #: mistakes of ours, which end the run
    mistakes: list[BaseException] = field(default_factory=list)
    #: how late we were ourselves, in seconds, over the whole run
    lag: Histogram = field(default_factory=Histogram)
    _begin: float = 0.0

    def __post_init__(self) -> None:
        self._pool = Pool(self.room)
        self._ends = list(accumulate(leg.seconds for leg in self.legs))

    def run(self, arrivals: Iterable[tuple[int, float]], *, begin: float, patience: float = 30.0) -> None:
        """Send until the schedule ends or :meth:`stop`; then wait ``patience`` seconds for what is out.

        ``begin``: the time.monotonic() from which the schedule counts. Raises the first of our own mistakes.
        """
        self._begin = begin
        for number, due in arrivals:
            wait = begin + due - time.monotonic()
            if self.stopped.wait(wait) if wait > 0 else self.stopped.is_set():
                break
            if wait <= -0.02:  # behind: let the others work, too
                gevent.sleep(0)
            self._begin_journey(number, due)
        else:
            self.stopped.wait(max(0.0, begin + self._ends[-1] - time.monotonic()))
        self._pool.join(timeout=patience)
        self._pool.kill(block=False)
        if self.mistakes:
            raise self.mistakes[0]

    def stop(self, why: str) -> None:
        """Send nothing more."""
        self.why = self.why or why
        self.stopped.set()

    @property
    def under_way(self) -> int:
        return len(self._pool)

    # --- how it is done ---------------------------------------------------------------------------

    def _begin_journey(self, number: int, due: float) -> None:
        leg = self._leg(due)
        if self._pool.full():
            first = next(iter(self.plan.journey(number)))().transaction
            self.tally.is_due(leg, first, due)
            sentence = f"{self.room} journeys are under way in this process"
            self.tally.has_failed(leg, first, due, "dropped", sentence)
            return
        self._pool.spawn(self._safely, number, leg, due)

    def _safely(self, number: int, leg: int, due: float) -> None:
        try:
            self._travel(number, leg, due)
        except Exception as mistake:
            self.mistakes.append(mistake)
            self.stop("a mistake of ours")

    def _leg(self, at: float) -> int:
        return next((number for number, end in enumerate(self._ends) if at < end), len(self._ends) - 1)

    def _travel(self, number: int, leg: int, due: float) -> None:
        clock, tally, begin = time.monotonic, self.tally, self._begin
        for make in self.plan.journey(number):
            step = make()
            tally.is_due(leg, step.transaction, due)
            late = max(0.0, clock() - begin - due)
            tally.lag.record(late)
            self.lag.record(late)
            try:
                answer = self.sender.post(step.url, step.body, step.headers)
            except Failed as error:
                tally.has_failed(leg, step.transaction, due, error.kind, str(error))
                return
            now = clock() - begin
            if answer.status != 200:
                kind, wrong = "http-error", f"HTTP {answer.status}: {answer.body[:300].decode('utf-8', 'replace')}"
            else:
                kind, wrong = "wrong-answer", step.judge(answer)
            if self.watch is not None:
                self.watch(step, answer)
            if wrong:
                tally.has_failed(leg, step.transaction, due, kind, wrong)
                return
            tally.is_right(leg, step.transaction, due, now - due)
            due = now
