"""A fresh patient with tokens: what every test about documents starts from."""

import pytest

from fixtures.client import Community, RegisteredPatient


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    """A registered patient without documents."""
    return community.record()


@pytest.fixture
def other_patient(community: Community) -> RegisteredPatient:
    """A second registered patient, with another EPR-SPID."""
    return community.record()


@pytest.fixture
def token(community: Community, patient: RegisteredPatient) -> bytes:
    """The patient's own X-User Assertion: it opens every document of the patient."""
    return community.token("PAT", patient)


@pytest.fixture
def hcp(community: Community, patient: RegisteredPatient) -> bytes:
    """The assertion of a healthcare professional for the patient, purpose NORM."""
    return community.token("HCP", patient)
