"""``python -m load.set_clock_for_tests FILE MODULE ARGUMENT..``: run a module while its wall clock is set now and then.

FILE holds the seconds by which the clock of the process is ahead, and may be rewritten while it runs. The monotonic
clock stays right, as it does on a machine whose clock is set.
"""

import datetime
import runpy
import sys
import time
from pathlib import Path
from typing import Any

_real = time.time
_Datetime = datetime.datetime


def main() -> None:
    file, module, *arguments = sys.argv[1:]
    shift = Path(file)

    def now() -> float:
        return _real() + float(shift.read_text() or 0)

    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, _Datetime)

    class Shifted(_Datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return _Datetime.fromtimestamp(now(), tz)

    time.time = now
    setattr(datetime, "datetime", Shifted)  # noqa: B010  # before anything of ours takes it from there
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
