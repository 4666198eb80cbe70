"""Forged access tokens: whoever changes what was signed, or signs himself, opens nothing (ITI-72)."""

from dataclasses import replace

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr import iua
from fixtures.epr.rest import Raw
from fixtures.suite import requirement
from fixtures.wire import NO_CERTIFICATE, REGISTERED
from security.bearer import forging
from security.bearer.forging import Genuine
from security.xml.collector import listening

NOW = 4_102_444_800


def is_refused(genuine: Genuine, token: str, name: str) -> None:
    """401, and nothing of the patient, though the genuine token opens it before and after."""
    valid = genuine.valid
    reply = genuine.community.fhir.send(valid.with_token(token, name), baseline=valid)
    expect(reply).is_unauthorised().discloses_nothing([genuine.patient.spid]).shows_no_internals()


@requirement("FHIR-ITI72-007", "XUA-OIDC-073")
@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_a_token_without_algorithm_is_refused(genuine: Genuine, name: str) -> None:
    is_refused(genuine, forging.none(genuine, name), f"alg {name}")


@requirement("FHIR-ITI72-007", "XUA-OIDC-073")
def test_the_old_signature_does_not_help_a_token_without_algorithm(genuine: Genuine) -> None:
    signature = genuine.token.rpartition(".")[2]
    is_refused(genuine, f"{forging.none(genuine, 'none')}{signature}", "alg none, old signature")


@requirement("FHIR-ITI72-006", "XUA-OIDC-074")
def test_a_stripped_signature_is_refused(genuine: Genuine) -> None:
    is_refused(genuine, f"{genuine.token.rpartition('.')[0]}.", "without signature")


@requirement("FHIR-ITI72-006", "XUA-OIDC-074")
@pytest.mark.parametrize("claim", ["sub", "scope", "jti"])
def test_an_altered_claim_is_refused(genuine: Genuine, claim: str) -> None:
    is_refused(genuine, forging.altered(genuine, **{claim: "altered"}), f"another {claim}")


@requirement("FHIR-ITI72-006", "XUA-OIDC-074")
def test_a_longer_life_is_refused(genuine: Genuine) -> None:
    is_refused(genuine, forging.altered(genuine, exp=NOW), "exp in the year 2100")


@requirement("FHIR-ITI72-006", "XUA-OIDC-074")
def test_the_signature_of_another_token_is_refused(genuine: Genuine) -> None:
    other = genuine.community.fhir.token("PAT", genuine.patient).rpartition(".")[2]
    is_refused(genuine, f"{genuine.token.rpartition('.')[0]}.{other}", "signature of another token")


@requirement("FHIR-ITI72-006", "FHIR-ITI72-010")
def test_a_foreign_key_under_the_same_kid_is_refused(genuine: Genuine) -> None:
    is_refused(genuine, forging.foreign(genuine), "signed by a foreign key")


@requirement("FHIR-ITI72-007", "XUA-OIDC-075")
@pytest.mark.parametrize("form", ["spki-pem", "spki-pem-without-newline", "spki-der", "pkcs1-pem", "pkcs1-der", "jwk"])
def test_the_public_key_is_no_secret(genuine: Genuine, form: str) -> None:
    key = genuine.published
    header = {"typ": "JWT", "kid": str(key.as_dict(private=False).get("kid", ""))}
    secret = forging.confusions(key)[form]
    is_refused(genuine, forging.with_secret(header, genuine.claims, secret), f"HS256 with the public key ({form})")


KIDS = {
    "path": ("../../../../../../dev/null", b""),
    "sql": ("x' UNION SELECT 'secret' --", b"secret"),
    "url": ("http://127.0.0.1/key", b""),
    "long": ("k" * 4_000, b""),
    "nul": ("key\u0000", b""),
}


@requirement("FHIR-ITI72-007", "XUA-OIDC-076")
@pytest.mark.parametrize(("kid", "secret"), KIDS.values(), ids=KIDS)
def test_a_kid_is_only_a_name(genuine: Genuine, kid: str, secret: bytes) -> None:
    is_refused(genuine, forging.with_secret({"typ": "JWT", "kid": kid}, genuine.claims, secret), f"kid {kid[:40]!r}")


@requirement("FHIR-ITI72-010", "XUA-OIDC-076")
def test_the_kid_of_an_absent_key_is_refused(genuine: Genuine) -> None:
    is_refused(genuine, forging.foreign(genuine, kid="no-such-key"), "an unknown kid")


@requirement("FHIR-ITI72-007", "XUA-OIDC-077")
@pytest.mark.parametrize("name", ["jwk", "x5c"])
def test_a_key_that_comes_with_the_token_is_not_used(genuine: Genuine, name: str) -> None:
    is_refused(genuine, forging.brought(genuine, name), f"its own key in {name}")


@requirement("FHIR-ITI72-007", "XUA-OIDC-077")
@pytest.mark.parametrize("name", ["jku", "x5u"])
def test_no_key_is_fetched_from_where_the_token_says(genuine: Genuine, name: str) -> None:
    with listening(genuine.community.url("ITI-83")) as collector:
        token = forging.brought(genuine, name, collector.url)
        reply = genuine.community.fhir.send(genuine.valid.with_token(token, f"a key to fetch ({name})"))
    expect(reply).is_unauthorised().meets(not collector.calls, "no call", collector.calls, name)


@requirement("FHIR-ITI72-008", "XUA-OIDC-084")
@pytest.mark.parametrize("algorithm", ["RSA-OAEP", "dir"])
def test_an_encrypted_token_is_refused(genuine: Genuine, algorithm: str) -> None:
    is_refused(genuine, forging.encrypted(genuine, algorithm), f"a JWE in five parts ({algorithm})")


@requirement("XUA-OIDC-090")
def test_a_signature_of_zeros_is_refused(genuine: Genuine) -> None:
    header = {**genuine.header, "alg": "ES256"}
    is_refused(genuine, forging.assembled(header, genuine.claims, bytes(64)), "ES256 with 64 zero octets")


BROKEN = {
    "abc": "abc",
    "two-dots": "..",
    "no-base64url": "a+b.c/d.e=f",
    "array": f"{forging.part({'alg': 'RS256'})}.{forging.part(b'[1]')}.{forging.part(b'x')}",
    "spaces": "a b c",
}


@requirement("FHIR-ITI72-003", "XUA-OIDC-072")
@pytest.mark.parametrize("token", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_refused(genuine: Genuine, token: str) -> None:
    is_refused(genuine, token, "no token")


@requirement("FHIR-ITI72-002", "XUA-OIDC-071")
def test_without_token_nothing_is_told(genuine: Genuine) -> None:
    valid = genuine.valid
    reply = genuine.community.fhir.send(valid.without_token(), baseline=valid)
    expect(reply).is_unauthorised().discloses_nothing([genuine.patient.spid]).shows_no_internals()


@requirement("FHIR-ITI72-017", "XUA-OIDC-085")
def test_a_token_in_the_url_is_not_used(genuine: Genuine) -> None:
    valid = genuine.valid
    moved = valid.without_token("token in the query").with_more_query("access_token", valid.token)
    reply = genuine.community.fhir.send(moved, baseline=valid)
    expect(reply).is_unauthorised().discloses_nothing([genuine.patient.spid])


@requirement("XUA-OIDC-086")
@pytest.mark.parametrize("first", ["genuine", "altered"])
def test_two_tokens_are_one_too_many(genuine: Genuine, first: str) -> None:
    valid, forged = genuine.valid, forging.altered(genuine, sub="altered")
    shown = {"genuine": (valid.token, forged), "altered": (forged, valid.token)}[first]

    def double(raw: Raw) -> Raw:
        others = {name: value for name, value in raw.headers.items() if name.lower() != "authorization"}
        two = {"Authorization": f"Bearer {shown[0]}", "authorization": f"Bearer {shown[1]}"}
        return replace(raw, headers={**two, **others})

    reply = genuine.community.fhir.send(valid.on_the_wire("two Authorization headers", double), baseline=valid)
    expect(reply).is_refused(400, 401, usual=["login", "invalid"]).discloses_nothing([genuine.patient.spid])


@requirement("XUA-OIDC-089")
@pytest.mark.parametrize("certificate", [NO_CERTIFICATE, REGISTERED])
def test_the_assertion_of_a_login_is_no_access_token(community: Community, genuine: Genuine, certificate: str) -> None:
    login = iua.encoded(community.identity_assertion(community.user("HCP"), genuine.patient))
    shown = genuine.valid.with_token(login, "the assertion of the identity provider")
    reply = community.fhir.send(shown, baseline=genuine.valid, tls=certificate)
    expect(reply).is_unauthorised().discloses_nothing([genuine.patient.spid]).shows_no_internals()
