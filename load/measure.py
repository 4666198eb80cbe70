"""``python -m load.measure``: what the generator can do, and how right it is; each ratio from one run, side by side.

queue       percentiles against a queueing server, beside those computed by hand for the same arrivals
rate        ITI-18 with token over mutual TLS against a server that answers at once, on one core: requests a second,
            beside stock FastHttpUser with a fixed body and, where it is installed, k6 with the same fixed body
memory      octets of a process for each 1,000 requests that are out
processes   requests a second of two processes that send, beside one
scale       median of FindDocuments with 10 documents in an embedded community with 10 thousand, 100 thousand and a
            million documents (some minutes, and 6 GB of memory; not among the parts that are measured by default)
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import trustme

from fixtures.client import Community, connect
from fixtures.command_line import CommandLine
from fixtures.epr.queries import find_documents
from fixtures.suite.embedded import COMMAND, Embedded
from fixtures.target import load_target
from load.bench import ROOT, mock_server, ran, read_trial, trial, trial_command
from load.mock_server import waiting_times
from load.template import TOKEN, template
from load.trial import DOCUMENTS, TOKEN_OF_USUAL_SIZE

_SECONDS: Final = 6.0
_LONG: Final = ("--seconds", str(_SECONDS))
_K6: Final = """
import http from 'k6/http';
export const options = {vus: 20, duration: '%ds', insecureSkipTLSVerify: true, discardResponseBodies: false,
  tlsAuth: [{cert: open('%s'), key: open('%s')}], summaryTrendStats: ['med']};
const body = open('%s');
export default function () { http.post('%s', body, {headers: {'Content-Type': 'application/soap+xml'}}); }
"""
_FAST: Final = """
from gevent import monkey; monkey.patch_all()
import gevent, ssl, sys
from locust import constant, task
from locust.contrib.fasthttp import FastHttpUser
from locust.env import Environment
url, body, ca, pair, seconds = sys.argv[1:]
octets = open(body, "rb").read()
def context():
    made = ssl.create_default_context(cafile=ca)
    made.load_cert_chain(pair)
    return made
class Same(FastHttpUser):
    host = url; wait_time = constant(0); ssl_context_factory = staticmethod(context); insecure = False
    @task
    def post(self):
        self.client.post("/", data=octets, headers={"Content-Type": "application/soap+xml"})
environment = Environment(user_classes=[Same])
runner = environment.create_local_runner()
runner.start(20, 20)
gevent.sleep(float(seconds))
runner.quit()
print(environment.stats.total.num_requests - environment.stats.total.num_failures)
"""


class Bench:
    """Keys and messages in a folder, and a null server that asks for a client certificate."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca, self.server, self.client = (folder / f"{name}.pem" for name in ("ca", "server", "client"))
        authority.cert_pem.write_to_path(self.ca)
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(self.server)
        authority.issue_cert("client@eprobe.example").private_key_and_cert_chain_pem.write_to_path(self.client)
        self.request, self.answer = folder / "request.xml", folder / "answer.xml"
        made = template(find_documents("7^^^&2.999.756.1.3&ISO", token=TOKEN), "https://localhost/")
        self.request.write_bytes(made.fill(TOKEN_OF_USUAL_SIZE))
        entry = "<rim:ExtrinsicObject >" + "x" * 3000 + "</rim:ExtrinsicObject>"
        success = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
        self.answer.write_text(f'<query status="{success}">{entry * DOCUMENTS}</query>')

    def tls(self, pair: Path) -> str:
        return json.dumps({"cert": str(pair), "key": str(pair), "ca": str(self.ca)})

    @contextmanager
    def null(self) -> Iterator[str]:
        with mock_server("null", "--body", str(self.answer), "--tls", self.tls(self.server)) as url:
            yield url

    # --- ways to send -----------------------------------------------------------------------------

    def engine(self, url: str) -> float:
        """Right answers a second of the engine, each message made anew and each answer judged."""
        carried = trial(url, *self.queries(20_000), before=_pinned()).per_second
        # a little more than it carries now, so that it always has something to send, and little to drop
        return trial(url, *self.queries(1.1 * carried), before=_pinned()).per_second

    def queries(self, rate: float) -> list[str]:
        """The options of a trial that sends queries, at most 20 at once."""
        return [*("--find-documents", "--rate", str(rate), "--room", "20"), *_LONG, "--tls", self.tls(self.client)]

    def fast(self, url: str) -> float:
        """The same of stock FastHttpUser: a fixed body, the status alone is looked at."""
        address = url.rstrip("/")
        command = [
            sys.executable,
            "-c",
            _FAST,
            address,
            str(self.request),
            str(self.ca),
            str(self.client),
            str(_SECONDS),
        ]
        return float(ran([*_pinned(), *command])) / _SECONDS

    def k6(self, url: str) -> float:
        """The same of k6."""
        script = self.request.with_suffix(".js")
        pair, body = str(self.client), str(self.request)
        script.write_text(_K6 % (round(_SECONDS), pair, pair, body, url))
        summary = script.with_suffix(".json")
        command = ["k6", "run", "-q", "--summary-export", str(summary), str(script)]
        ran([*_pinned(), *command], GOMAXPROCS="1")
        return float(json.loads(summary.read_text())["metrics"]["http_reqs"]["rate"])


def _pinned() -> list[str]:
    """Keeps a program on one core, where there are several."""
    return ["taskset", "-c", "0"] if shutil.which("taskset") else []


# --- what is measured -----------------------------------------------------------------------------


def queue(_: Bench) -> Iterator[str]:
    rate, seconds, mean = 20.0, 40.0, 0.045
    with mock_server("queue", "--set", f"mean={mean}") as url:
        found = trial(url, "--rate", str(rate), "--seconds", str(seconds)).tally.whole.times
    expected = sorted(waiting_times(rate, seconds, mean=mean))
    for percent in (50, 95, 99):
        by_hand = expected[int(percent / 100 * len(expected)) - 1]
        measured = found.percentile(percent) or 0.0
        off = measured / by_hand - 1
        yield f"p{percent}: {measured * 1000:.1f} ms, by hand {by_hand * 1000:.1f} ms: {off:+.2%}"


def rate(bench: Bench) -> Iterator[str]:
    ways: dict[str, Callable[[str], float]] = {"engine": bench.engine, "FastHttpUser": bench.fast}
    if shutil.which("k6"):
        ways["k6"] = bench.k6
    found: dict[str, list[float]] = {name: [] for name in ways}
    with bench.null() as url:
        for _ in range(3):
            for name, way in ways.items():
                found[name].append(way(url))
    medians = {name: statistics.median(values) for name, values in found.items()}
    for name, value in medians.items():
        beside = "" if name == "engine" else f"; the engine sends {medians['engine'] / value:.2f} times as many"
        yield f"{name}: {value:,.0f} requests/s on one core (median of {len(found[name])}){beside}"
    if "k6" not in ways:
        yield "k6: not installed (go install go.k6.io/k6@latest)"


def memory(_: Bench) -> Iterator[str]:
    used = {}
    for room in (1000, 4000):
        with mock_server("silent", "--set", "nth=1") as url:
            arguments = ("--rate", str(room * 2), "--seconds", "3", "--room", str(room), "--limit", "4")
            used[room] = trial(url, *arguments).used["memory"]
    each = (used[4000] - used[1000]) / 3
    yield f"{each / 1e6:.1f} MB for each 1,000 requests that are out; {used[1000] / 1e6:.0f} MB with 1,000 of them"


def processes(bench: Bench) -> Iterator[str]:
    with bench.null() as url:
        most = bench.queries(20_000)
        one = trial(url, *most).per_second
        command = trial_command(url, *most)
        started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        two = sum(read_trial(each.communicate()[0]).per_second for each in started)
    where = f"on {os.cpu_count()} cores with the server"
    yield f"{one:,.0f} requests/s from one process, {two:,.0f} from two: {two / one:.2f} times, {where}"


def scale(_: Bench) -> Iterator[str]:
    medians: list[float] = []
    for documents in (10_000, 100_000, 1_000_000):
        with tempfile.TemporaryDirectory(prefix="eprobe-") as folder:
            began = time.monotonic()
            embedded = Embedded(Path(folder), command=(*COMMAND, "--population", str(documents)))
            embedded.start(limit=1800)
            filled = time.monotonic() - began
            try:
                with connect(load_target(embedded.target_file)) as community:
                    medians.append(_find_documents(community))
            finally:
                embedded.stop()
        # a bar is drawn beside the first one, which has twenty signs
        bar = "#" * round(20 * medians[-1] / medians[0])
        yield f"{documents:>9,} documents, ready in {filled:5.0f} s: p50 {medians[-1] * 1000:6.2f} ms {bar}"
    yield f"a hundred times as many documents: {medians[-1] / medians[0]:.2f} times as long"


def _find_documents(community: Community) -> float:
    """Median seconds of one query after the other, over one connection."""
    patient = community.record()
    for _ in range(DOCUMENTS):
        community.publish(patient)
    token = community.token("HCP", patient)
    times = []
    for _ in range(300):
        reply = community.send(find_documents(patient.xad_pid, token=token))
        times.append(reply.seconds)
    return statistics.median(times)


_PARTS: Final = {made.__name__: made for made in (queue, rate, memory, processes, scale)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = CommandLine(prog="python -m load.measure", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*_PARTS, []], help="default: all but scale")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="eprobe-") as folder:
        bench = Bench(Path(folder))
        for name in options.parts or [name for name in _PARTS if name != "scale"]:
            for line in _PARTS[name](bench):
                print(f"{name:10} {line}", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
