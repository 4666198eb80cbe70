"""``python -m load.mock_server``: a server that does nothing but answer, to calibrate and to test the generator.

It takes any POST and gives one fixed answer, at once or as a named habit says. Its address is printed when it listens.
"""

import asyncio
import json
import random
import ssl
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from fixtures.command_line import CommandLine
from load.arrivals import schedule, steady

#: habit -> what it does; SECONDS and others are given as --set name=value
HABITS: Final = {
    "null": "answers at once",
    "queue": "serves one after the other; service times are exponential with mean, from seed",
    "stall": "stands still for stall seconds of every period seconds",
    "wrong": "answers every nth request with a failure inside HTTP 200",
    "error": "answers every nth request with HTTP 500",
    "reset": "resets the connection at every nth request",
    "half": "sends half of the answer to every nth request and closes",
    "silent": "never answers every nth request",
    "slower": "needs mean seconds more with every request",
}
#: seconds before an answer from which the clock is watched: timers of an event loop are up to a millisecond late
_CLOSE: Final = 0.002
_FAILURE: Final = (
    b'<Failure xmlns="urn:eprobe:mock" status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"/>'
)


def service_times(seed: int, mean: float) -> Callable[[], float]:
    """The service times of habit ``queue``: who knows the seed can compute every waiting time by hand."""
    rng = random.Random(seed)
    return lambda: rng.expovariate(1 / mean)


def waiting_times(rate: float, seconds: float, *, mean: float, seed: int = 1) -> list[float]:
    """What each request takes that habit ``queue`` gets by the schedule of that seed: Lindley's recursion, by hand."""
    service, free, took = service_times(seed, mean), 0.0, []
    for due in schedule([steady(rate, seconds)], seed=seed):
        free = max(due, free) + service()
        took.append(free - due)
    return took


class Habit:
    """What the server does with its nth request: when it is answered, and how."""

    def __init__(self, name: str, body: bytes, figures: dict[str, float]) -> None:
        self.name = name
        self.body = body
        self.figures = {"nth": 10, "mean": 0.001, "seed": 1, "stall": 2, "period": 10, **figures}
        self.count = 0
        self.busy_until = 0.0
        self.began: float | None = None
        self._service = service_times(int(self.figures["seed"]), self.figures["mean"])

    def due(self, now: float) -> float:
        """The time at which the request that came ``now`` is answered."""
        self.count += 1
        self.began = now if self.began is None else self.began
        match self.name:
            case "queue":
                self.busy_until = max(now, self.busy_until) + self._service()
                return self.busy_until
            case "slower":
                return now + self.figures["mean"] * self.count
            case "stall":
                into = (now - self.began) % self.figures["period"]
                return now + max(0.0, self.figures["stall"] - into)
        return now

    @property
    def is_odd(self) -> bool:
        """True for every nth request."""
        return self.count % int(self.figures["nth"]) == 0


class Connection(asyncio.Protocol):
    def __init__(self, habit: Habit) -> None:
        self.habit = habit
        self.read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.read += data
        while (end := self.read.find(b"\r\n\r\n")) >= 0:
            head = self.read[:end].lower()
            place = head.find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(self.read) < end + 4 + length:
                return
            self.read = self.read[end + 4 + length :]
            self._serve()

    def _serve(self) -> None:
        due = self.habit.due(asyncio.get_running_loop().time())
        self._answer_at(due, self.habit.is_odd)

    def _answer_at(self, due: float, odd: bool) -> None:
        loop = asyncio.get_running_loop()
        if (wait := due - loop.time()) <= 0:
            self._answer(odd)
        elif wait > _CLOSE:
            loop.call_at(due - _CLOSE, self._answer_at, due, odd)
        else:
            loop.call_soon(self._answer_at, due, odd)

    def _answer(self, odd: bool) -> None:
        match self.habit.name if odd else "":
            case "wrong":
                self._write(b"200 OK", _FAILURE)
            case "error":
                self._write(b"500 Internal Server Error", _FAILURE)
            case "reset":
                self.transport.abort()
            case "half":
                answer = _http(b"200 OK", self.habit.body)
                self.transport.write(answer[: len(answer) - len(self.habit.body) // 2])
                self.transport.close()
            case "silent":
                pass
            case _:
                self._write(b"200 OK", self.habit.body)

    def _write(self, status: bytes, body: bytes) -> None:
        self.transport.write(_http(status, body))


def _http(status: bytes, body: bytes) -> bytes:
    kind = b"Content-Type: application/soap+xml; charset=UTF-8\r\n"
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, kind, len(body), body)


async def serve(habit: Habit, tls: ssl.SSLContext | None) -> None:
    """Listen on a free port until the task is cancelled."""
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(habit), "127.0.0.1", 0, ssl=tls, backlog=1024
    )
    port = server.sockets[0].getsockname()[1]
    print(f"{'https' if tls else 'http'}://localhost:{port}/", flush=True)  # noqa: T201
    await server.serve_forever()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = CommandLine(prog="python -m load.mock_server", description=__doc__.splitlines()[0])
    parser.add_argument(
        "habit", choices=HABITS, nargs="?", default="null", help="; ".join(f"{n}: {t}" for n, t in HABITS.items())
    )
    parser.add_argument("--set", action="append", default=[], help="figure=number: nth, mean, seed, stall, period")
    parser.add_argument("--body", type=Path, help="file with the answer")
    parser.add_argument("--tls", help='JSON: {"cert": file, "key": file, "ca": file}: mutual TLS')
    options = parser.parse_args(arguments)
    figures = {name: float(value) for name, _, value in (each.partition("=") for each in options.set)}
    body = options.body.read_bytes() if options.body else b'<Success xmlns="urn:eprobe:mock"/>'
    context = None
    if options.tls:
        files = json.loads(options.tls)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files["cert"], files["key"])
        context.load_verify_locations(files["ca"])
        context.verify_mode = ssl.CERT_REQUIRED
    try:
        asyncio.run(serve(Habit(options.habit, body, figures), context))
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
