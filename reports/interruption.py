"""Ctrl-C and SIGTERM while the suites run as programs of their own."""

import os
import signal
import subprocess
from collections.abc import Sequence
from types import FrameType, TracebackType
from typing import Any, Final, Self

#: tells a suite which process it works for; it ends when that one is gone
PARENT: Final = "EPROBE_PARENT"


class Interruption:
    """The first signal ends the suite that runs, in order, and ``happened`` says so; the reports are still written."""

    def __init__(self) -> None:
        self.happened = False
        self._process: subprocess.Popen[bytes] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, command: Sequence[str]) -> int:
        """The exit code of a program, negative for a signal; the program is told to end when we are."""
        environment = {**os.environ, PARENT: str(os.getpid())}
        with subprocess.Popen(command, env=environment) as self._process:
            if self.happened:
                self._process.terminate()
            return self._process.wait()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.happened = True
        if self._process is not None:
            self._process.terminate()
