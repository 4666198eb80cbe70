"""Patients of the FHIR API."""

import random

import pytest

from conformance.fhir.patients import Source
from conformance.fhir.shelf import Shelf
from fixtures.client import Community, RegisteredPatient


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    """Somebody the community knows by local id, EPR-SPID and MPI-PID."""
    return community.patient()


@pytest.fixture
def source(community: Community) -> Source:
    """The primary system of the target file: our own. Unpredictable: patients of different runs must not meet."""
    return Source(community, community.target.domains.local, random.SystemRandom())


@pytest.fixture
def shelf(community: Community) -> Shelf:
    """A record without documents, open to the usual professional."""
    return Shelf(community, community.record())
