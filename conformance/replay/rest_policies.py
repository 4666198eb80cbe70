"""PPQ-3, PPQ-4 and PPQ-5 for another patient, with policy sets that are there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.replay.access import role_of, with_access
from conformance.replay.call_draft import CallDraft, dicts
from conformance.replay.policies import SETUP, right
from fixtures.client import Community
from fixtures.epr.fhir_json import Resource, values
from fixtures.epr.rest import Call
from fixtures.policy.consent_read import policy_of
from fixtures.policy.patient_policy import PatientPolicy, new_id, onboarding, problems
from fixtures.policy.stack import StackError, stack

_CODE: Final = "type.coding[0].code"
_ID: Final = "identifier="


def consents(draft: CallDraft, community: Community) -> Call:
    """The call about a patient registered for it; the policy sets it replaces, deletes or asks for are added before."""
    patient = community.patient()
    draft.knows(patient, community.target.domains.local)
    recorded = [_read(one, patient.spid) for one in draft.resources("Consent")]
    draft.about(patient.spid)
    setup = {one.template for one in recorded} & set(SETUP)
    granted = [one for one in onboarding(patient.spid) if one.template not in setup]
    granted += _referred(draft, patient.spid, recorded)
    if granted:
        community.grant(patient, *granted)
        draft.say(f"added before: policy sets by template {', '.join(one.template for one in granted)}")
    role = role_of(draft, "PAT")
    if draft.transaction != "PPQ-5" and (role not in ("PAT", "REP", "PADM") or setup) and role != "PADM":
        draft.say(f"role {role} -> PADM: only the administrator may do this on a new record")
        role = "PADM"
    return with_access(draft, community, patient, role)


def _read(consent: Resource, spid: str) -> PatientPolicy:
    """What the Consent says; one that follows no template stands for a right of a professional."""
    try:
        policy = replace(policy_of(consent), spid=spid)
        return right(spid) if problems(policy, stack()) else policy
    except (ValueError, StackError):
        return right(spid)


def _referred(draft: CallDraft, spid: str, recorded: list[PatientPolicy]) -> Iterator[PatientPolicy]:
    """Fresh ids everywhere, and the policy sets that have to be there under them."""
    fresh: dict[str, str] = {}

    def now(old: str) -> str:
        return fresh.setdefault(old.lower(), new_id())

    said = {one.id: one for one in recorded}
    for consent in draft.resources("Consent"):
        for identifier in dicts(consent, "identifier[*]"):
            if values(identifier, _CODE) == ["policySetId"] and isinstance(identifier.get("value"), str):
                draft.set(identifier, "value", now(identifier["value"]), "id of the policy set")
    asked = []
    if draft.parameter("identifier"):
        asked.append(draft.parameter("identifier"))
        draft.set_parameter("identifier", now, "id of the policy set")
    for request in dicts(draft.resource, "entry[*].request"):
        kind, found, old = str(request.get("url", "")).partition(_ID)
        if found:
            asked.append(old)
            draft.set(request, "url", f"{kind}{_ID}{now(old)}", "id of the policy set")
    for old in asked:
        yield replace(said.get(old.lower(), right(spid)), id=now(old))
