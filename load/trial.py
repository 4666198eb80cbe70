"""``python -m load.trial URL``: the engine alone, with one fixed request; prints its tally as JSON.

For calibration against :mod:`load.mock_server` and for tests; judged is only whether the answer has the expected text.
"""

import json
import resource
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gevent import monkey

from fixtures.command_line import CommandLine

monkey.patch_all()


#: DocumentEntries in the answer to a query of the trial
DOCUMENTS: Final = 10
TOKEN_OF_USUAL_SIZE: Final = b"<saml2:Assertion>" + b"x" * 5000 + b"</saml2:Assertion>"


def main(arguments: Sequence[str] | None = None) -> int:
    from fixtures.epr.queries import find_documents
    from load.arrivals import Leg, schedule, share
    from load.engine import Engine
    from load.right import finds
    from load.sender import Sender
    from load.step import Answer, Step
    from load.tally import Tally
    from load.template import TOKEN, template

    parser = CommandLine(prog="python -m load.trial", description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--rate", type=float, default=100.0, help="arrivals per second")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--process", default="poisson", help="poisson or constant")
    parser.add_argument("--room", type=int, default=2000, help="requests that may be out at once")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds an answer may take")
    parser.add_argument("--max-rps", type=float, default=0.0, help="requests a second that are allowed")
    parser.add_argument("--body", type=Path, help="file with the request")
    parser.add_argument("--expect", default="Success", help="text a right answer has")
    parser.add_argument("--find-documents", action="store_true", help="send ITI-18 with a token, as a load run does")
    parser.add_argument("--tls", help='JSON: {"cert": file, "key": file, "ca": file}')
    options = parser.parse_args(arguments)

    def context(_: bool) -> ssl.SSLContext:
        files = json.loads(options.tls or "null")
        if files is None:
            return ssl.create_default_context()
        made = ssl.create_default_context(cafile=files["ca"])
        made.load_cert_chain(files["cert"], files["key"])
        return made

    expected, body = options.expect.encode(), options.body.read_bytes() if options.body else b"<Request/>"

    def judge(answer: Answer) -> str:
        return "" if expected in answer.body else f"an answer without {options.expect}"

    class Queries:
        """FindDocuments of one patient, with a token of the usual size filled in each time."""

        def __init__(self, url: str) -> None:
            self.made = template(find_documents("7^^^&2.999.756.1.3&ISO", token=TOKEN), url)
            self.judge = finds(DOCUMENTS)

        def journey(self, _: int) -> Iterator[Callable[[], Step]]:
            made = self.made
            yield lambda: made.step(TOKEN_OF_USUAL_SIZE, self.judge)

    @dataclass(frozen=True)
    class Same:
        step: Step

        def journey(self, _: int) -> Iterator[Callable[[], Step]]:
            yield lambda: self.step

    legs = [Leg(options.seconds, options.rate, options.rate)]
    arrivals = share(schedule(legs, seed=options.seed, process=options.process), 0, 1)
    sender = Sender(context, limit=options.limit, connections=options.room, max_rps=options.max_rps)
    step = Step("trial", options.url, body, {"Content-Type": "application/soap+xml; charset=UTF-8"}, judge)
    plan = Queries(options.url) if options.find_documents else Same(step)
    tally = Tally()
    engine = Engine(plan, sender, legs, tally, room=options.room)
    wall, cpu = time.monotonic(), time.process_time()
    engine.run(arrivals, begin=time.monotonic() + 0.2, patience=options.limit)
    used = {"wall": time.monotonic() - wall, "cpu": time.process_time() - cpu, "memory": _memory()}
    print(json.dumps({"tally": tally.as_json(), "lag": engine.lag.as_json(), "used": used}))  # noqa: T201
    return 0


def _memory() -> int:
    """The most octets this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
