"""One valid message of each transaction."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.epr.message import Message

#: a valid message of each transaction; every one may be sent again and again
VALID: Final[Mapping[str, Callable[[PrimarySystem], Message]]] = {
    "ITI-44": lambda clinic: clinic.valid_add(),
    "ITI-45": lambda clinic: clinic.pix_query(clinic.local(clinic.community.patient())),
    "ITI-47": lambda clinic: clinic.look_up_query(clinic.community.patient()),
}
EACH: Final = [pytest.param(name, id=name, marks=pytest.mark.transaction(name)) for name in VALID]


@pytest.fixture(params=EACH)
def valid(request: pytest.FixtureRequest, clinic: PrimarySystem) -> Message:
    """A feed, a PIX query, a demographics query: each must be taken as it stands."""
    return VALID[request.param](clinic)
