"""Attacks on the way to a token: redirect tricks, PKCE downgrade, replayed codes, claims that grow (ITI-71)."""

import secrets
from urllib.parse import urlsplit

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.expect_oauth import code_refused, not_redirected, part, token_of, token_refused
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua, jwt
from fixtures.epr.http_signature import COMPONENTS, Signing
from fixtures.epr.rest import Call
from fixtures.suite import requirement

TRICKS = {
    "prefix": "{own}.rogue.example",
    "path-below": "{own}/below",
    "path-climbs": "{own}/../other",
    "path-climbs-encoded": "{own}/%2e%2e/other",
    "other-path": "{scheme}://{host}/other",
    "query": "{own}?next=https://rogue.example",
    "fragment": "{own}#rogue",
    "port": "{scheme}://{host}:8443{path}",
    "userinfo": "{scheme}://{host}@rogue.example{path}",
    "userinfo-password": "{scheme}://{host}:443@rogue.example{path}",
    "host-grows": "{scheme}://{host}.rogue.example{path}",
    "subdomain": "{scheme}://rogue.{host}{path}",
    "backslash": "{scheme}://rogue.example\\@{host}{path}",
    "scheme": "http://{host}{path}",
    "javascript": "javascript://{host}{path}%0aalert(1)",
    "two-lines": "{own}\r\nLocation: https://rogue.example/",
    "trailing-slash": "{own}/",
}


@pytest.fixture(scope="module")
def patient(community: Community) -> RegisteredPatient:
    return community.record()


def asking(community: Community, patient: RegisteredPatient, role: str = "HCP") -> Call:
    verifier = iua.new_verifier()
    return community.fhir.authorization.authorization_request(role, patient, verifier=verifier)


@requirement("FHIR-ITI71-015", "XUA-OIDC-031")
@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_nobody_is_sent_to_what_only_looks_registered(
    community: Community, patient: RegisteredPatient, trick: str
) -> None:
    own = community.fhir.authorization.with_code().redirect_uri
    parts = urlsplit(own)
    other = trick.format(own=own, scheme=parts.scheme, host=parts.hostname, path=parts.path)
    valid = asking(community, patient)
    not_redirected(community.fhir.send(valid.with_query("redirect_uri", other), baseline=valid))


@requirement("FHIR-ITI71-015")
def test_a_second_redirect_uri_does_not_count(community: Community, patient: RegisteredPatient) -> None:
    valid = asking(community, patient)
    reply = community.fhir.send(valid.with_more_query("redirect_uri", "https://rogue.example/"), baseline=valid)
    expect(reply).meets("rogue" not in reply.headers.get("location", ""), "no redirection there", reply.says)


@requirement("FHIR-ITI71-019", "XUA-OIDC-033")
def test_a_plain_challenge_is_no_way_out(community: Community, patient: RegisteredPatient) -> None:
    verifier = iua.new_verifier()
    valid = asking(community, patient)
    plain = valid.with_query("code_challenge", verifier).with_query("code_challenge_method", "plain")
    code_refused(community.fhir.send(plain, baseline=valid))


@requirement("FHIR-ITI71-019")
def test_a_challenge_without_method_is_no_plain_one(community: Community, patient: RegisteredPatient) -> None:
    valid, verifier = asking(community, patient), secrets.token_urlsafe(32)  # as long as a challenge
    community.fhir.accepted(valid)
    downgraded = valid.without_query("code_challenge_method").with_query("code_challenge", verifier)
    brings_no_token(community, patient, downgraded, verifier)


@requirement("FHIR-ITI71-020")
def test_a_challenge_is_not_its_own_verifier(community: Community, patient: RegisteredPatient) -> None:
    verifier = iua.new_verifier()
    request = community.fhir.authorization.authorization_request("HCP", patient, verifier=verifier)
    community.fhir.accepted(request)
    brings_no_token(community, patient, request, iua.challenge(verifier))


def brings_no_token(community: Community, patient: RegisteredPatient, request: Call, verifier: str) -> None:
    """The request is refused, or its code cannot be redeemed with this verifier."""
    server, reply = community.fhir.authorization, community.fhir.send(request)
    code = iua.redirected(reply).get("code")
    if not code:
        code_refused(reply)
        return
    call = server.code_token_request("HCP", patient).with_form("code", code).with_form("code_verifier", verifier)
    token_refused(community.fhir.send(iua.signed(call, server.with_code())))


@requirement("FHIR-ITI71-020", "XUA-OIDC-033")
def test_a_challenge_is_not_forgotten_at_the_token_endpoint(community: Community, patient: RegisteredPatient) -> None:
    server = community.fhir.authorization
    call = server.code_token_request("HCP", patient).with_form("code_verifier", None)
    token_refused(community.fhir.send(iua.signed(call, server.with_code())))


@requirement("FHIR-ITI71-021", "XUA-OIDC-042")
def test_a_stolen_code_that_was_used_is_worth_nothing(community: Community, patient: RegisteredPatient) -> None:
    server = community.fhir.authorization
    call = server.code_token_request("PAT", patient)
    token_of(community.fhir.send(iua.signed(call, server.with_code())))
    again = call.with_form("requested_token_type", None, "the same code again")
    token_refused(community.fhir.send(iua.signed(again, server.with_code())))


@requirement("XUA-OIDC-044")
def test_a_secret_in_the_query_is_none(community: Community) -> None:
    server = community.fhir.authorization
    own, valid = server.credentials("technical"), server.technical_request()
    moved = valid.without_header("Authorization").with_query("client_id", own.client_id)
    moved = moved.with_query("client_secret", own.secret, "the secret in the query")
    anonymous = Signing(components=tuple(name for name in COMPONENTS if name != "authorization"))
    reply = community.fhir.send(iua.signed(moved, own, anonymous), baseline=lambda: iua.signed(valid, own))
    token_refused(reply)


@requirement("FHIR-ITI71-028", "FHIR-ITI71-030")
def test_what_was_granted_does_not_grow_at_the_token_endpoint(community: Community, patient: RegisteredPatient) -> None:
    server = community.fhir.authorization
    call = server.code_token_request("PAT", patient).with_form("scope", iua.scope("PAT", "EMER"))
    reply = community.fhir.send(iua.signed(call, server.with_code()))
    code = part(jwt.claims(iua.access_token(reply)), "extensions.ihe_iua.purpose_of_use.code")
    expect(reply).meets(code in (None, "NORM"), "no token, or one for NORM", code, "purpose_of_use")


@requirement("FHIR-ITI71-042")
def test_the_record_does_not_change_at_the_token_endpoint(community: Community, patient: RegisteredPatient) -> None:
    server, victim = community.fhir.authorization, community.record()
    call = server.code_token_request("HCP", patient).with_form("scope", iua.scope("HCP", "NORM"))
    call = call.with_form("person_id", iua.cx(victim.spid))
    reply = community.fhir.send(iua.signed(call, server.with_code()))
    person = part(jwt.claims(iua.access_token(reply)), "extensions.ihe_iua.person_id")
    expect(reply).meets(person in (None, iua.cx(patient.spid)), "no token, or one for the patient", person, "person_id")
