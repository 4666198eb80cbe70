"""Fresh access tokens for calls of the FHIR API."""

from dataclasses import replace

from conformance.replay.call_draft import CallDraft
from conformance.replay.tokens import usable_purpose
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.names import PURPOSES
from fixtures.epr.rest import Call


def role_of(draft: CallDraft, usual: str) -> str:
    """The recorded role, or the usual one where the recording keeps none."""
    role = draft.user[0]
    return role if role in PURPOSES else usual


def with_access(draft: CallDraft, community: Community, patient: RegisteredPatient, role: str) -> Call:
    """The call with an extended access token of this role for ``patient``; without where the recording has none."""
    call = draft.call()
    if draft.bearer is None:
        draft.say("no token in the recording: none is sent")
        return call
    purpose = usable_purpose(draft, role, draft.user[1])
    if role == "REP":
        community.appoint_representative(patient)
    draft.say(f"token: a fresh extended access token, role {role}, purpose {purpose}")
    return replace(call, token=community.fhir.token(role, patient, purpose=purpose))


def with_basic_access(draft: CallDraft, community: Community) -> Call:
    """The call with a basic access token, or to be sent with our client certificate."""
    call = community.fhir.basic(draft.call())
    draft.say("our client certificate in place of a token" if call.by_node else "token: a fresh basic access token")
    return replace(call, changes=())
