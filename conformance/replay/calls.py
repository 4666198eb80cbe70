"""Recorded calls of the FHIR API made fresh, by transaction."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.replay import rest_directory, rest_patients
from conformance.replay.access import role_of, with_access
from conformance.replay.call_draft import CallDraft
from conformance.replay.draft import NothingToReplay
from conformance.replay.rest_documents import documents
from conformance.replay.rest_policies import consents
from fixtures.client import Community
from fixtures.epr.fhir_audit import fhir_instant
from fixtures.epr.rest import Call


def prepared_call(draft: CallDraft, community: Community) -> Call:
    """The call to send, with everything replaced that must be; ``draft.changes`` says what."""
    if draft.transaction in _WHY_NOT:
        raise NothingToReplay(_WHY_NOT[draft.transaction])
    return _PREPARING[draft.transaction](draft, community)


def _trail(draft: CallDraft, community: Community) -> Call:
    """ITI-81: the trail of a patient registered for it, from yesterday to tomorrow."""
    if draft.path.startswith("AuditEvent/") and not draft.path.endswith("_search"):
        raise NothingToReplay("one event of a trail is read by an id that no other community has")
    patient = community.record()
    draft.knows(patient, community.target.domains.local)
    draft.about(patient.spid)
    now, day = datetime.now(UTC), timedelta(days=1)
    bounds = {"ge": fhir_instant(now - day), "gt": fhir_instant(now - day), "le": fhir_instant(now + day)}
    bounds["lt"] = bounds["le"]
    draft.set_parameter("date", lambda old: old[:2] + bounds[old[:2]] if old[:2] in bounds else old, "date")
    return with_access(draft, community, patient, role_of(draft, "PAT"))


def _metadata(draft: CallDraft, community: Community) -> Call:
    """What a community tells everybody of itself; the base of ITI-103 is its whole URL."""
    del community
    if draft.transaction == "FHIR API" and draft.path != "metadata":
        raise NothingToReplay("a request of no transaction of ours")
    if draft.transaction == "ITI-103":
        draft.path = ""
    return draft.call()


_WHY_NOT: Final = {
    "ITI-71": "a request for a token is bound to a login, a code and a signature; tokens are asked for in every replay",
    "ITI-20": "an audit record tells what happened once; sent again it would tell what did not happen",
}
_PREPARING: Final[Mapping[str, Callable[[CallDraft, Community], Call]]] = {
    "FHIR API": _metadata,
    "ITI-103": _metadata,
    "ITI-83": rest_patients.cross_reference,
    "ITI-104": rest_patients.feeding,
    "ITI-119": rest_patients.matching,
    **dict.fromkeys(("ITI-65", "ITI-67", "ITI-68", "CH:MHD-1"), documents),
    **dict.fromkeys(("PPQ-3", "PPQ-4", "PPQ-5"), consents),
    "ITI-81": _trail,
    "ITI-90": rest_directory.searching,
    "ITI-130": rest_directory.feeding,
}
