"""PPQ-3, PPQ-4, PPQ-5: a token is for the policy sets of its patient (CH EPR FHIR 5.0.0, ITI-72)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.fhir.policies import Consents
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.client.authorization import as_jwk, signed_token
from fixtures.epr import jwt
from fixtures.epr.fhir_policies import adding
from fixtures.policy.consent import consent
from fixtures.suite import requirement, transaction
from fixtures.trust.forgery import stray


@pytest.fixture(scope="module")
def other(community: Community) -> Consents:
    """Another patient's open record."""
    return Consents(community, community.record())


@requirement("FHIR-ITI72-013", "POL-PPQ3-041")
@transaction("PPQ-3", "PPQ-5")
def test_a_token_feeds_no_other_record(opened: Consents, other: Consents) -> None:
    before = other.consents()
    call = opened.posting(replace(opened.right(), spid=other.spid))
    opened.refused(call, 401, baseline=opened.posting(opened.right()), tolerated=[403])
    after = other.consents()
    expect(opened.send(opened.consents_of(opened.spid))).meets(before == after, "the other record unchanged", after)


@requirement("FHIR-ITI72-013", "POL-PPQ3-041")
@transaction("PPQ-3", "PPQ-5")
def test_a_token_deletes_nothing_of_another_record(opened: Consents, other: Consents) -> None:
    theirs = other.right()
    other.community.fhir.accepted(other.posting(theirs))
    reply = opened.send(opened.removing(theirs.id))
    expect(reply).is_refused(401, tolerated=[403, 404])
    held = other.consents()
    expect(reply).meets(theirs.id in held, "the policy set still there", sorted(held))


@requirement("FHIR-ITI72-013", "POL-PPQ5-007")
@transaction("PPQ-3", "PPQ-5")
def test_a_token_reads_no_other_record(opened: Consents, other: Consents) -> None:
    theirs = other.right()
    other.community.fhir.accepted(other.posting(theirs))
    valid = opened.consents_of(opened.spid)
    foreign = valid.with_query("patient:identifier", other.consents_of(other.spid).query[0][1], "another patient")
    reply = opened.send(foreign, baseline=valid)
    expect(reply).is_denied().discloses_nothing([theirs.id])
    expect(reply).prefers(reply.status in (401, 403), "HTTP 401", reply.says)


@requirement("FHIR-ITI72-014", "POL-PPQ4-012")
@transaction("PPQ-4", "PPQ-5")
@pytest.mark.parametrize("place", [0, 1])
def test_every_consent_of_a_bundle_is_about_the_patient_of_the_token(
    opened: Consents, other: Consents, place: int
) -> None:
    rights = [opened.right(), opened.right(who="7601999100219")]
    call = opened.bundling(*(adding(consent(right)) for right in rights))
    mixed = call.with_value(f"entry[{place}].resource.patient.identifier.value", other.spid, "another patient")
    before = other.consents()
    valid = opened.bundling(adding(consent(opened.right(who="7601999100226"))))
    reply = opened.refused(mixed, 401, 403, 422, baseline=valid)
    expect(reply).meets(other.consents() == before, "the other record unchanged", sorted(other.consents()))


# --- tokens nobody should believe -----------------------------------------------------------------


def expired(record: Consents) -> str:
    """Trusted, and an hour over its time."""

    def past(claims: dict[str, Any]) -> dict[str, Any]:
        return {**claims, **{name: claims[name] - 3_600 for name in ("iat", "nbf", "exp") if name in claims}}

    return record.community.fhir.trusted_token("PAT", record.patient, change=past)


def of_unknown_key(record: Consents) -> str:
    """What the genuine token says, signed with a key nobody knows."""
    genuine = record.access()
    return signed_token(jwt.claims(genuine), as_jwk(stray(rsa_bits=2048).key), {"kid": jwt.header(genuine).get("kid")})


TOKENS: Mapping[str, Callable[[Consents], str]] = {
    "none": lambda _: "",
    "expired": expired,
    "unknown-key": of_unknown_key,
    "basic": lambda record: record.community.fhir.basic_token(),
}
#: a basic token is refused with 401 or 403 (ITI-72)
STATUSES = {"basic": (401, 403)}
USUAL = ("login", "expired", "forbidden", "security", "unknown")


@requirement("POL-PPQ3-040")
@transaction("PPQ-3", "PPQ-5")
@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_feed_without_valid_token_is_refused(opened: Consents, method: str, token: str) -> None:
    known, new = opened.right(), opened.right(who="7601999100219")
    valid = opened.posting(known)
    call = {"POST": opened.posting(new), "PUT": opened.putting(new), "DELETE": opened.removing(known.id)}[method]
    call = call.with_token(TOKENS[token](opened), f"token: {token}")
    opened.refused(call, *STATUSES.get(token, (401,)), baseline=valid, usual=USUAL)


@requirement("POL-PPQ5-008")
@transaction("PPQ-5")
@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("by", ["patient", "id"])
def test_a_search_without_valid_token_is_refused(opened: Consents, by: str, token: str) -> None:
    valid = {"patient": opened.consents_of(opened.spid), "id": opened.consent_with(next(iter(opened.consents())))}[by]
    reply = opened.send(valid.with_token(TOKENS[token](opened), f"token: {token}"), baseline=valid)
    expect(reply).is_refused(*STATUSES.get(token, (401,)), usual=USUAL)
