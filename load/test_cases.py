"""What can be asked of a target is prepared; what cannot is left out, and named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.client import connect
from fixtures.epr.jwt import claims
from fixtures.suite.embedded import target_file
from fixtures.target import load_target
from load.cases import Cases
from load.journeys import Journeys
from load.login import ACCESS, AUTHORIZE
from load.population import load_population
from load.rest_template import EXTENDED


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with target_file(None, tmp_path_factory.mktemp("community")) as file:
        yield file


@pytest.fixture(scope="module")
def cases(target: Path) -> Cases:
    return prepared(target)


def prepared(target: Path) -> Cases:
    """The cases of a run with one patient to read from and one to publish to, without a community behind them."""
    with connect(load_target(target)) as community:
        cases = Cases(community, load_population().journeys)
        cases.prepare(1, lambda: 2)
        return cases


def without(target: Path, *endpoints: str) -> Path:
    """The target file without some endpoints, beside the whole one."""
    lines = target.read_text().splitlines()
    left = [line for line in lines if not re.match(rf'"?({"|".join(endpoints)})"? = ', line)]
    changed = target.with_name("changed.toml")
    changed.write_text("\n".join(left))
    return changed


def test_every_journey_is_made_where_everything_is_claimed(cases: Cases) -> None:
    assert cases.left_out == []
    (case,) = cases.reading
    assert all(case.can(name) for journey in cases.journeys.values() for name, _ in journey.steps)


def test_without_the_fhir_api_apps_are_left_out_and_named(target: Path) -> None:
    cases = prepared(without(target, "ITI-65", "ITI-67", "ITI-68", "ITI-8[13]", "ITI-1[01][39]", "PPQ-[35]"))
    assert {name for name in cases.journeys if name.endswith("-app")} == set()
    assert "journey portal: the target does not claim ITI-81" in cases.left_out
    assert "journey upload-app: the target does not claim ITI-71, ITI-65" in cases.left_out


def test_a_portal_without_the_fhir_api_reads_the_trail_by_assertion(target: Path) -> None:
    cases = prepared(without(target, "ITI-65", "ITI-67", "ITI-68", "ITI-83", "ITI-1[01][39]", "PPQ-[35]", "as_\\w+"))
    (case,) = cases.reading
    step = case.step("ITI-81", "PAT")
    assert step.shows_certificate
    assert step.fresh.startswith(b"Authorization: Bearer PHNhbWwyOkFzc2VydGlvb")  # <saml2:Assertio


def test_a_journey_goes_without_what_cannot_be_asked(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(cases.reading[0].requests, ("ITI-68", ""))
    made = Journeys(cases, [(cases.journeys["representative-app"], 1.0)], 1)
    assert {step().name for step in list(made.journey(1))[2:]} == {"ITI-67"}


def test_who_asks_shows_a_token_of_the_patient_and_no_certificate(cases: Cases) -> None:
    (case,) = cases.reading
    step = case.step("ITI-67", "PAT")
    assert (step.method, step.shows_certificate) == ("GET", False)
    assert step.fresh.startswith(b"Authorization: Bearer " + case.tokens[EXTENDED, "PAT"])
    assert case.patient.spid in str(claims(case.tokens[EXTENDED, "PAT"].decode()))


def test_each_submission_has_ids_of_its_own(cases: Cases) -> None:
    (case,) = cases.publishing
    one, two = (case.step("ITI-65", "TCU").body for _ in range(2))
    assert len(one) == pytest.approx(len(two), abs=4)
    assert len(set(re.findall(rb"2\.25\.\d+", one)) & set(re.findall(rb"2\.25\.\d+", two))) == 0


def test_each_log_in_has_a_state_and_a_challenge_of_its_own(cases: Cases) -> None:
    (case,) = cases.reading
    assert len({case.login("PAT").step(AUTHORIZE).url for _ in range(5)}) == 5
    signed = case.login("PAT").step(ACCESS)
    assert b"Signature-Input: " in signed.fresh
    assert "Signature" not in signed.headers
