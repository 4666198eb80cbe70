"""Every structural row of the FHIR API on good exchanges; the row's id is the id of the test."""

import pytest

from conformance.structure.rest_samples import RestSamples
from fixtures.checks.catalogue import Requirement
from fixtures.client import Community
from fixtures.suite import each_row, transaction


@pytest.fixture(scope="module")
def samples(community: Community) -> RestSamples:
    return RestSamples(community)


@each_row("FHIR API response")
def test_any_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("FHIR API response", row)


@each_row("ITI-83 response")
@transaction("ITI-83")
def test_iti_83_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("ITI-83 response", row)


@each_row("ITI-119 response")
@transaction("ITI-119")
def test_iti_119_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("ITI-119 response", row)


@each_row("ITI-65 response")
@transaction("ITI-65")
def test_iti_65_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("ITI-65 response", row)


@each_row("ITI-67 response")
@transaction("ITI-67", "ITI-65")
def test_iti_67_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("ITI-67 response", row)


@each_row("CH:MHD-1 response")
@transaction("CH:MHD-1", "ITI-65", "ITI-67")
def test_ch_mhd_1_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("CH:MHD-1 response", row)


@each_row("ITI-90 response")
@transaction("ITI-90")
def test_iti_90_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("ITI-90 response", row)
