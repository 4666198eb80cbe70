"""One answer in n is judged as strictly as in conformance, in a process of its own, so that sending is not held up.

``python -m load.inspection TARGET`` reads an exchange a line (JSON) and answers each with what is wrong, a line.
"""

import base64
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import gevent
from gevent.queue import Full, Queue

from load.steady_clock import SteadyClock
from load.step import Answer, Step

_ROOT: Final = Path(__file__).parents[1]
#: exchanges that wait to be looked at; what finds no place is left out and counted
_WAITING: Final = 200


@dataclass
class Inspection:
    """Watches a run: hands over every nth answer. ``findings``: row and sentence -> how often."""

    target: Path
    every: int
    findings: Counter[str] = field(default_factory=Counter)
    inspected: int = 0
    left_out: int = 0
    _seen: Counter[str] = field(default_factory=Counter)
    _clock: SteadyClock = field(default_factory=SteadyClock)

    def __post_init__(self) -> None:
        command = [sys.executable, "-m", "load.inspection", str(self.target.resolve())]
        self._process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._queue: Any = Queue(_WAITING)
        self._work = gevent.spawn(self._hand_over)

    def __call__(self, step: Step, answer: Answer) -> None:
        """Look at this exchange, if it is its turn."""
        self._seen[step.name] += 1
        if self._seen[step.name] % self.every != 1 % self.every:
            return
        try:
            self._queue.put_nowait((step, answer))
        except Full:
            self.left_out += 1

    def close(self, patience: float = 30.0) -> None:
        """Wait for what is still being looked at, ``patience`` seconds at most."""
        self._queue.put(None)
        self._work.join(timeout=patience)
        self._process.kill()
        self._process.wait()

    def _hand_over(self) -> None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        for step, answer in iter(self._queue.get, None):
            stdin.write(json.dumps(_as_json(step, answer, self._clock)).encode() + b"\n")
            stdin.flush()
            said = stdout.readline()
            if not said:
                self.findings["inspection: the process that looks at answers ended"] += 1
                return
            self.inspected += 1
            self.findings.update(json.loads(said))


def _as_json(step: Step, answer: Answer, clock: SteadyClock) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in step.headers.items()}
    return {
        "transaction": step.transaction,
        "method": step.method,
        "url": step.url,
        "request": base64.b64encode(step.body).decode(),
        "request_type": headers.get("content-type", ""),
        "status": answer.status,
        "headers": dict(answer.named()),
        "body": base64.b64encode(answer.body).decode(),
        "at": clock.now(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    from fixtures.checks.rows import rows
    from fixtures.checks.verdicts import Verdict
    from fixtures.suite.watch import facts_of
    from fixtures.target import load_target
    from load.exchange_view import view_of

    (path,) = arguments if arguments is not None else sys.argv[1:]
    facts, judge = facts_of(load_target(Path(path))), rows()
    for line in sys.stdin:
        view, problem = view_of(json.loads(line), facts)
        found = [] if view is not None else [problem]
        for judgement in judge.judge(view) if view is not None else ():
            if judgement.verdict is Verdict.FAIL:
                found.append(f"{judgement.requirement.id}: {judgement.requirement.title}")
        print(json.dumps(found), flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
