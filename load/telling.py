"""What a person at the terminal sees of a run: a line now and then, and the sum at the end."""

import time
from collections.abc import Sequence
from itertools import accumulate
from typing import TextIO

from load.locusts import Look, Progress
from load.shapes import Shape
from load.tally import Tally, added
from load.verdict import Judgement


class Terminal:
    """Writes to ``out``: every second on a terminal, every ten seconds into a file."""

    def __init__(self, shape: Shape, out: TextIO) -> None:
        self.shape = shape
        self.out = out
        self._every = 1.0 if out.isatty() else 10.0
        self._next = 0.0
        self._ends = list(accumulate(leg.seconds for leg in shape.legs))

    def say(self, line: str) -> None:
        self.out.write(f"{line}\n")
        self.out.flush()

    def watching(self, look: Look) -> Look:
        """``look``, and a line now and then."""

        def watch(progress: Progress) -> str:
            now = time.monotonic()
            if progress.began and now >= self._next:
                self._next = now + self._every
                self.say(self._line(progress))
            return look(progress)

        return watch

    def _line(self, progress: Progress) -> str:
        tally, seconds = progress.tally, progress.seconds
        leg = next((number for number, end in enumerate(self._ends) if seconds < end), len(self._ends) - 1)
        last = [
            tally.slices[moment]
            for moment in sorted(tally.slices)
            if moment * tally.width >= seconds - self._every - tally.width
        ]
        span = max(tally.width, len(last) * tally.width)
        offered, right = sum(each.due for each in last) / span, sum(each.right for each in last) / span
        whole, p95 = tally.whole, _ms(tally.in_leg(leg).times.percentile(95))
        return (
            f"{seconds:6.0f} s of {self._ends[-1]:.0f}  {self.shape.words[leg]:10}  offered {offered:8.1f}/s  "
            f"right {right:8.1f}/s  p95 {p95}  wrong {whole.failed}  out {whole.outstanding}"
        )

    def sum_up(
        self, tally: Tally, judgements: Sequence[Judgement], left_out: Sequence[str], limited: Sequence[str]
    ) -> None:
        """A line for each transaction, then what is not a pass."""
        seconds = sum(self.shape.legs[number].seconds for number in self.shape.judged)
        for name in tally.transactions:
            count = added(tally.counts[key] for key in tally.counts if key[1] == name and key[0] in self.shape.judged)
            times = "  ".join(f"p{percent} {_ms(count.times.percentile(percent))}" for percent in (50, 95, 99))
            self.say(f"{name:16} {count.right:7} right  {count.right / seconds:8.1f}/s  {times}  {count.failed} wrong")
        for sentence in left_out:
            self.say(f"left out  {sentence}")
        for sentence in limited:
            self.say(f"limited   {sentence}")
        for judgement in judgements:
            if judgement.verdict != "pass":
                received = "" if judgement.finding is None else f": {judgement.finding.received}"
                self.say(f"{judgement.verdict!s:13} {judgement.title}{received}")


def _ms(seconds: float | None) -> str:
    return "        -" if seconds is None else f"{seconds * 1000:6.1f} ms"
