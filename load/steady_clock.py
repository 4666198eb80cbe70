"""What time it is, as long as nobody sets the clock of this machine."""

import time
from dataclasses import dataclass, field
from typing import Final

#: seconds by which the clock may drift from one that cannot be set
_DRIFT: Final = 1.0


def _offset() -> float:
    return time.time() - time.monotonic()


@dataclass
class SteadyClock:
    """The clock, compared with the monotonic one since this was made."""

    _began: float = field(default_factory=_offset)

    def now(self) -> float | None:
        """Seconds since 1970, None once the clock was set: what it says then is no measure of anybody's time."""
        return time.time() if abs(_offset() - self._began) < _DRIFT else None
