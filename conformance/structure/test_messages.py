"""Every structural row of the catalogue on good exchanges; the row's id is the id of the test."""

import pytest

from conformance.structure.samples import Samples
from fixtures.checks.catalogue import Requirement
from fixtures.client import Community
from fixtures.suite import each_row, transaction


@pytest.fixture(scope="module")
def samples(community: Community) -> Samples:
    return Samples(community)


@each_row("ITI-18 response")
@transaction("ITI-18", "ITI-41")
def test_iti_18_response(samples: Samples, row: Requirement) -> None:
    samples.demand("ITI-18 response", row)


@each_row("ITI-41 response")
@transaction("ITI-41")
def test_iti_41_response(samples: Samples, row: Requirement) -> None:
    samples.demand("ITI-41 response", row)


@each_row("ITI-42 response")
@transaction("ITI-42")
def test_iti_42_response(samples: Samples, row: Requirement) -> None:
    samples.demand("ITI-42 response", row)


@each_row("ITI-43 response")
@transaction("ITI-43", "ITI-41")
def test_iti_43_response(samples: Samples, row: Requirement) -> None:
    samples.demand("ITI-43 response", row)


@each_row("ITI-44 response")
@transaction("ITI-44")
def test_iti_44_response(samples: Samples, row: Requirement) -> None:
    samples.demand("ITI-44 response", row)


@each_row("ITI-45 response")
@transaction("ITI-45")
def test_iti_45_response(samples: Samples, row: Requirement) -> None:
    samples.demand("ITI-45 response", row)


@each_row("ITI-47 response")
@transaction("ITI-47")
def test_iti_47_response(samples: Samples, row: Requirement) -> None:
    samples.demand("ITI-47 response", row)


@each_row("GetXUA response")
@transaction("GetXUA")
def test_get_xua_response(samples: Samples, row: Requirement) -> None:
    samples.demand("GetXUA response", row)


@each_row("PPQ-1 response")
@transaction("PPQ-1")
def test_ppq_1_response(samples: Samples, row: Requirement) -> None:
    samples.demand("PPQ-1 response", row)


@each_row("PPQ-2 response")
@transaction("PPQ-2", "PPQ-1")
def test_ppq_2_response(samples: Samples, row: Requirement) -> None:
    samples.demand("PPQ-2 response", row)


@each_row("CH:ADR response")
@transaction("CH:ADR", "PPQ-1")
def test_ch_adr_response(samples: Samples, row: Requirement) -> None:
    samples.demand("CH:ADR response", row)
