"""The engine against servers whose answer times can be computed by hand."""

import json
from pathlib import Path

import pytest
import trustme

from load.bench import mock_server, trial
from load.mock_server import waiting_times


def percentiles(times: list[float]) -> list[float]:
    ordered = sorted(times)
    return [ordered[int(percent / 100 * len(ordered)) - 1] for percent in (50, 95, 99)]


def test_a_queue_takes_as_long_as_computed_by_hand() -> None:
    """How exactly is measured by ``python -m load.measure``; here is room for a busy machine."""
    with mock_server("queue", "--set", "mean=0.2") as url:
        found = trial(url, "--rate", "20", "--seconds", "3").tally.whole
    expected = percentiles(waiting_times(20, 3, mean=0.2))
    measured = [found.times.percentile(percent) for percent in (50, 95, 99)]
    assert measured == pytest.approx(expected, rel=0.1)
    assert found.due == found.right


def test_a_server_that_stands_still_is_not_asked_less() -> None:
    with mock_server("stall", "--set", "stall=1", "--set", "period=4") as url:
        found = trial(url, "--rate", "100", "--seconds", "8", "--process", "constant").tally.whole
    # a quarter of the requests waits, evenly between 0 and 1 s: 95 % wait no longer than 0.8 s
    assert found.due == found.right == 799  # a closed model would have sent 600
    assert found.times.percentile(95) == pytest.approx(0.8, abs=0.1)
    assert found.times.longest == pytest.approx(1, abs=0.1)
    p50 = found.times.percentile(50)
    assert p50 is not None
    assert p50 < 0.3


@pytest.mark.parametrize(
    ("habit", "kind"),
    [
        ("wrong", "wrong-answer"),
        ("error", "http-error"),
        ("reset", "reset"),
        ("half", "cut-short"),
        ("silent", "timeout"),
    ],
)
def test_what_goes_wrong_is_told_apart_and_counted(habit: str, kind: str) -> None:
    with mock_server(habit) as url:
        found = trial(url, "--rate", "100", "--seconds", "2", "--process", "constant", "--limit", "1").tally.whole
    assert dict(found.failures) == {kind: 19}
    assert (found.due, found.right, found.outstanding) == (199, 180, 0)


def test_nobody_listens() -> None:
    with mock_server() as url:
        pass
    assert set(trial(url, "--rate", "20", "--seconds", "1").tally.whole.failures) == {"refused"}


def test_a_server_nobody_trusts(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    files = {"cert": str(tmp_path / "server.pem"), "key": str(tmp_path / "server.pem"), "ca": str(tmp_path / "ca.pem")}
    with mock_server("--tls", json.dumps(files)) as url:
        found = trial(url, "--rate", "20", "--seconds", "1").tally.whole
    assert set(found.failures) == {"tls"}


def test_no_more_requests_are_sent_than_are_allowed() -> None:
    with mock_server() as url:
        found = trial(url, "--rate", "200", "--seconds", "2", "--max-rps", "50")
    whole = found.tally.whole
    assert (whole.right, whole.failed) == (whole.due, 0)
    # the last of 400 requests is due after 2 s and goes out after 8
    assert whole.times.longest > 5.0


def test_a_process_without_sockets_says_so() -> None:
    with mock_server("stall", "--set", "stall=3") as url:
        few = ("bash", "-c", 'ulimit -n 64; exec "$@"', "bash")
        found = trial(url, "--rate", "200", "--seconds", "1", "--limit", "5", before=few)
    assert found.tally.whole.failures["no-socket"] > 50


def test_what_finds_no_room_is_dropped_and_counted() -> None:
    with mock_server("stall", "--set", "stall=10") as url:
        found = trial(url, "--rate", "100", "--seconds", "2", "--room", "20", "--limit", "3").tally.whole
    assert found.failures["dropped"] == found.due - 20
