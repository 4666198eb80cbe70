"""Requests to the authorization server as tests need them: valid, signed, and changed before they are signed."""

from collections.abc import Callable
from typing import Any

from fixtures.checks.expect_oauth import code_refused, token_refused
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua
from fixtures.epr.http_signature import PROFILE, Signing
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply

Change = Callable[[Call], Call]


def unchanged(call: Call) -> Call:
    return call


def technical(community: Community, change: Change = unchanged, *, spid: str = "", signing: Signing = PROFILE) -> Call:
    """The signed token request of the technical user; ``change`` is made before signing."""
    server = community.fhir.authorization
    return iua.signed(change(server.technical_request(spid=spid)), server.credentials("technical"), signing)


def redeeming(
    community: Community,
    patient: RegisteredPatient,
    role: str = "HCP",
    change: Change = unchanged,
    *,
    signing: Signing = PROFILE,
    **wanted: Any,
) -> Call:
    """The signed token request with a fresh code; ``change`` is made before signing."""
    server = community.fhir.authorization
    return iua.signed(change(server.code_token_request(role, patient, **wanted)), server.with_code(), signing)


def changed_technical(community: Community, change: Change, *, signing: Signing = PROFILE) -> RestReply:
    """Send the request of the technical user with one change, before and after the valid one."""
    return community.fhir.send(technical(community, change, signing=signing), baseline=lambda: technical(community))


def changed_redeeming(community: Community, patient: RegisteredPatient, change: Change) -> RestReply:
    """Send a token request with a code and one change, before and after the valid one."""
    changed = redeeming(community, patient, "HCP", change)
    return community.fhir.send(changed, baseline=lambda: redeeming(community, patient))


def authorizing(community: Community, patient: RegisteredPatient, role: str = "HCP", **wanted: Any) -> Call:
    """The valid authorization request."""
    wanted.setdefault("verifier", iua.new_verifier())
    return community.fhir.authorization.authorization_request(role, patient, **wanted)


def changed_authorizing(
    community: Community, patient: RegisteredPatient, change: Change, role: str = "HCP", **wanted: Any
) -> RestReply:
    """Send an authorization request with one change, before and after the valid one."""
    valid = authorizing(community, patient, role, **wanted)
    return community.fhir.send(change(valid), baseline=valid)


def outcome(community: Community, patient: RegisteredPatient, change: Change, role: str = "HCP") -> RestReply:
    """What comes of an authorization request with this change: its refusal, or the answer to the code it brought."""
    verifier = iua.new_verifier()
    reply = changed_authorizing(community, patient, change, role, verifier=verifier)
    code = iua.redirected(reply).get("code")
    if not code:
        return reply
    server = community.fhir.authorization
    call = iua.code_token_request(
        server.metadata().token_endpoint,
        server.with_code(),
        code=code,
        verifier=verifier,
        identity=server.identity(community.user(role, patient), patient),
    )
    return community.fhir.send(iua.signed(call, server.with_code()))


def no_token(community: Community, patient: RegisteredPatient, change: Change, role: str = "HCP") -> None:
    """What is claimed with this change brings no token: it is refused at once, or when the code is redeemed."""
    reply = outcome(community, patient, change, role)
    (code_refused if is_of_authorize(reply) else token_refused)(reply)


def is_of_authorize(reply: RestReply) -> bool:
    """The answer to an authorization request, not to a token request."""
    return reply.request.method == "GET"


def form(name: str, value: str | None) -> Change:
    """This field of the form with this value, or without it."""
    return lambda call: call.with_form(name, value)


def query(name: str, value: str | None) -> Change:
    """This parameter with this value, or without it."""
    return lambda call: call.without_query(name) if value is None else call.with_query(name, value)
