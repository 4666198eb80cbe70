"""The pictures of a load run say what the ledger says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from fixtures.ledger import FILE_NAME, Judgement, Ledger, LoadRun, Measure, read_ledger
from reports.allure import write_allure
from reports.charts import Axis, Chart, Line, axis
from reports.load_page import picture
from reports.page import write_page
from reports.run import read_run


def load_run(**changes: Any) -> LoadRun:
    moments = tuple(
        {"second": float(n), "offered": 10.0 * n, "right": 9.0 * n, "p50_ms": 5.0, "p95_ms": 20.0, "p99_ms": None}
        | {"failures": {"timeout": n}}
        for n in range(5)
    )
    legs = tuple(
        {"word": f"{n}/s", "rate": n, "planned": 4.0 * n, "offered": 4.0 * n, "right": 3.9 * n, "p95_ms": 20.0}
        | {"errors": 0.0, "holds": n < 3}
        for n in (1, 2, 3)
    )
    known: dict[str, Any] = {"shape": "steps", "peak": 2.0, "seconds": 5.0, "seed": 1, "process": "poisson"}
    known |= {"plan": ("inhabitants 1",), "legs": legs, "moments": moments, "knee": "2/s"}
    known |= {"failures": {"timeout": 10}, "calibration": "kept up", "inspected": 7}
    known |= {"generator": ({"name": "alpha", "cpu": 0.5, "lag": 0.001, "connections": 3, "open_files": 1024},)}
    return LoadRun(**(known | changes))


def page(folder: Path, run: LoadRun) -> str:
    ledger = Ledger(folder / FILE_NAME, worker="load")
    ledger.write(Measure("ITI-18", 100, 9.0, 5.0, 20.0, None, 10))
    ledger.write(run)
    ledger.close()
    return write_page(read_run(read_ledger(folder / FILE_NAME)), folder).read_text()


def test_the_page_shows_every_line_and_the_knee(tmp_path: Path) -> None:
    shown = page(tmp_path, load_run())
    assert re.findall(r'<polyline class="(\w+)"', shown) == [
        "one",
        "two",
        "offered",
        "right",
        "failed",
        "offered",
        "right",
    ]
    assert "The last step that holds is <b>2/s</b>" in shown
    assert ">knee</text>" in shown
    assert "alpha" in shown
    assert "inhabitants 1" in shown


def test_a_run_in_which_no_step_holds_says_so(tmp_path: Path) -> None:
    assert "<b>No step holds.</b>" in page(tmp_path, load_run(knee=""))


def test_a_lost_worker_and_the_end_of_a_run_stand_in_the_page(tmp_path: Path) -> None:
    shown = page(tmp_path, load_run(why="stopped by key q", left_out=("worker beta was lost 4 s into the run",)))
    assert "stopped by key q" in shown
    assert "worker beta was lost" in shown


def test_allure_gets_the_pictures_with_each_verdict(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / FILE_NAME, worker="load")
    ledger.write(load_run())
    ledger.write(Judgement("load::ITI-18::p95", "load", "ITI-18: p95", (), "pass"))
    ledger.close()
    results = write_allure(read_run(read_ledger(tmp_path / FILE_NAME)), tmp_path)
    (result,) = (json.loads(file.read_text()) for file in results.glob("*-result.json"))
    names = [each["name"] for each in result["attachments"]]
    assert names == ["Time to a right answer", "Requests over time", "The knee"]
    for each in result["attachments"]:
        drawn = etree.fromstring((results / each["source"]).read_bytes())
        assert len(list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))) >= 2


def test_no_load_no_picture() -> None:
    assert picture(None) is None
    assert picture(load_run(moments=())) is None


@pytest.mark.parametrize(("value", "part"), [(1, 0.0), (10, 0.5), (100, 1.0), (1000, 1.0), (0, 0.0)])
def test_a_logarithmic_axis(value: float, part: float) -> None:
    assert Axis(1, 100, "ms", True).part(value) == pytest.approx(part)


@pytest.mark.parametrize("values", [[], [5.0], [0.0, 0.0], [1.0, 1e6], [None, 3.0]])
def test_every_axis_has_ticks_within(values: list[float | None]) -> None:
    for is_log in (False, True):
        made = axis(values, "x", is_log=is_log, low=None if is_log else 0.0)
        assert made.ticks
        assert all(made.low <= tick <= made.high for tick in made.ticks)


def test_a_gap_breaks_the_line() -> None:
    made = Chart("t", Axis(0, 3, "x"), Axis(0, 1, "y"), [Line("a", "one", [(0, 1), (1, None), (2, 0), (3, 1)])])
    assert [len(piece.split()) for piece in made.pieces(made.lines[0])] == [1, 2]
