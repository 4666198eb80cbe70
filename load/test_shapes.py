import pytest

from load.orders import Orders
from load.shapes import DAY, SHAPES, WARM_UP, shape


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_takes_its_time_and_keeps_its_rates(name: str) -> None:
    made = shape(name, 10.0, 100.0)
    assert made.words[0] == WARM_UP
    assert sum(made.legs[number].seconds for number in made.judged) == pytest.approx(100)
    assert made.highest == pytest.approx({"steps": 20, "soak": 4}.get(name, 10))


def test_a_day_is_compressed_and_its_busiest_hour_is_the_peak() -> None:
    made = shape("day", 10.0, 240.0)
    assert len(made.judged) == len(DAY) == 24
    assert sum(DAY) == pytest.approx(1, abs=0.01)
    busiest = max(made.judged, key=lambda number: made.legs[number].begin)
    assert (made.words[busiest], made.legs[busiest].begin) == ("09 h", 10.0)


def test_an_unknown_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="no shape 'circle'"):
        shape("circle", 1, 1)


def test_orders_go_through_json() -> None:
    orders = Orders(shape="soak", peak=3.0, changes=("share=0.5",))
    assert Orders.from_json(orders.as_json()) == orders


def test_without_a_rate_the_model_says_it() -> None:
    orders = Orders()
    population = orders.population
    assert orders.rate == pytest.approx(sum(population.arrivals().values()) * population.burst)
    assert Orders(changes=("share=0.4",)).rate > orders.rate
