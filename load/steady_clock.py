"""What time it is, as long as nobody sets the clock of this machine."""

import time
from dataclasses import dataclass, field
from typing import Final

#: seconds by which the clock may drift from one that cannot be set
DRIFT: Final = 1.0


def _offset() -> float:
    return time.time() - time.monotonic()


@dataclass
class SteadyClock:
    """The clock of this machine, compared with the monotonic one since this was made."""

    _began: float = field(default_factory=_offset)

    @property
    def shift(self) -> float:
        """Seconds by which the clock was set forward, 0 for what is mere drift."""
        found = _offset() - self._began
        return found if abs(found) >= DRIFT else 0.0

    def now(self) -> float | None:
        """Seconds since 1970, None while the clock is set: what it says then is no measure of anybody's time."""
        return None if self.shift else time.time()
