import itertools
import statistics

import pytest

from load.arrivals import Leg, schedule, share, steady

RAMP = [Leg(10, 0, 100), steady(100, 10), Leg(10, 100, 0)]


def test_as_many_arrivals_as_the_rates_say() -> None:
    assert len(list(schedule(RAMP, seed=1, process="constant"))) == 2000 - 1
    assert abs(len(list(schedule(RAMP, seed=1))) - 2000) < 4 * 2000**0.5


def test_constant_arrivals_keep_their_distance() -> None:
    due = list(schedule([steady(50, 2)], seed=1, process="constant"))
    assert due == pytest.approx([number / 50 for number in range(1, 100)])


def test_gaps_of_poisson_arrivals_are_exponential() -> None:
    due = list(schedule([steady(1000, 20)], seed=7))
    gaps = [later - earlier for earlier, later in itertools.pairwise(due)]
    assert statistics.mean(gaps) == pytest.approx(0.001, rel=0.05)
    assert statistics.stdev(gaps) == pytest.approx(0.001, rel=0.05)


def test_arrivals_follow_the_ramp() -> None:
    due = list(schedule(RAMP, seed=3))
    quarters = [sum(low <= when < low + 5 for when in due) for low in (0, 5, 20, 25)]
    assert quarters == pytest.approx([125, 375, 375, 125], rel=0.3)
    assert due == sorted(due)


def test_the_seed_decides() -> None:
    assert list(schedule(RAMP, seed=1)) == list(schedule(RAMP, seed=1))
    assert list(schedule(RAMP, seed=1)) != list(schedule(RAMP, seed=2))


def test_workers_share_without_loss_and_without_doubles() -> None:
    shares = [list(share(schedule(RAMP, seed=1), index, 3)) for index in range(3)]
    assert sorted(number for one in shares for number, _ in one) == list(range(sum(map(len, shares))))
    assert sorted(due for one in shares for _, due in one) == list(schedule(RAMP, seed=1))


def test_a_pause_has_no_arrivals() -> None:
    due = list(schedule([steady(10, 1), steady(0, 5), steady(10, 1)], seed=1, process="constant"))
    assert not [when for when in due if 1.001 < when < 6]


@pytest.mark.parametrize("leg", [(0, 1, 1), (1, -1, 1), (1, 1, float("inf"))])
def test_a_leg_that_makes_no_sense_is_refused(leg: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="a leg needs"):
        Leg(*leg)


def test_an_unknown_process_is_refused() -> None:
    with pytest.raises(ValueError, match="no arrival process 'closed'"):
        next(schedule(RAMP, seed=1, process="closed"))
