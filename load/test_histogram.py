import json
import random

import pytest

from load.histogram import Histogram, merged


def of(values: list[float]) -> Histogram:
    made = Histogram()
    for value in values:
        made.record(value)
    return made


def test_percentiles_are_right_to_three_digits() -> None:
    rng = random.Random(1)
    values = sorted(rng.lognormvariate(-3, 1.5) for _ in range(20_000))
    found = of(values)
    for percent in (1, 50, 90, 95, 99, 99.9):
        assert found.percentile(percent) == pytest.approx(values[int(percent / 100 * len(values)) - 1], rel=0.005)


def test_no_percentile_is_beyond_the_extremes() -> None:
    found = of([0.1234567, 0.9876543])
    assert (found.percentile(0), found.percentile(100)) == (0.1234567, 0.9876543)
    assert (found.shortest, found.longest) == (0.1234567, 0.9876543)


def test_merging_over_processes_counts_everything_once() -> None:
    first, second = [0.001 * n for n in range(1, 500)], [0.002 * n for n in range(1, 500)]
    sent = [Histogram.from_json(json.loads(json.dumps(of(values).as_json()))) for values in (first, second, [])]
    whole, expected = merged(sent), of(first + second)
    assert (whole.count, whole.longest, whole.shortest) == (998, expected.longest, expected.shortest)
    assert whole.mean == pytest.approx(expected.mean)
    assert [whole.percentile(p) for p in (50, 95, 99)] == [expected.percentile(p) for p in (50, 95, 99)]


def test_nothing_has_no_percentile() -> None:
    assert (Histogram().percentile(50), Histogram().mean, merged([]).count) == (None, None, 0)


def test_more_than_an_hour_stays_the_longest() -> None:
    found = of([7200.0])
    assert (found.count, found.longest) == (1, 7200.0)


def test_a_clock_that_ran_backwards_is_not_counted() -> None:
    with pytest.raises(ValueError, match="a duration of -1"):
        Histogram().record(-1)
