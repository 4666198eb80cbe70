import pytest

from fixtures.checks.verdicts import Reason, Verdict
from fixtures.target import Load
from load.shapes import Shape, shape
from load.tally import Tally
from load.verdict import judge, knee, legs

LIMITS = Load(p50_ms=100, p95_ms=200, p99_ms=300)
SMOKE = shape("smoke", 10, 10)
STEPS = shape("steps", 10, 100)


def filled(
    made: Shape, took: float = 0.01, *, wrong_from: float = float("inf"), slow_from: float = float("inf")
) -> Tally:
    """Ten times the arrivals of each leg in whole seconds; from a rate on, answers are wrong, or slow."""
    tally, begin = Tally(), 0.0
    for number, leg in enumerate(made.legs):
        for arrival in range(round(leg.arrivals)):
            at = begin + leg.when(arrival + 0.5)
            tally.is_due(number, "ITI-18", at)
            if leg.end >= wrong_from:
                tally.has_failed(number, "ITI-18", at, "wrong-answer", "no document of the patient")
            else:
                tally.is_right(number, "ITI-18", at, 1.0 if leg.end >= slow_from else took)
        begin += leg.seconds
    return tally


def verdicts(tally: Tally, made: Shape = SMOKE, **known: object) -> dict[str, Verdict]:
    found = judge(tally, made, LIMITS, peak=10, **known)  # type: ignore[arg-type]
    return {judgement.test: judgement.verdict for judgement in found}


def test_quick_and_right_answers_pass_every_verdict() -> None:
    assert verdicts(filled(SMOKE)) == {
        f"load::ITI-18::{what}": Verdict.PASS for what in ("content", "p50", "p95", "p99")
    }


def test_a_slow_tail_fails_only_the_tail() -> None:
    tally = filled(SMOKE)
    for second in range(3):
        tally.is_due(1, "ITI-18", second)
        tally.is_right(1, "ITI-18", second, 2.0)
    assert {test for test, verdict in verdicts(tally).items() if verdict is Verdict.FAIL} == {"load::ITI-18::p99"}


def test_a_wrong_answer_fails_however_quick_it_was() -> None:
    tally = filled(SMOKE)
    tally.is_due(1, "ITI-18", 1)
    tally.has_failed(1, "ITI-18", 1, "wrong-answer", "no document of the patient")
    (content, *_) = judge(tally, SMOKE, LIMITS, peak=10)
    assert (content.test, content.verdict) == ("load::ITI-18::content", Verdict.FAIL)
    assert content.finding is not None
    assert "no document of the patient" in content.finding.received


def test_the_warm_up_is_not_judged() -> None:
    tally = filled(SMOKE)
    tally.is_due(0, "ITI-18", 0)
    tally.has_failed(0, "ITI-18", 0, "refused", "nobody listened yet")
    assert set(verdicts(tally).values()) == {Verdict.PASS}


def test_nothing_measured_is_never_a_pass() -> None:
    assert verdicts(Tally()) == {"load::journey": Verdict.INCONCLUSIVE}


def test_only_wrong_answers_pass_no_threshold() -> None:
    assert set(verdicts(filled(SMOKE, wrong_from=0)).values()) == {Verdict.FAIL}


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"limited": ["generator used 99% of a core"]}, Reason.GENERATOR_LIMITED),
        ({"lost": ["worker b was lost"]}, Reason.WORKER_LOST),
        ({"why": "stopped by key q"}, Reason.INTERRUPTED),
    ],
)
def test_in_doubt_nothing_passes_and_no_figure_fails(known: dict[str, object], reason: Reason) -> None:
    for tally in (filled(SMOKE), filled(SMOKE, slow_from=0)):
        found = judge(tally, SMOKE, LIMITS, peak=10, **known)  # type: ignore[arg-type]
        assert {judgement.verdict for judgement in found} == {Verdict.INCONCLUSIVE}
        assert {judgement.reason for judgement in found} == {reason}


def test_a_wrong_answer_stays_wrong_in_doubt() -> None:
    found = verdicts(filled(SMOKE, wrong_from=0), limited=["generator used 99% of a core"])
    assert found["load::ITI-18::content"] is Verdict.FAIL
    assert found["load::ITI-18::p50"] is Verdict.INCONCLUSIVE


def test_a_run_ended_because_the_target_failed_is_a_finding() -> None:
    why = "30 of the last 40 requests failed"
    assert verdicts(filled(SMOKE), why=why, failing=why)["load::run"] is Verdict.FAIL
    both = verdicts(filled(SMOKE), why=why, failing=why, limited=["no sockets"])
    assert both["load::run"] is Verdict.INCONCLUSIVE


# --- the knee -------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["wrong_from", "slow_from"])
def test_the_knee_is_the_last_step_that_holds(broken: str) -> None:
    last = knee(legs(filled(STEPS, **{broken: 15}), STEPS), LIMITS)
    assert last is not None
    assert last.rate == pytest.approx(14)


def test_a_knee_above_the_peak_passes_and_steps_beyond_it_are_no_finding() -> None:
    found = verdicts(filled(STEPS, wrong_from=15), STEPS)
    assert (found["load::steps::knee"], found["load::ITI-18::content"]) == (Verdict.PASS, Verdict.PASS)


def test_a_knee_below_the_peak_fails() -> None:
    found = judge(filled(STEPS, slow_from=7), STEPS, LIMITS, peak=10)
    (finding,) = [judgement.finding for judgement in found if judgement.test == "load::steps::knee"]
    assert finding is not None
    assert finding.received.startswith("6.0/s holds; at 8.0/s")


def test_a_server_that_leaves_requests_unanswered_does_not_hold() -> None:
    tally = filled(STEPS)
    for _ in range(round(tally.in_leg(5).due * 0.05) + 1):
        tally.is_due(5, "ITI-18", 50)
    assert knee(legs(tally, STEPS), LIMITS) == legs(tally, STEPS)[3]


# --- spike and soak -------------------------------------------------------------------------------


def test_a_spike_that_is_not_recovered_from_fails() -> None:
    spike = shape("spike", 10, 100)
    tally = filled(spike)
    assert verdicts(tally, spike)["load::spike::recovery"] is Verdict.PASS
    for second in range(10):
        tally.is_due(3, "ITI-18", 60 + second)
        tally.has_failed(3, "ITI-18", 60 + second, "timeout", "no answer")
    assert verdicts(tally, spike)["load::spike::recovery"] is Verdict.FAIL


def test_a_soak_that_gets_slower_fails() -> None:
    soak = shape("soak", 10, 100)
    assert verdicts(filled(soak), soak)["load::soak::growth"] is Verdict.PASS
    slower = filled(soak)
    for second in range(30):
        slower.is_due(4, "ITI-18", 80 + second)
        slower.is_right(4, "ITI-18", 80 + second, 0.1)
    assert verdicts(slower, soak)["load::soak::growth"] is Verdict.FAIL


def test_what_failed_while_our_clock_was_set_is_no_finding() -> None:
    found = judge(filled(SMOKE, wrong_from=0), SMOKE, LIMITS, peak=10, clocks=["the clock was set"])
    assert {judgement.verdict for judgement in found} == {Verdict.INCONCLUSIVE}
    assert {judgement.reason for judgement in found} == {Reason.NEEDS_CLOCK}


def test_a_clock_that_was_set_excuses_no_slowness() -> None:
    assert verdicts(filled(SMOKE, took=1.0), clocks=["the clock was set"])["load::ITI-18::p50"] is Verdict.FAIL
    assert Verdict.INCONCLUSIVE not in verdicts(filled(SMOKE), clocks=["the clock was set"]).values()
