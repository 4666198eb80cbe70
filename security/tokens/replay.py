"""How long a target believes a token after NotOnOrAfter, found out with new tokens, and waiting until it is over.

Clocks differ, and up to 60 s are tolerated by right (XUA-ITI40-037). A new token of each age shows which the target
refuses; one it took a moment ago has then only to grow as old as the youngest it refused.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fixtures.checks.expect import expect
from fixtures.client import refusal
from fixtures.epr.assertion import Assertion
from fixtures.epr.message import Message
from fixtures.epr.queries import find_documents
from security.conftest import Scene

#: seconds since NotOnOrAfter, from too old for everybody to still valid
AGES = (120, 90, 61, 57, 45, 30, 15, 5, -5)


@dataclass(frozen=True)
class Ageing:
    """A query whose token the target has just taken, and from when on it refuses tokens that old."""

    query: Message
    over: datetime

    def wait(self) -> None:
        """Until the token is over: half a minute at the longest."""
        time.sleep(max(0.0, (self.over - datetime.now(UTC)).total_seconds()))


def ageing(scene: Scene) -> Ageing:
    """The oldest token the target still takes. Unmet where it takes one that ran out two minutes ago."""
    too_old = AGES[0]
    expect(scene.community.send(_query(scene, too_old))).refuses()
    for age in AGES[1:]:
        query, ended = _query(scene, age), datetime.now(UTC) - timedelta(seconds=age)
        if not refusal(scene.community.send(query)):
            return Ageing(query, ended + timedelta(seconds=too_old + 1))
        too_old = age
    query = _query(scene, age)
    scene.community.accepted(query)
    return Ageing(query, datetime.now(UTC) + timedelta(seconds=1 - age))


def _query(scene: Scene, age: int) -> Message:
    def ended(assertion: Assertion) -> Assertion:
        end = datetime.now(UTC) - timedelta(seconds=age)
        return assertion.replaced(not_before=end - timedelta(minutes=4), not_on_or_after=end)

    token = scene.community.trusted_token(scene.content, change=ended)
    return find_documents(scene.patient.xad_pid, token=token)
