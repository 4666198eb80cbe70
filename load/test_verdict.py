import pytest

from fixtures.checks.verdicts import Verdict
from fixtures.target import Load
from load.verdict import Series, judge, percentile

LIMITS = Load(p50_ms=10, p95_ms=20, p99_ms=30)


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (90, 9), (95, 10), (99, 10), (100, 10)])
def test_percentile_is_the_nearest_rank(percent: float, value: float) -> None:
    assert percentile([3, 1, 2, 10, 9, 8, 7, 6, 5, 4], percent) == value


def test_quick_and_right_answers_pass_every_verdict() -> None:
    assert {j.verdict for j in judge(Series("ITI-18", [5.0] * 100), LIMITS)} == {Verdict.PASS}


def test_one_slow_tail_fails_only_the_tail() -> None:
    judgements = judge(Series("ITI-18", [5.0] * 98 + [100.0, 100.0]), LIMITS)
    assert {j.test: j.verdict for j in judgements} == {
        "load::ITI-18::content": Verdict.PASS,
        "load::ITI-18::p50": Verdict.PASS,
        "load::ITI-18::p95": Verdict.PASS,
        "load::ITI-18::p99": Verdict.FAIL,
    }


def test_a_wrong_answer_fails_however_quick_it_was() -> None:
    content, *_ = judge(Series("ITI-18", [5.0] * 100, ["no document of the patient"]), LIMITS)
    assert content.verdict is Verdict.FAIL
    assert content.finding is not None
    assert "no document of the patient" in content.finding.received


def test_nothing_measured_is_never_a_pass() -> None:
    assert [j.verdict for j in judge(Series("ITI-18"), LIMITS)] == [Verdict.INCONCLUSIVE]


def test_only_wrong_answers_pass_no_threshold() -> None:
    assert {j.verdict for j in judge(Series("ITI-18", [], ["fault"]), LIMITS)} == {Verdict.FAIL}
