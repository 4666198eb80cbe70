"""Two registered primary systems and their patients, fresh for every test."""

import random

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.client import Community
from fixtures.people.patients import Patient


@pytest.fixture
def rng() -> random.Random:
    """Unpredictable on purpose: patients of different runs must not meet."""
    return random.Random()  # noqa: S311


@pytest.fixture
def clinic(community: Community, rng: random.Random) -> PrimarySystem:
    """The primary system of the target file: our own."""
    return PrimarySystem(community, community.addressing, rng)


@pytest.fixture
def practice(clinic: PrimarySystem) -> PrimarySystem:
    """A second registered primary system, with a domain and a certificate of its own."""
    return PrimarySystem(clinic.community, clinic.community.other_addressing, clinic.rng, "other_source")


@pytest.fixture
def patient(community: Community) -> Patient:
    """Somebody registered by the clinic; EPR-SPID and local id are sure, demographics only when freshly invented."""
    return community.patient()
