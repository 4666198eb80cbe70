"""Line charts as SVG, drawn from figures: what the pictures of a load run are made of.

A chart is data; its template (``chart.svg.j2``) draws axes, grid, lines and marks, and takes colours from the page.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from reports.templating import TEMPLATES, templates

#: of the drawing, in units of the SVG: the plot lies within
WIDTH: Final = 560
HEIGHT: Final = 240
LEFT: Final = 58
RIGHT: Final = 12
TOP: Final = 14
BOTTOM: Final = 34


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high``; ``is_log`` for times, which differ by orders of magnitude."""

    low: float
    high: float
    name: str
    is_log: bool = False

    def part(self, value: float) -> float:
        """Where a value lies between low (0) and high (1)."""
        if self.is_log:
            value, low, high = (math.log10(max(each, self.low)) for each in (value, self.low, self.high))
        else:
            low, high = self.low, self.high
        return 0.0 if high <= low else min(1.0, max(0.0, (value - low) / (high - low)))

    @property
    def ticks(self) -> list[float]:
        """Round values, four to nine of them."""
        if self.is_log:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            every = [m * 10.0**e for e in range(first, last + 1) for m in ((1,) if last - first > 3 else (1, 2, 5))]
            return [value for value in every if self.low <= value <= self.high]
        step = 10.0 ** math.floor(math.log10(max(self.high - self.low, 1e-9)))
        step = next(step * m for m in (0.1, 0.2, 0.5, 1, 2, 5) if (self.high - self.low) / (step * m) <= 8)
        first = math.ceil(self.low / step)
        return [number * step for number in range(first, math.floor(self.high / step) + 1)]


@dataclass(frozen=True)
class Line:
    """Points in order; None breaks the line. ``kind`` is the class that colours it."""

    name: str
    kind: str
    points: Sequence[tuple[float, float | None]]


@dataclass(frozen=True)
class Chart:
    """``marks``: vertical lines at a value of x, with a word; ``limits``: horizontal ones at a value of y."""

    title: str
    x: Axis
    y: Axis
    lines: Sequence[Line]
    marks: Sequence[tuple[float, str]] = ()
    limits: Sequence[tuple[float, str]] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = field(default=LEFT, init=False)
    top: int = field(default=TOP, init=False)

    @property
    def right(self) -> int:
        return self.width - RIGHT

    @property
    def bottom(self) -> int:
        return self.height - BOTTOM

    def across(self, value: float) -> str:
        return f"{LEFT + self.x.part(value) * (self.right - LEFT):.1f}"

    def up(self, value: float) -> str:
        return f"{self.bottom - self.y.part(value) * (self.bottom - TOP):.1f}"

    def pieces(self, line: Line) -> list[str]:
        """The connected parts of a line, as SVG points."""
        found: list[list[str]] = [[]]
        for x, y in line.points:
            if y is None:
                found.append([])
            else:
                found[-1].append(f"{self.across(x)},{self.up(y)}")
        return [" ".join(piece) for piece in found if piece]


def axis(values: Iterable[float | None], name: str, *, is_log: bool = False, low: float | None = None) -> Axis:
    """An axis on which all values have room."""
    known = [value for value in values if value is not None and (value > 0 or not is_log)]
    least, most = (min(known), max(known)) if known else (1.0, 10.0)
    if is_log:
        return Axis(
            10 ** math.floor(math.log10(least)), max(10 ** math.ceil(math.log10(most)), 10.0 * least), name, True
        )
    begin = least if low is None else low
    return Axis(begin, most * 1.05 if most > begin else begin + 1, name)


#: colours of a chart that stands alone, where no page gives any
_ALONE: Final = (
    ":root { --line:#d9e0e7; --none:#8a96a3; --soft:#5c6b7a; --open:#5b4bb7; --pass:#1f7a4d; --warn:#b26a00; "
    "--fail:#b3261e; } svg { font-family:sans-serif; } .paper { fill:#fff; } text { font-size:13px; } "
    "text.one,text.right { fill:var(--pass); } text.two { fill:var(--warn); } "
    "text.three,text.failed { fill:var(--fail); } "
    "text.offered { fill:var(--none); } "
)


def drawing(chart: Chart, *, alone: bool = False) -> str:
    """The SVG; ``alone`` with colours and legend of its own, else those of the page."""
    style = _ALONE + (TEMPLATES / "load.css").read_text() if alone else ""
    return templates().get_template("chart.svg.j2").render(drawn=chart, style=style, number=number)


def number(value: float) -> str:
    """As an axis writes it: 0.5, 20, 3k."""
    if abs(value) >= 1000:
        return f"{value / 1000:g}k"
    return f"{value:g}"
