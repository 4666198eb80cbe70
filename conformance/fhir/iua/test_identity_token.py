"""ITI-71, authorization code grant, step 2: who believes the identity token in client_assertion (CH EPR FHIR 5.0.0)."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt

from conformance.fhir.iua.asking import Change, changed_redeeming, form, redeeming
from fixtures.checks.expect_oauth import token_of, token_refused
from fixtures.client import Community, RegisteredPatient
from fixtures.client.authorization import as_jwk
from fixtures.epr import iua, saml
from fixtures.epr.assertion import Assertion
from fixtures.epr.keypair import KeyPair
from fixtures.epr.rest import Call
from fixtures.suite import requirement
from fixtures.trust.forgery import stray

#: {"alg":"none","typ":"JWT"}
UNSECURED = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
ELSEWHERE = "https://elsewhere.example"


@pytest.fixture(scope="module")
def patient(community: Community) -> RegisteredPatient:
    return community.record()


def login(community: Community, *, issuer: str = "", audience: str = "", minutes: int = 0) -> Assertion:
    """An identity assertion of the first professional, with another issuer or audience, or of another time."""
    idp, _ = community.fhir.authorization.identity_provider()
    user = community.user("HCP")
    identity = saml.Identity(user.name_id, user.given, user.family, user.gln)
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    return saml.idp(identity, issuer=issuer or idp.issuer, audience=audience or idp.audience, now=now)


def minted(community: Community, *, key: KeyPair | None = None, **changes: Any) -> str:
    """The same, signed with the key of our identity provider or another one, as it is sent."""
    _, own = community.fhir.authorization.identity_provider()
    return iua.encoded(login(community, **changes).signed(key or own))


def id_token(community: Community, *, key: KeyPair | None = None, **changes: Any) -> str:
    """An ID token of the first professional, with other claims or by another key."""
    idp, own = community.fhir.authorization.identity_provider()
    user, pair, now = community.user("HCP"), as_jwk((key or own).key), int(time.time())
    claims = {
        "iss": idp.issuer,
        "sub": user.name_id,
        "aud": idp.audience,
        "iat": now,
        "exp": now + 300,
        "gln": user.gln,
        "given_name": user.given,
        "family_name": user.family,
    }
    return signed(claims | changes, pair)


def signed(claims: Mapping[str, Any], key: Any) -> str:
    return jwt.encode({"alg": "RS256" if key.key_type == "RSA" else "ES256"}, dict(claims), key, ["RS256", "ES256"])


def showing(token: str, kind: str = iua.JWT_BEARER) -> Change:
    """This identity token, of this kind, in place of the assertion."""
    return lambda call: call.with_form("client_assertion", token).with_form("client_assertion_type", kind)


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_without_identity_token_there_is_no_access_token(community: Community, patient: RegisteredPatient) -> None:
    def change(call: Call) -> Call:
        return call.with_form("client_assertion", None).with_form("client_assertion_type", None)

    token_refused(changed_redeeming(community, patient, change))


# --- SAML -----------------------------------------------------------------------------------------


@requirement("FHIR-ITI71-024")
def test_a_saml_assertion_is_taken(community: Community, patient: RegisteredPatient) -> None:
    token_of(community.fhir.send(redeeming(community, patient)))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_identity_token_that_has_expired_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    token_refused(changed_redeeming(community, patient, form("client_assertion", minted(community, minutes=-20))))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_identity_token_of_a_foreign_key_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    token_refused(changed_redeeming(community, patient, form("client_assertion", minted(community, key=stray()))))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_identity_token_of_an_unknown_issuer_is_not_believed(
    community: Community, patient: RegisteredPatient
) -> None:
    rogue = minted(community, issuer="https://rogue.example")
    token_refused(changed_redeeming(community, patient, form("client_assertion", rogue)))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_identity_token_for_somebody_else_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    foreign = minted(community, audience=ELSEWHERE)
    token_refused(changed_redeeming(community, patient, form("client_assertion", foreign)))


@requirement("FHIR-ITI71-023")
def test_an_identity_token_of_tomorrow_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    token_refused(changed_redeeming(community, patient, form("client_assertion", minted(community, minutes=1_440))))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_assertion_nobody_signed_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    unsigned = iua.encoded(login(community).unsigned())
    token_refused(changed_redeeming(community, patient, form("client_assertion", unsigned)))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_assertion_that_was_altered_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    _, own = community.fhir.authorization.identity_provider()
    written = login(community)
    altered = written.signed(own).replace(written.session_index.encode(), b"_another-session")
    token_refused(changed_redeeming(community, patient, form("client_assertion", iua.encoded(altered))))


# --- OpenID Connect -------------------------------------------------------------------------------


@requirement("FHIR-ITI71-024")
def test_an_id_token_is_taken(community: Community, patient: RegisteredPatient) -> None:
    token_of(community.fhir.send(redeeming(community, patient, "HCP", showing(id_token(community)))))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
@pytest.mark.parametrize("changes", [{"iss": "https://rogue.example"}, {"aud": ELSEWHERE}, {"exp": 1_500_000_000}])
def test_an_id_token_with_another_claim_is_not_believed(
    community: Community, patient: RegisteredPatient, changes: dict[str, Any]
) -> None:
    token_refused(changed_redeeming(community, patient, showing(id_token(community, **changes))))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_id_token_of_a_foreign_key_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    rogue = id_token(community, key=stray(rsa_bits=2048))
    token_refused(changed_redeeming(community, patient, showing(rogue)))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_id_token_that_was_altered_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    head, _, signature = id_token(community).split(".")
    _, other, _ = id_token(community, amr=["pwd"]).split(".")
    token_refused(changed_redeeming(community, patient, showing(f"{head}.{other}.{signature}")))


@requirement("FHIR-ITI71-023", "XUA-OIDC-045")
def test_an_id_token_without_algorithm_is_not_believed(community: Community, patient: RegisteredPatient) -> None:
    _, claims, _ = id_token(community).split(".")
    token_refused(changed_redeeming(community, patient, showing(f"{UNSECURED}.{claims}.")))


# --- which of them --------------------------------------------------------------------------------


@requirement("FHIR-ITI71-024")
def test_an_unknown_kind_of_identity_token_is_refused(community: Community, patient: RegisteredPatient) -> None:
    token_refused(changed_redeeming(community, patient, form("client_assertion_type", "urn:example:assertion")))


@requirement("FHIR-ITI71-024", "XUA-OIDC-045")
def test_a_saml_assertion_is_no_json_web_token(community: Community, patient: RegisteredPatient) -> None:
    token_refused(changed_redeeming(community, patient, form("client_assertion_type", iua.JWT_BEARER)))


@requirement("FHIR-ITI71-024")
def test_a_json_web_token_is_no_saml_assertion(community: Community, patient: RegisteredPatient) -> None:
    token_refused(changed_redeeming(community, patient, showing(id_token(community), iua.SAML_BEARER)))
