"""A mock server and the engine alone, each in a process of its own: what calibration, measurement and tests run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from load.histogram import Histogram
from load.tally import Tally

ROOT: Final = Path(__file__).parents[1]


@contextmanager
def mock_server(*arguments: str) -> Iterator[str]:
    """The address of a server of :mod:`load.mock_server` while the context lasts; RuntimeError if it does not start."""
    command = [sys.executable, "-m", "load.mock_server", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            if not address:
                raise RuntimeError("the mock server did not start")
            yield address
        finally:
            process.kill()


@dataclass(frozen=True)
class Trial:
    """What :mod:`load.trial` counted; ``used``: wall and CPU in seconds, memory in octets."""

    tally: Tally
    lag: Histogram
    used: Mapping[str, float]

    @property
    def per_second(self) -> float:
        """Right answers."""
        return self.tally.whole.right / self.used["wall"]


def trial(url: str, *arguments: str, before: Sequence[str] = ()) -> Trial:
    """Run the engine against ``url``, with ``before`` in front of its command; RuntimeError where it fails."""
    return read_trial(ran([*before, *trial_command(url, *arguments)]))


def trial_command(url: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "load.trial", url, *arguments]


def read_trial(printed: str) -> Trial:
    said: dict[str, Any] = json.loads(printed)
    return Trial(Tally.from_json(said["tally"]), Histogram.from_json(said["lag"]), said["used"])


def ran(command: Sequence[str], **environment: str) -> str:
    """What a program prints; RuntimeError with its last words where it fails."""
    given = {**os.environ, **environment}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False, env=given)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])}: {done.stderr[-800:]}")
    return done.stdout
