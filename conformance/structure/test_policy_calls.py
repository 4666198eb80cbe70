"""Every structural row about Consents on good exchanges; the row's id is the id of the test."""

import pytest

from conformance.structure.policy_calls import POLICY_CALLS
from conformance.structure.rest_samples import RestSamples
from fixtures.checks.catalogue import Requirement
from fixtures.client import Community
from fixtures.suite import each_row, transaction


@pytest.fixture(scope="module")
def samples(community: Community) -> RestSamples:
    return RestSamples(community, POLICY_CALLS)


@each_row("PPQ-3 request")
@transaction("PPQ-3")
def test_ppq_3_request(samples: RestSamples, row: Requirement) -> None:
    samples.demand("PPQ-3 request", row)


@each_row("PPQ-4 request")
@transaction("PPQ-4")
def test_ppq_4_request(samples: RestSamples, row: Requirement) -> None:
    samples.demand("PPQ-4 request", row)


@each_row("PPQ-3 response")
@transaction("PPQ-3")
def test_ppq_3_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("PPQ-3 response", row)


@each_row("PPQ-4 response")
@transaction("PPQ-4")
def test_ppq_4_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("PPQ-4 response", row)


@each_row("PPQ-5 response")
@transaction("PPQ-5")
def test_ppq_5_response(samples: RestSamples, row: Requirement) -> None:
    samples.demand("PPQ-5 response", row)
