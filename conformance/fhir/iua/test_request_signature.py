"""ITI-71: the signature of a token request (RFC 9421) and the digest of its body (RFC 9530)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.fhir.iua.asking import redeeming, technical, unchanged
from fixtures.checks.expect import expect
from fixtures.checks.expect_oauth import token_of, token_refused
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua
from fixtures.epr.http_signature import COMPONENTS, PROFILE, Signing, content_digest
from fixtures.epr.rest import Call, Raw
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement


@pytest.fixture(scope="module")
def patient(community: Community) -> RegisteredPatient:
    return community.record()


def sent(community: Community, call: Call) -> RestReply:
    return community.fhir.send(call, baseline=lambda: technical(community))


def signed(community: Community, signing: Signing) -> RestReply:
    return sent(community, technical(community, unchanged, signing=signing))


@requirement("FHIR-ITI71-013")
@pytest.mark.parametrize("digest", ["sha-256", "sha-512"])
def test_our_own_requests_are_signed_as_the_guide_wants(community: Community, digest: str) -> None:
    call = technical(community, unchanged, signing=replace(PROFILE, digest=digest))
    reply = community.fhir.send(call)
    token_of(reply)
    headers = call.raw("").headers
    named = [name for name in COMPONENTS if f'"{name}"' in headers["Signature-Input"]]
    expect(reply).meets(named == [*COMPONENTS], ", ".join(COMPONENTS), ", ".join(named), "Signature-Input")


MORE = Signing(components=(*COMPONENTS, "content-type"))
TAKEN = {"profile": PROFILE, "label": Signing(label="eprobe"), "more": MORE}


@requirement("XUA-OIDC-051")
@pytest.mark.parametrize("signing", TAKEN.values(), ids=TAKEN)
def test_a_signed_request_brings_a_token(community: Community, patient: RegisteredPatient, signing: Signing) -> None:
    key = community.fhir.authorization.with_code().key
    if not isinstance(key, RSAPrivateKey):
        raise Skipped(Reason.NEEDS_USER, "the first client among [[clients]] that acts for users has no key of RSA")
    token_of(community.fhir.send(redeeming(community, patient, signing=signing)))


@requirement("FHIR-ITI71-009", "XUA-OIDC-052")
def test_a_request_without_signature_brings_no_token(community: Community) -> None:
    call = community.fhir.authorization.technical_request()
    body = call.raw("").body
    token_refused(sent(community, call.with_header("Content-Digest", content_digest(body), "without signature")))


@requirement("FHIR-ITI71-009", "XUA-OIDC-052")
def test_a_signature_of_another_key_brings_no_token(community: Community) -> None:
    server = community.fhir.authorization
    foreign = replace(server.credentials("technical"), key=server.with_code().key)
    token_refused(sent(community, iua.signed(server.technical_request(), foreign)))


def altered(raw: Raw) -> Raw:
    """Another body under its own digest, below the signature of the first."""
    body = raw.body + b"&x=1"
    return replace(raw, body=body, headers={**raw.headers, "Content-Digest": content_digest(body)})


@requirement("FHIR-ITI71-009", "XUA-OIDC-052")
def test_a_request_that_was_changed_after_signing_brings_no_token(community: Community) -> None:
    token_refused(sent(community, technical(community).on_the_wire("another body with its digest", altered)))


@requirement("FHIR-ITI71-010", "XUA-OIDC-054")
@pytest.mark.parametrize("left_out", COMPONENTS)
def test_every_component_must_be_covered(community: Community, left_out: str) -> None:
    covered = tuple(name for name in COMPONENTS if name != left_out)
    call = technical(community, unchanged, signing=Signing(components=covered))
    digest = content_digest(call.raw("").body)
    token_refused(sent(community, call.on_the_wire(f"{left_out} not signed", lambda raw: with_digest(raw, digest))))


def with_digest(raw: Raw, digest: str) -> Raw:
    return replace(raw, headers={"Content-Digest": digest, **raw.headers})


@requirement("FHIR-ITI71-010")
@pytest.mark.parametrize("name", ["created", "expires"])
def test_a_signature_says_when_it_was_made_and_ends(community: Community, name: str) -> None:
    token_refused(signed(community, Signing(without=(name,))))


@requirement("FHIR-ITI71-011", "XUA-OIDC-053")
@pytest.mark.parametrize("seconds", [61, 300])
def test_a_signature_is_good_for_a_minute_at_most(community: Community, seconds: int) -> None:
    token_refused(signed(community, Signing(lifetime=seconds)))


@requirement("XUA-OIDC-053")
def test_a_signature_of_the_future_brings_no_token(community: Community) -> None:
    token_refused(signed(community, Signing(created=600)))


@requirement("FHIR-ITI71-011", "XUA-OIDC-053")
def test_a_signature_that_has_ended_brings_no_token(community: Community) -> None:
    token_refused(signed(community, Signing(created=-180)))


@requirement("FHIR-ITI71-012", "XUA-OIDC-052")
def test_a_digest_of_another_body_brings_no_token(community: Community) -> None:
    token_refused(signed(community, Signing(digest_of=b"another body")))


def repeated(community: Community, call: Call) -> RestReply:
    """Send the same octets twice; the second answer."""
    raw = call.raw("")
    community.fhir.accepted(call.on_the_wire("signed once", lambda _: raw))
    return community.fhir.send(call.on_the_wire("the same octets again", lambda _: raw))


@requirement("XUA-OIDC-056")
def test_the_same_request_with_a_code_brings_no_second_token(community: Community, patient: RegisteredPatient) -> None:
    token_refused(repeated(community, redeeming(community, patient)))


@requirement("XUA-OIDC-056")
def test_the_same_request_of_a_technical_user_brings_no_second_token(community: Community) -> None:
    token_refused(repeated(community, technical(community)))


SECRETS: dict[str, Callable[[iua.Credentials], bytes]] = {
    "client-secret": lambda own: own.secret.encode(),
    "public-key": lambda own: own.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
}


@requirement("XUA-OIDC-055")
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_what_others_know_signs_no_request(community: Community, secret: Callable[[iua.Credentials], bytes]) -> None:
    own = community.fhir.authorization.credentials("technical")
    token_refused(signed(community, Signing(secret=secret(own))))


@requirement("FHIR-ITI71-012")
def test_without_digest_there_is_no_token(community: Community) -> None:
    token_refused(sent(community, technical(community).without_header("Content-Digest").on_the_wire("no digest", bare)))


def bare(raw: Raw) -> Raw:
    kept = {name: value for name, value in raw.headers.items() if name.lower() != "content-digest"}
    return replace(raw, headers=kept)
