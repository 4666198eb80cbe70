"""The clocks of a target, each measured once: what its answers say of when they were written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from fixtures.checks.stamps import creation_time, date_header, issue_instant
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import adr, ppq
from fixtures.epr.hl7v3 import by_id, pix_query
from fixtures.epr.identifiers import II, spid
from fixtures.epr.message import Message
from fixtures.epr.queries import find_documents
from fixtures.suite.gauge import Read, Sightings, own_clock, sighted

DATE: Final = "Date header"
PAYLOAD: Final = "payload"


@dataclass(frozen=True)
class Asker:
    """Who asks, about whom."""

    community: Community
    patient: RegisteredPatient

    def token(self, role: str = "PAT") -> bytes:
        return self.community.token(role, self.patient)


def _decision(asker: Asker) -> Message:
    home = asker.community.target.home_community_id
    who = adr.subject("PAT", asker.patient.spid, home=home)
    return adr.decision_request(who, list(adr.documents(asker.patient.spid, home)), "ITI-18", token=asker.token())


def _pix(asker: Asker) -> Message:
    local = II(asker.community.target.domains.local, asker.patient.local_id)
    return pix_query(local, asker.community.addressing)


#: by transaction: a request that changes nothing, and where the answer has a time in it
ASKED: Final[dict[str, tuple[Callable[[Asker], Message], Read | None]]] = {
    "GetXUA": (lambda asker: asker.community.token_request("PAT", asker.patient), issue_instant),
    "ITI-18": (lambda asker: find_documents(asker.patient.xad_pid, token=asker.token()), None),
    "ITI-45": (_pix, creation_time),
    "ITI-47": (
        lambda asker: by_id(spid(asker.patient.spid), addressing=asker.community.addressing),
        creation_time,
    ),
    "PPQ-2": (lambda asker: ppq.query_by_patient(asker.patient.spid, token=asker.token()), issue_instant),
    "CH:ADR": (_decision, issue_instant),
}
Clock = Callable[[str, str], Sightings]


def each_of(*transactions: str) -> pytest.MarkDecorator:
    """Run the test for each of these, where the target claims it."""
    given = [pytest.param(name, id=name, marks=pytest.mark.transaction(name)) for name in transactions]
    return pytest.mark.parametrize("transaction", given)


@pytest.fixture(scope="session")
def clock(community: Community) -> Clock:
    """What is known of the clock behind a transaction: that of its header, or of its payload."""
    seen: dict[str, dict[str, Sightings]] = {}
    own = own_clock(community.target)

    def known(transaction: str, place: str) -> Sightings:
        if transaction not in seen:
            build, find = ASKED[transaction]
            asker = Asker(community, community.record())
            read = {DATE: date_header} | ({PAYLOAD: find} if find else {})
            seen[transaction] = sighted(own, lambda: community.send(build(asker)), read)
        return seen[transaction][place]

    return known
