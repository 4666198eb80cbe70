"""Patients of the FHIR API."""

import random
from collections.abc import Iterator

import pytest

from conformance.fhir.directory import Directory, Feeder
from conformance.fhir.patients import Source
from conformance.fhir.policies import Consents
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


@pytest.fixture
def record(community: Community) -> Consents:
    """A record whose policy sets are Consents, open, of a patient of this test alone."""
    return Consents(community, community.record())


@pytest.fixture(scope="module")
def opened(community: Community) -> Consents:
    """The same, shared by the tests of a file: each adds what is its own."""
    return Consents(community, community.record())


@pytest.fixture
def directory(community: Community) -> Directory:
    """Asks the directory (ITI-90)."""
    return Directory(community)


@pytest.fixture
def feeder(directory: Directory) -> Iterator[Feeder]:
    """Feeds the directory (ITI-130), and takes away what it fed when the test is over."""
    made = Feeder(directory)
    yield made
    made.clear()
