import pytest

from load.population import ModelError, load_population


def test_two_million_inhabitants_with_twenty_percent_records() -> None:
    model = load_population()
    assert model.inhabitants == 2_152_095
    assert model.records == pytest.approx(430_419)
    assert model.documents_per_day == pytest.approx(17_216.76)


def test_arrivals_by_hand() -> None:
    arrivals = load_population().arrivals()
    # 6000 people × 0.9 × 10 a day × 0.2 × 0.5 = 5400 visits, 15 % of them in 3600 s, 30 % of them by app
    assert arrivals["hospital"] == pytest.approx(5400 * 0.15 / 3600 * 0.7)
    assert arrivals["hospital-app"] == pytest.approx(5400 * 0.15 / 3600 * 0.3)
    assert arrivals["publisher"] == pytest.approx(17_216.76 * 0.15 / 3600 * 0.7)
    assert arrivals["patient"] == pytest.approx(430_419 * 0.033 * 0.10 / 3600 * 0.7)


def test_transactions_add_up_over_the_journeys() -> None:
    model = load_population()
    arrivals, rates = model.arrivals(), model.transactions()
    treating = sum(arrivals[kind] for kind in ("hospital", "practice", "pharmacy", "nursing-home", "home-care"))
    assert rates["ITI-47"] == pytest.approx(treating)
    assert rates["ITI-43"] == pytest.approx(2.5 * treating + arrivals["patient"] + arrivals["representative"])
    assert rates["ITI-41"] == pytest.approx(arrivals["publisher"])
    assert rates["ITI-65"] == pytest.approx(arrivals["publisher-app"] + arrivals["upload"])
    assert rates["ITI-81"] == pytest.approx(0.2 * (arrivals["patient"] + arrivals["patient-app"]))


def test_without_apps_everything_is_asked_by_soap() -> None:
    with_apps, without = load_population(), load_population(["mobile=0"])
    assert sum(without.arrivals().values()) == pytest.approx(
        sum(with_apps.arrivals().values()) - with_apps.arrivals()["upload"]
    )
    assert without.transactions()["ITI-67"] == 0


@pytest.mark.parametrize(("share", "publications"), [(0.1, 0.36), (0.5, 1.8), (0.9, 3.2)])
def test_publications_of_the_scenarios(share: float, publications: float) -> None:
    model = load_population([f"share={share}"])
    by_publishers = model.arrivals()["publisher"] + model.arrivals()["publisher-app"]
    assert by_publishers == pytest.approx(publications, rel=0.02)


def test_a_figure_is_overridden() -> None:
    changed = load_population(["visits.hospital.per_day=20", "inhabitants.JU=0"])
    assert changed.arrivals()["hospital"] == pytest.approx(2 * load_population().arrivals()["hospital"])
    assert changed.inhabitants == 2_152_095 - 74_465


@pytest.mark.parametrize(
    "change", ["sahre=0.5", "share", "share=many", "visits=3", "visits.hospital.journey=1", "a.b.c=1"]
)
def test_a_figure_that_does_not_exist_is_refused(change: str) -> None:
    with pytest.raises(ModelError, match=r"figure|number"):
        load_population([change])


def test_apps_are_used_for_a_part() -> None:
    with pytest.raises(ModelError, match="from 0 to 1"):
        load_population(["mobile=1.2"]).arrivals()


def test_the_arithmetic_is_told() -> None:
    told = "\n".join(load_population().explained())
    assert "2,152,095 × 0.2 = 430,419" in told
    assert "6,000 people × 0.9 active × 10 per day × 0.2 with a record × 0.5 opened × 0.7 by desk" in told


def test_every_document_range_has_its_part() -> None:
    ranges = load_population().data["documents"]
    assert sum(each["part"] for each in ranges) == pytest.approx(1)
    assert all(each["from"] < each["to"] for each in ranges)
