"""Times of audit records against the exchanges they tell of (IHE ITI TF-2 3.1.4.1.2, RFC 5424 6.2.3)."""

from conformance.audit.conftest import Look
from conformance.audit.test_syslog import arrival, demand
from fixtures.audit import Arrival
from fixtures.checks.audit import Recorded
from fixtures.checks.clock import Moment, Stamp
from fixtures.checks.stamps import stamp_of
from fixtures.suite import requirement, transaction
from fixtures.suite.gauge import Sightings, own_clock
from fixtures.target import Target

__all__ = ["arrival"]
pytestmark = transaction("ITI-47")


@requirement("AUD-CT-004")
def test_events_are_dated_within_their_exchange(look: Look, target: Target) -> None:
    seen = Sightings("EventDateTime", own_clock(target))
    for name in ("pdq by id", "pdq by name"):
        _see(seen, look(name).is_right())
    seen.is_right()


@requirement("AUD-CT-005")
def test_the_header_is_not_before_the_event(arrival: Arrival) -> None:
    sent, event = arrival.message.time, arrival.record.time
    late = (sent - event).total_seconds() if sent and event else None
    expected = "a TIMESTAMP from 1 s before EventDateTime to 60 s after it"
    demand(is_right=late is not None and -1 <= late <= 60, expected=expected, received=f"{late} s")


def _see(seen: Sightings, found: Recorded) -> None:
    time = found.matches[0].record.time if found.matches[0].record else None
    stamp: Stamp | None = stamp_of(time) if time else None
    began, ended = found.act.began.timestamp(), found.act.ended.timestamp()
    seen.add(stamp, Moment(began, began), Moment(ended, ended), found.act.reply.evidence)
