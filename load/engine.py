"""The open arrival model: journeys begin when they are due, whether or not earlier ones have come back.

The time of an answer counts from when its request was due: from its place in the schedule for the first request of a
journey, from the answer before for the others. What could not be sent in time is late, what could not be sent at all
is dropped; both are counted.
"""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final, Protocol

import gevent
from gevent.event import Event
from gevent.monkey import get_original

from load.arrivals import Leg
from load.histogram import Histogram
from load.sender import Failed
from load.step import Answer, Step
from load.tally import Tally


class Plan(Protocol):
    def journey(self, number: int, /) -> Iterable[Callable[[], Step]]:
        """The steps of the arrival of this number, each made when it is due."""
        ...


class Sends(Protocol):
    def send(self, step: Step) -> Answer: ...


#: seconds after which a wait looks whether the run was stopped, and by which we may be late before others get a turn
_GLANCE: Final = 0.25
_BEHIND: Final = 0.02

#: seconds by which a timer of the event loop may be late
_COARSE: Final = 0.001
_SLEEP: Final = get_original("time", "sleep")

#: gets a step and its answer, right or wrong, to look at more closely
Watcher = Callable[[Step, Answer], None]


@dataclass
class Engine:
    """One process that sends. ``room``: journeys that may be under way at once."""

    plan: Plan
    sender: Sends
    legs: Sequence[Leg]
    tally: Tally
    room: int = 2000
    watch: Watcher | None = None
    stopped: Event = field(default_factory=Event)
    #: why the run was ended before its time
    why: str = ""
    #: mistakes of ours, which end the run
    mistakes: list[BaseException] = field(default_factory=list)
    #: how late requests were sent after they were due, in seconds: our own lag, over the whole run
    lag: Histogram = field(default_factory=Histogram)
    _begin: float = 0.0

    def __post_init__(self) -> None:
        self._under_way = 0
        self._hub = gevent.get_hub()
        #: greenlets that wait for a journey
        self._idle: list[Any] = []
        self._is_counting = True
        self._all_back = Event()
        self._ends = list(accumulate(leg.seconds for leg in self.legs))

    def run(self, arrivals: Iterable[tuple[int, float]], *, begin: float, patience: float = 30.0) -> None:
        """Send until the schedule ends or :meth:`stop`; then wait ``patience`` seconds for what is out.

        ``begin``: the time.monotonic() from which the schedule counts. Raises the first of our own mistakes.
        """
        self._begin = begin
        for number, due in arrivals:
            if not self._awaited(begin + due):
                break
            self._begin_journey(number, due)
        else:
            self._awaited(begin + self._ends[-1])
        if self._under_way:
            self._all_back.clear()
            self._all_back.wait(patience)
        self._is_counting = False
        if self.mistakes:
            raise self.mistakes[0]

    def stop(self, why: str) -> None:
        """Send nothing more."""
        self.why = self.why or why
        self.stopped.set()

    @property
    def under_way(self) -> int:
        return self._under_way

    # --- how it is done ---------------------------------------------------------------------------

    def _awaited(self, moment: float) -> bool:
        """True at that moment, or a little later when we are behind; False when the run is stopped before."""
        while (wait := moment - time.monotonic()) > 0 and not self.stopped.is_set():
            _sleep(min(wait, _GLANCE))
        if wait < -_BEHIND:
            gevent.sleep(0)  # let the others work, too
        return not self.stopped.is_set()

    def _begin_journey(self, number: int, due: float) -> None:
        leg = self._leg(due)
        if self._under_way >= self.room:
            first = next(iter(self.plan.journey(number)))().name
            self.tally.is_due(leg, first, due)
            sentence = f"{self.room} journeys are under way in this process"
            self.tally.has_failed(leg, first, due, "dropped", sentence)
            return
        self._under_way += 1
        if self._idle:
            self._hub.loop.run_callback(self._idle.pop().switch, (number, leg, due))
        else:
            gevent.spawn_raw(self._one_after_the_other, number, leg, due)

    def _one_after_the_other(self, number: int, leg: int, due: float) -> None:
        """Journeys of one greenlet, which waits for the next: making one takes four times as long as waking one."""
        me = gevent.getcurrent()
        while True:
            self._safely(number, leg, due)
            self._idle.append(me)
            number, leg, due = self._hub.switch()

    def _safely(self, number: int, leg: int, due: float) -> None:
        try:
            self._travel(number, leg, due)
        except Exception as mistake:
            self.mistakes.append(mistake)
            self.stop("a mistake of ours")
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._all_back.set()

    def _leg(self, at: float) -> int:
        return min(bisect_right(self._ends, at), len(self._ends) - 1)

    def _travel(self, number: int, leg: int, due: float) -> None:
        clock, tally, begin = time.monotonic, self.tally, self._begin
        for make in self.plan.journey(number):
            step = make()
            tally.is_due(leg, step.name, due)
            self.lag.record(max(0.0, clock() - begin - due))
            try:
                answer = self.sender.send(step)
            except Failed as error:
                if not self._is_counting:
                    return
                tally.has_failed(leg, step.name, due, error.kind, str(error))
                return
            if not self._is_counting:
                return
            now = clock() - begin
            if answer.status not in step.statuses:
                kind, wrong = "http-error", f"HTTP {answer.status}: {answer.body[:300].decode('utf-8', 'replace')}"
            else:
                kind, wrong = "wrong-answer", step.judge(answer)
            if self.watch is not None:
                self.watch(step, answer)
            if wrong:
                tally.has_failed(leg, step.name, due, kind, wrong)
                return
            tally.is_right(leg, step.name, due, now - due)
            due = now


def _sleep(seconds: float) -> None:
    """Let the others work so long; a thread that sleeps is a tenth of a millisecond late, a timer up to a whole one."""
    if seconds > _COARSE:
        gevent.get_hub().threadpool.apply(_SLEEP, (seconds,))
    else:
        gevent.sleep(seconds)
