"""Tokens whose signature is right and whose content is not: the key is one of ours that the target trusts (ITI-72)."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client.authorization import signed_token
from fixtures.epr import iua
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement
from security.bearer import forging
from security.bearer.forging import Genuine

Claims = dict[str, Any]


def sent(genuine: Genuine, change: Callable[[Claims], Claims], name: str) -> RestReply:
    """The query with a trusted token and one change; the same token without it is accepted before and after."""
    fhir = genuine.community.fhir
    valid = genuine.valid.with_token(fhir.trusted_token("HCP", genuine.patient))
    token = fhir.trusted_token("HCP", genuine.patient, change=change)
    return fhir.send(valid.with_token(token, name), baseline=valid)


def is_refused(genuine: Genuine, change: Callable[[Claims], Claims], name: str) -> None:
    expect(sent(genuine, change, name)).is_unauthorised().discloses_nothing([genuine.patient.spid])


def moved(seconds: int) -> Callable[[Claims], Claims]:
    """All times of the token later (or earlier)."""
    return lambda claims: {**claims, **{name: claims[name] + seconds for name in ("iat", "nbf", "exp")}}


def put(name: str, value: Any) -> Callable[[Claims], Claims]:
    """Another value of one claim, or none of it."""
    rest = {name: value} if value else {}
    return lambda claims: {**{key: one for key, one in claims.items() if key != name}, **rest}


@requirement("FHIR-ITI72-004", "XUA-OIDC-078")
def test_a_token_that_has_run_out_is_refused(genuine: Genuine) -> None:
    is_refused(genuine, moved(-3_600), "expired an hour ago")


@requirement("FHIR-ITI72-005", "XUA-OIDC-079")
def test_a_token_from_the_future_is_refused(genuine: Genuine) -> None:
    is_refused(genuine, put("nbf", int(time.time()) + 3_600), "nbf in an hour")


@requirement("XUA-OIDC-079")
@pytest.mark.parametrize("value", [None, "4102444800", 1e20], ids=["none", "text", "1e20"])
def test_a_token_without_a_date_of_expiry_is_refused(genuine: Genuine, value: object) -> None:
    is_refused(genuine, put("exp", value), f"exp {value!r}")


OTHERS = ["https://elsewhere.example/fhir"]


@requirement("FHIR-ITI72-009", "XUA-OIDC-080")
@pytest.mark.parametrize("audience", [OTHERS[0], OTHERS, None], ids=["other", "list", "none"])
def test_a_token_for_another_server_is_refused(genuine: Genuine, audience: object) -> None:
    is_refused(genuine, put("aud", audience), "another audience")


@requirement("XUA-OIDC-080")
def test_a_token_for_several_servers_is_taken(genuine: Genuine) -> None:
    reply = sent(genuine, lambda claims: {**claims, "aud": [*OTHERS, claims["aud"]]}, "two audiences")
    expect(reply).is_ok()


@requirement("FHIR-ITI72-010", "XUA-OIDC-081")
def test_an_unknown_issuer_is_refused(genuine: Genuine) -> None:
    is_refused(genuine, put("iss", "https://rogue.example"), "an unknown issuer")


@requirement("FHIR-ITI72-010", "XUA-OIDC-081")
def test_one_trusted_issuer_does_not_sign_for_another(genuine: Genuine) -> None:
    own = genuine.community.fhir.authorization.metadata().issuer
    is_refused(genuine, put("iss", own), "the issuer of the target under another's key")


@requirement("XUA-OIDC-087")
@pytest.mark.parametrize("critical", [["x"], ["b64"], []], ids=["x", "b64", "empty"])
def test_what_is_critical_must_be_understood(genuine: Genuine, critical: list[str]) -> None:
    fhir = genuine.community.fhir
    claims, key = fhir.authorization.trusted_claims("HCP", genuine.patient), fhir.authorization.trusted_key()
    valid = genuine.valid.with_token(signed_token(claims, key))
    token = forging.critical(key, claims, critical)
    reply = fhir.send(valid.with_token(token, f"crit {critical}"), baseline=valid)
    expect(reply).is_unauthorised().discloses_nothing([genuine.patient.spid])


def naming(genuine: Genuine, transaction: str) -> str:
    """A trusted token whose scope names this transaction alone; Skipped where the target knows no such scopes."""
    fhir = genuine.community.fhir
    known = fhir.accepted(iua.metadata_request()).resource or {}
    if transaction not in (known.get("scopes_supported") or ()):
        raise Skipped(Reason.NEEDS_PROFILE, f"scopes_supported of the metadata do not name {transaction}")

    def change(claims: Claims) -> Claims:
        return {**claims, "scope": f"{claims['scope']} {transaction}"}

    return fhir.trusted_token("HCP", genuine.patient, change=change)


@requirement("FHIR-ITI72-020")
def test_a_scope_for_another_transaction_is_not_enough(genuine: Genuine) -> None:
    valid = genuine.valid.with_token(naming(genuine, "ITI-83"))
    narrow = valid.with_token(naming(genuine, "ITI-67"), "a scope for ITI-67")
    reply = genuine.community.fhir.send(narrow, baseline=valid)
    expect(reply).is_refused(401, 403, usual=["forbidden", "login", "security"])
    expect(reply).discloses_nothing([genuine.patient.spid])
