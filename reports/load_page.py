"""The pictures of a load run in the readiness page, from the ledger alone."""

from collections import Counter
from dataclasses import dataclass

from fixtures.ledger import LoadRun
from reports.charts import Axis, Chart, Line, axis

_PERCENTILES = (("p50", "one"), ("p95", "two"), ("p99", "three"))


@dataclass(frozen=True)
class Picture:
    """What the page shows of a load run."""

    run: LoadRun
    over_time: Chart
    rates: Chart
    knee: Chart | None
    failures: tuple[tuple[str, int], ...]

    @property
    def doubts(self) -> tuple[str, ...]:
        """What stands between the figures and a verdict."""
        return (*((self.run.why,) if self.run.why else ()), *self.run.left_out)


def picture(run: LoadRun | None) -> Picture | None:
    """None where nothing was sent."""
    if run is None or not run.moments:
        return None
    seconds = [moment["second"] for moment in run.moments]
    time = axis(seconds, "seconds", low=0)
    latency = [
        Line(name, kind, [(moment["second"], moment[f"{name}_ms"]) for moment in run.moments])
        for name, kind in _PERCENTILES
    ]
    rates = [
        Line("offered", "offered", [(moment["second"], moment["offered"]) for moment in run.moments]),
        Line("answered right", "right", [(moment["second"], moment["right"]) for moment in run.moments]),
    ]
    failed = Line("failed", "failed", [(m["second"], sum(m["failures"].values())) for m in run.moments])
    return Picture(
        run,
        Chart("Time to a right answer", time, _of(latency, "milliseconds", is_log=True), latency),
        Chart("Requests over time", time, _of([*rates, failed], "requests/s", low=0), [*rates, failed]),
        _knee(run) if run.shape == "steps" else None,
        tuple(Counter(run.failures).most_common()),
    )


def _of(lines: list[Line], name: str, *, is_log: bool = False, low: float | None = None) -> Axis:
    return axis((y for line in lines for _, y in line.points), name, is_log=is_log, low=low)


def _knee(run: LoadRun) -> Chart:
    planned = [leg["planned"] for leg in run.legs]
    right = Line("answered right", "right", [(leg["planned"], leg["right"]) for leg in run.legs])
    ideal = Line("all that was planned", "offered", [(0.0, 0.0), *((value, value) for value in planned)])
    x, y = axis(planned, "planned, requests/s", low=0), axis([*planned, *_rights(run)], "right, requests/s", low=0)
    marks = [(leg["planned"], "knee") for leg in run.legs if leg["word"] == run.knee]
    return Chart("The knee", x, y, [ideal, right], marks)


def _rights(run: LoadRun) -> list[float]:
    return [leg["right"] for leg in run.legs]
