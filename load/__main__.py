"""``python -m load``: put load on a community and say whether it carried it; default: the embedded community.

``python -m load [run]``   in this process, or as master of ``--workers N`` that connect to ``--bind HOST:PORT``
``python -m load worker``  send for a master (``--master HOST:PORT``), with the same target file
``python -m load plan``    print how inhabitants become requests per second; sends nothing

Arrivals are scheduled in advance, the time of an answer counts from when its request was due, and success is decided
by what the answer says. Tokens and patients are made before. ``q`` on a terminal, or Ctrl-C, ends a run in order.
Exit codes: 0 every threshold kept, 1 findings, 2 no verdict (no consent, target or worker lost, generator limited),
3 our fault, 4 usage.
"""

import argparse
import select
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from gevent import monkey

monkey.patch_all()


def main(arguments: Sequence[str] | None = None) -> int:
    from fixtures.ledger import LedgerError
    from fixtures.suite.embedded import NotStarted
    from fixtures.target import TargetError
    from load.options import parser
    from load.population import ModelError

    options = parser().parse_args(arguments)
    try:
        return {"run": _run, "worker": _worker, "plan": _plan}[options.command](options)
    except NotStarted as error:
        print(f"load: {error}", file=sys.stderr)
        return 4 if error.is_usage else 3
    except TargetError as error:
        print(error, file=sys.stderr)
        return 4
    except (ModelError, ValueError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 4
    except (LedgerError, RuntimeError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 3


def _plan(options: argparse.Namespace) -> int:
    from load.population import load_population

    for line in load_population(options.set).explained():
        print(line)
    return 0


def _run(options: argparse.Namespace) -> int:
    from fixtures.ledger import FILE_NAME, set_aside
    from fixtures.suite.embedded import target_file
    from fixtures.target import load_target
    from load.run import Machines, run_load

    if options.fault and options.target:
        raise ValueError("--fault seeds the embedded community only; leave out --target")
    machines = Machines(options.workers, _address(options.bind), options.web)
    if not options.resume:
        set_aside(options.results / FILE_NAME)
    with (
        tempfile.TemporaryDirectory(prefix="eprobe-") as folder,
        target_file(options.target, Path(folder), faults=options.fault) as file,
        _stop_key() as stop,
    ):
        target = load_target(file)
        return run_load(
            target,
            options.results,
            _orders(options, target),
            today=date.today(),
            machines=machines,
            faults=None if options.target else options.fault,
            stop=stop,
        )


def _worker(options: argparse.Namespace) -> int:
    import socket

    from fixtures.client import connect
    from fixtures.target import load_target
    from load.locusts import run_worker
    from load.orders import Orders
    from load.party import Party
    from load.run import make_party

    if options.target is None:
        raise ValueError("a worker needs --target: the same file as the master")
    name = options.name or socket.gethostname()
    with connect(load_target(options.target)) as community:

        def make(orders: Orders, name: str, index: int, of: int) -> Party:
            return make_party(community, orders, name=name, index=index, of=of, shape=orders.made())

        troubles = run_worker(make, master=_address(options.master), name=name)
    for trouble in troubles:
        print(f"load: {trouble}", file=sys.stderr)
    return 3 if troubles else 0


def _orders(options: argparse.Namespace, target: Any) -> Any:
    from load.orders import Orders

    known = target.load
    orders = Orders(
        shape=options.shape or known.shape,
        peak=known.rate if options.rate is None else options.rate,
        seconds=options.seconds or known.seconds,
        cases=options.cases or known.cases,
        changes=tuple(options.set),
    )
    same = ("seed", "process", "documents", "errors", "limit", "room", "inspect")
    return replace(orders, **{name: getattr(options, name) for name in same})


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise ValueError(f"{text!r} is not HOST:PORT")
    return host, int(port)


@contextmanager
def _stop_key() -> Iterator[Callable[[], str]]:
    """Says whether q was pressed, or Ctrl-C; the second Ctrl-C ends at once."""
    why: list[str] = []

    def on_signal(number: int, _: object) -> None:
        if why:
            raise KeyboardInterrupt
        why.append(f"stopped by {signal.Signals(number).name}")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    restore = _keys_at_once() if sys.stdin.isatty() else lambda: None

    def stop() -> str:
        if sys.stdin.isatty() and select.select([sys.stdin], [], [], 0)[0] and sys.stdin.read(1) == "q":
            why.append("stopped by key q")
        return why[0] if why else ""

    try:
        yield stop
    finally:
        restore()
        for number, handler in before.items():
            signal.signal(number, handler)


def _keys_at_once() -> Callable[[], None]:
    """Keys are read without Enter until the function that is returned is called."""
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    return lambda: termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


if __name__ == "__main__":
    sys.exit(main())
