"""The run on Locust: one Locust user in each process is the open engine, and the shape says when all is over.

In one process (``local``), or as master and workers over many machines. The plan goes from the master to the workers as
a message of Locust's own protocol; what they counted comes back with their reports, every three seconds.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import gevent
from gevent.event import Event
from locust import LoadTestShape, User, constant, task
from locust.env import Environment
from locust.runners import STATE_MISSING, MasterRunner

from load.orders import Orders
from load.party import Party
from load.selfwatch import Watched
from load.shapes import Shape
from load.tally import Tally

#: seconds the workers may take to connect and to prepare
PATIENCE: Final = 300.0
#: seconds between two reports of a worker
REPORT: Final = 3.0


class Engine(User):  # type: ignore[misc]
    """The only user of a process. ``work`` runs the schedule to its end; afterwards the user waits to be stopped."""

    abstract = True
    wait_time = constant(0)
    work: Callable[[], None]

    @task  # type: ignore[untyped-decorator]
    def send(self) -> None:
        type(self).work()
        Event().wait()


class Legs(LoadTestShape):  # type: ignore[misc]
    """One user for each process, until ``is_over``."""

    def __init__(self, users: int, is_over: Callable[[], bool]) -> None:
        super().__init__()
        self.users = users
        self.is_over = is_over

    def tick(self) -> tuple[int, float] | None:
        return None if self.is_over() else (self.users, float(self.users))


@dataclass
class Progress:
    """What is known of a run while it goes on, and when it is over."""

    tally: Tally
    watched: list[Watched] = field(default_factory=list)
    #: workers that were lost, by name
    lost: list[str] = field(default_factory=list)
    #: mistakes of ours, and why workers could not prepare
    troubles: list[str] = field(default_factory=list)
    #: why the run ended before its time
    why: str = ""
    #: EPR-SPID, uniqueIds, and number of documents published under load
    created: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    began: float = 0.0

    @property
    def seconds(self) -> float:
        """Since the begin."""
        return time.monotonic() - self.began if self.began else 0.0


Look = Callable[[Progress], str]


def environment(work: Callable[[], None], users: int, is_over: Callable[[], bool]) -> Environment:
    """A Locust environment for the engine."""
    user = type("OpenEngine", (Engine,), {"work": staticmethod(work)})
    return Environment(user_classes=[user], shape_class=Legs(users, is_over), stop_timeout=1)


def shown(env: Environment) -> Callable[[str, float, str], None]:
    """Enters an answer into Locust's own statistics, which its web page shows."""

    def enter(transaction: str, milliseconds: float, wrong: str) -> None:
        env.stats.log_request("POST", transaction, milliseconds, 0)
        if wrong:
            env.stats.log_error("POST", transaction, wrong)

    return enter


# --- one process --------------------------------------------------------------------------------


def run_local(party: Party, orders: Orders, shape: Shape, look: Look, *, web_port: int = 0) -> Progress:
    """Run in this process; ``look`` is called every half second, and what it returns ends the run."""
    progress = Progress(party.tally, left_out=party.cases.left_out)
    done = Event()

    def work() -> None:
        progress.began = time.monotonic()
        try:
            party.run(shape, seed=orders.seed, process=orders.process)
        except Exception as mistake:
            progress.troubles.append(f"{type(mistake).__name__}: {mistake}")
        finally:
            done.set()

    env = environment(work, 1, done.is_set)
    runner = env.create_local_runner()
    party.tally.on_answer = shown(env)
    page = _page(env, web_port)
    runner.start_shape()
    while not done.wait(0.5):
        progress.why = progress.why or look(progress)
        if progress.why:
            party.stop(progress.why)
    look(progress)
    runner.quit()
    if page is not None:
        page.stop()
    progress.watched, progress.created = [party.watched()], list(party.cases.created())
    return progress


# --- many machines ------------------------------------------------------------------------------


def run_master(
    orders: Orders, shape: Shape, look: Look, *, bind: tuple[str, int], workers: int, web_port: int = 0
) -> Progress:
    """Wait for so many workers, let them prepare and send, and add up what they counted."""
    progress = Progress(Tally(width_of(shape)))
    prepared: dict[str, str] = {}
    finished: set[str] = set()
    created: dict[str, Any] = {}
    env = environment(lambda: None, workers, lambda: _all_done(finished, prepared, progress))
    runner = env.create_master_runner(*bind)
    page = _page(env, web_port)

    def on_prepared(environment: Environment, msg: Any) -> None:
        del environment
        prepared[msg.node_id] = msg.data["name"]
        created[msg.node_id] = msg.data["created"]
        progress.left_out += [each for each in msg.data["left_out"] if each not in progress.left_out]
        progress.troubles += msg.data["troubles"]

    def on_finished(environment: Environment, msg: Any) -> None:
        del environment
        _count(progress, msg.data)
        progress.troubles += msg.data["troubles"]
        progress.watched.append(Watched.from_json(msg.data["watched"]))
        created[msg.node_id] = msg.data["created"]
        finished.add(msg.node_id)

    def on_report(client_id: str, data: Mapping[str, Any]) -> None:
        del client_id
        _count(progress, data)

    runner.register_message("prepared", on_prepared)
    runner.register_message("finished", on_finished)
    env.events.worker_report.add_listener(on_report)
    try:
        if _wait(lambda: len(runner.clients.ready) >= workers, look, progress):
            for client in runner.clients.ready[:workers]:
                place = {"index": runner.get_worker_index(client.id), "of": workers}
                runner.send_message("orders", {**orders.as_json(), "place": place}, client.id)
            if _wait(lambda: len(prepared) >= workers, look, progress) and not progress.troubles:
                progress.began = time.monotonic()
                runner.start_shape()
                _follow(runner, prepared, finished, look, progress)
        else:
            progress.troubles.append(f"{len(runner.clients.ready)} of {workers} workers came")
    finally:
        runner.quit()
        if page is not None:
            page.stop()
    progress.created = [(spid, tuple(ids), more) for each in created.values() for spid, ids, more in each]
    return progress


def run_worker(make: Callable[[Orders, str, int, int], Party], *, master: tuple[str, int], name: str) -> list[str]:
    """Connect to a master, do what it says, end with it; returns the mistakes that were made.

    ``make`` builds the party for (orders, name, index, number of workers) and prepares it.
    """
    begin, told = Event(), Event()
    state: dict[str, Any] = {"troubles": []}

    def work() -> None:
        if begin.is_set():
            return  # the master redistributes what a lost worker had; the schedule of this one stays its own
        begin.set()
        party, orders = state["party"], state["orders"]
        try:
            party.run(orders.made(), seed=orders.seed, process=orders.process, index=state["index"], of=state["of"])
        except Exception as mistake:
            state["troubles"].append(f"{name}: {type(mistake).__name__}: {mistake}")
        data = {"tally": party.tally.taken().as_json(), "watched": party.watched().as_json()}
        data["created"] = list(party.cases.created())
        runner.send_message("finished", {**data, "troubles": state["troubles"]})
        told.set()

    env = environment(work, 1, lambda: False)
    runner = env.create_worker_runner(*master)

    def on_orders(environment: Environment, msg: Any) -> None:
        del environment
        place = msg.data.pop("place")
        state.update(orders=Orders.from_json(msg.data), **place)
        try:
            state["party"] = party = make(state["orders"], name, place["index"], place["of"])
        except Exception as mistake:
            trouble = f"{name}: {type(mistake).__name__}: {mistake}"
            runner.send_message("prepared", {"name": name, "created": [], "left_out": [], "troubles": [trouble]})
            return
        party.tally.on_answer = shown(env)
        created, left_out = list(party.cases.created()), party.cases.left_out
        runner.send_message("prepared", {"name": name, "created": created, "left_out": left_out, "troubles": []})

    def on_halt(environment: Environment, msg: Any) -> None:
        del environment
        state["party"].stop(msg.data["why"])

    def on_report(client_id: str, data: dict[str, Any]) -> None:
        del client_id
        if "party" in state and not told.is_set():
            data["tally"] = state["party"].tally.taken().as_json()

    runner.register_message("orders", on_orders, concurrent=True)
    runner.register_message("halt", on_halt)
    env.events.report_to_master.add_listener(on_report)
    runner.greenlet.join()
    troubles: list[str] = state["troubles"]
    return troubles


def _page(env: Environment, port: int) -> Any:
    """Locust's own web page, where one is wanted. It takes the command line for its own, so that is hidden."""
    if not port:
        return None
    del sys.argv[1:]
    return env.create_web_ui("127.0.0.1", port)


def width_of(shape: Shape) -> float:
    """Seconds of one moment in the pictures: a few hundred of them in the whole run."""
    return max(1.0, shape.seconds / 300)


def _count(progress: Progress, data: Mapping[str, Any]) -> None:
    if "tally" in data:
        progress.tally.add(Tally.from_json(data["tally"]))


def _all_done(finished: set[str], prepared: Mapping[str, str], progress: Progress) -> bool:
    return set(prepared) - set(progress.lost) <= finished


def _wait(is_there: Callable[[], bool], look: Look, progress: Progress) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not is_there():
        progress.why = progress.why or look(progress)
        if progress.why or progress.troubles or time.monotonic() > deadline:
            return False
        gevent.sleep(0.1)
    return True


def _follow(
    runner: MasterRunner, prepared: Mapping[str, str], finished: set[str], look: Look, progress: Progress
) -> None:
    told = False
    while not _all_done(finished, prepared, progress):
        gevent.sleep(0.5)
        for client, name in prepared.items():
            node = runner.clients.get(client)
            gone = node is None or node.state == STATE_MISSING
            if gone and client not in finished and client not in progress.lost:
                progress.lost.append(client)
                progress.left_out.append(f"worker {name} was lost {progress.seconds:.0f} s into the run")
        progress.why = progress.why or look(progress)
        if progress.why and not told:
            runner.send_message("halt", {"why": progress.why})
            told = True
