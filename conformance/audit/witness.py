"""Acts judged by what the patient's trail shows of them, where no audit record of the target reaches us (ITI-81)."""

import time
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.audit.acts import Perform, Scene
from conformance.fhir.iti_81_trail.book import Book
from fixtures.checks.audit import Act
from fixtures.checks.audit_shown import NOT_SHOWN, Due, Shown, due
from fixtures.checks.trail import Seen
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.fhir_audit import SeenEvent
from fixtures.epr.message import Message
from fixtures.suite.trail import Trail
from fixtures.target import Audit

#: transactions whose acts a trail shows (CH EPR FHIR 5.0.0 Volume 3 Table 4)
SHOWN: Final = ("ITI-18", "ITI-41", "ITI-42", "ITI-43", "PPQ-1")
#: seconds in which a second event may follow the first
_AFTERMATH: Final = 0.3


class _Nothing:
    """No record arrives."""

    def read(self) -> list[Any]:
        return []


def can_witness(community: Community, trail: Trail) -> bool:
    """No record reaches us, but a patient can read the trail."""
    has_patient = any(user.role == "PAT" for user in community.target.users)
    return trail.audit is None and community.claims("ITI-81") and has_patient


@dataclass(frozen=True)
class Witness(Scene):
    """The scene of acts that are seen in the trail of the patient; every patient is new, so all events are ours."""

    patients: list[RegisteredPatient] = field(default_factory=list)

    @classmethod
    def of(cls, community: Community) -> "Witness":
        return cls(community, Trail(Audit(), _Nothing()))

    def does(self, message: Message, patient: RegisteredPatient | None = None, **given: Any) -> Act:
        self.patients[:] = [patient] if patient else []
        return super().does(message, patient, **given)

    def shown(self, transaction: str, perform: Perform) -> Shown:
        """Do it, and read the trail once the events are there, or the time they may take is over."""
        if transaction not in SHOWN:
            raise Inconclusive(Reason.NEEDS_READ_CHANNEL, NOT_SHOWN)
        act = perform(self)
        wanted = due(act)
        if not (wanted and self.patients):
            raise Inconclusive(Reason.NEEDS_READ_CHANNEL, NOT_SHOWN)
        (patient,) = self.patients
        book = Book(self.community)
        book.awaited(patient, lambda events: _are_there(wanted, events))
        time.sleep(_AFTERMATH)
        reply = book.read(patient)
        events = tuple(one for one in book.events(reply) if wanted.concerns(one))
        return Shown(act, wanted, Seen(reply, events, patient.spid, act.began, act.ended))


def _are_there(wanted: Due, events: tuple[SeenEvent, ...]) -> bool:
    counted = [code for event in events for code in event.codes]
    return all(counted.count(code) >= times for code, times in wanted.events.items())
