"""Acts whose events in the patient's trail are judged, and the reading of the trail around them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fixtures.checks.trail import Seen
from fixtures.checks.verdicts import Inconclusive, Reason, Skipped
from fixtures.client import Community, RegisteredPatient, refusal
from fixtures.client.fhir import refusal as fhir_refusal
from fixtures.client.records import FULL, right
from fixtures.epr import fhir_json
from fixtures.epr.fhir_audit import SeenEvent, assertion_token, events_of, fhir_instant, retrieve_audit_events
from fixtures.epr.message import Message
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.epr.saml_read import read_xua
from fixtures.policy.patient_policy import PatientPolicy
from fixtures.target import Audit, User

#: seconds between two looks: the first, and the longest
_GLANCE, _LONGEST = 0.05, 5.0
_DAY: Final = timedelta(days=1)
_PAGES: Final = 100


@dataclass(frozen=True)
class Deed:
    """What is to be done with a patient's record, ready to be sent, and the events that are due for it, by code.

    ``facts``: what the tests compare. ``is_refused``: it must not be accepted.
    """

    patient: RegisteredPatient
    message: Message | Call
    due: Mapping[str, int]
    facts: Mapping[str, Any] = field(default_factory=dict)
    trace: str = ""
    is_refused: bool = False


@dataclass(frozen=True)
class Page:
    """What was done, and what the trail shows of it."""

    deed: Deed
    seen: Seen

    def __getitem__(self, name: str) -> Any:
        """A fact of the deed."""
        return self.deed.facts[name]


Prepare = Callable[["Book"], Deed]


@dataclass(frozen=True)
class Book:
    community: Community

    # --- reading ---------------------------------------------------------------------------------

    def query(
        self,
        patient: RegisteredPatient,
        role: str = "PAT",
        *,
        purpose: str = "",
        user: User | None = None,
        since: str = "",
        until: str = "",
        **more: str,
    ) -> Call:
        """The query for everything from yesterday to tomorrow, by a user of this role."""
        now = datetime.now(UTC)
        token = self.token(patient, role, purpose=purpose, user=user)
        bounds = {"since": since or fhir_instant(now - _DAY), "until": until or fhir_instant(now + _DAY)}
        return retrieve_audit_events(patient.spid, **bounds, token=token, **more)

    def token(
        self, patient: RegisteredPatient, role: str = "PAT", *, purpose: str = "", user: User | None = None
    ) -> str:
        """An extended access token where the target issues them, else an X-User Assertion."""
        if self.community.claims("ITI-71"):
            return self.community.fhir.token(role, patient, purpose=purpose, user=user)
        return assertion_token(self.community.token(role, patient, purpose=purpose, user=user))

    def read(self, patient: RegisteredPatient, role: str = "PAT", **more: Any) -> RestReply:
        """The answer to a query that must be accepted; Inconclusive (BASELINE_REFUSED) otherwise."""
        return self.community.fhir.accepted(self.query(patient, role, **more))

    def pages(self, patient: RegisteredPatient, count: int) -> list[RestReply]:
        """The answers to a query in pages of so many events, by its next links; at most a hundred."""
        return self._followed(self.read(patient, _count=str(count)))

    def events(self, reply: RestReply) -> tuple[SeenEvent, ...]:
        """The events of an answer and of all pages that follow it."""
        return tuple(event for page in self._followed(reply) for event in events_of(page))

    def _followed(self, first: RestReply) -> list[RestReply]:
        found = [first]
        while len(found) < _PAGES and (url := _next(found[-1])):
            # the link is the target's: whatever parameters it has, they are not ours
            following = Call("ITI-81", "GET", url, token=first.request.token, changes=("the next page",))
            found.append(self.community.fhir.accepted(following))
        return found

    def next_without_token(self, page: RestReply) -> RestReply:
        """The answer to the next link of a page without token; Skipped where the target does not page."""
        url = _next(page)
        if not url:
            raise Skipped(Reason.NOT_OBSERVABLE, "the target gives the whole result in one answer")
        return self.community.fhir.send(Call("ITI-81", "GET", url))

    def by_post(self, patient: RegisteredPatient) -> Call:
        """The same query as a form."""
        query = self.query(patient)
        return replace(query, method="POST", path="AuditEvent/_search", query=(), form=query.query)

    def awaited(
        self, patient: RegisteredPatient, is_complete: Callable[[tuple[SeenEvent, ...]], bool]
    ) -> tuple[RestReply, tuple[SeenEvent, ...]]:
        """The trail once that holds of its events, or when the time events may take is over."""
        audit = self.community.target.audit
        deadline = time.monotonic() + (audit.wait if audit else Audit.wait)
        glance = _GLANCE
        while True:
            reply = self.read(patient)
            events = self.events(reply)
            if is_complete(events) or time.monotonic() > deadline:
                return reply, events
            time.sleep(glance)
            glance = min(2 * glance, _LONGEST)

    def appointed(self, patient: RegisteredPatient) -> PatientPolicy:
        """The representative of the target file becomes one of this patient; the policy set that says so."""
        name = read_xua(self.community.token("REP", patient)).name_id.value
        given = replace(right(name, FULL, template="303"), spid=patient.spid)
        self.community.grant(patient, given)
        return given

    # --- acts and what is read afterwards ---------------------------------------------------------

    def written(self, deed: Deed) -> Page:
        """Do it, and read what it left: what was there before does not count."""
        known = {event.id for event in self.events(self.read(deed.patient))}
        began = datetime.now(UTC)
        why = self._refused(deed.message)
        ended = datetime.now(UTC)
        if bool(why) is not deed.is_refused:
            said = f"was refused ({why})" if why else "was accepted and must not be"
            raise Inconclusive(Reason.BASELINE_REFUSED, f"the {deed.message.transaction} {said}")

        def added(events: tuple[SeenEvent, ...]) -> tuple[SeenEvent, ...]:
            return tuple(event for event in events if event.id not in known)

        reply, events = self.awaited(deed.patient, lambda found: _is_due(deed, added(found)))
        return Page(deed, Seen(reply, added(events), deed.patient.spid, began, ended, deed.trace))

    def _refused(self, message: Message | Call) -> str:
        """ "" where it is accepted."""
        if isinstance(message, Call):
            return fhir_refusal(self.community.fhir.send(message))
        return refusal(self.community.send(message))

    def reading(self, patient: RegisteredPatient, role: str = "PAT") -> Seen:
        """The trail is read by somebody of this role; what it shows of that afterwards."""
        began = datetime.now(UTC)
        self.read(patient, role)
        ended = datetime.now(UTC)

        def of_it(events: tuple[SeenEvent, ...]) -> tuple[SeenEvent, ...]:
            readings = [one for one in events if one.code == "ATC_LOG_READ" and not _is_before(one, began)]
            # the reading that shows them may be among them
            his = [one for one in readings if any(agent.role == role for agent in one.agents)]
            return tuple((his or readings)[-1:])

        reply, events = self.awaited(patient, lambda found: bool(of_it(found)))
        return Seen(reply, of_it(events), patient.spid, began, ended)


def _next(page: RestReply) -> str:
    """The next link of a Bundle, "" without one."""
    return "".join(str(url) for url in fhir_json.values(page.resource or {}, "link[relation=next].url")[:1])


def _is_due(deed: Deed, events: tuple[SeenEvent, ...]) -> bool:
    counted = [code for event in events for code in event.codes]
    return all(counted.count(code) >= times for code, times in deed.due.items())


def _is_before(event: SeenEvent, moment: datetime) -> bool:
    return event.recorded is not None and event.recorded < moment - timedelta(seconds=2)
