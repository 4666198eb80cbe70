"""ITI-71: the token response and the access token in it (CH EPR FHIR 5.0.0; IHE IUA)."""

import re

import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from conformance.fhir.iua.asking import form, redeeming, technical
from fixtures.checks.expect import expect
from fixtures.checks.expect_oauth import part, token_of
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua, jwt
from fixtures.epr.names import NAME_QUALIFIER
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement

ABOUT = "extensions.ihe_iua"
ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
URN_OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+")


@pytest.fixture(scope="module")
def patient(community: Community) -> RegisteredPatient:
    return community.record()


@pytest.fixture
def reply(community: Community, patient: RegisteredPatient) -> RestReply:
    """The response with an extended token of a professional."""
    return community.fhir.send(redeeming(community, patient))


@requirement("FHIR-ITI71-033")
def test_the_response_says_what_was_granted(reply: RestReply) -> None:
    found = reply.resource or {}
    expect(reply).is_ok().meets(
        reply.content_type.startswith("application/json"), "application/json", reply.content_type, "Content-Type"
    )
    kind = str(found.get("token_type"))
    expect(reply).meets(kind.lower() == "bearer", "Bearer", kind, "token_type")
    expect(reply).meets(bool(found.get("scope")), "the scope", found.get("scope"), "scope")
    seconds = found.get("expires_in", 1)
    expect(reply).meets(isinstance(seconds, int) and seconds > 0, "a number of seconds", seconds, "expires_in")


@requirement("FHIR-ITI71-034")
def test_the_response_is_kept_by_nobody(reply: RestReply) -> None:
    control = reply.headers.get("cache-control", "")
    expect(reply).meets("no-store" in control, "Cache-Control: no-store", control, "Cache-Control")
    pragma = reply.headers.get("pragma", "")
    expect(reply).meets("no-cache" in pragma, "Pragma: no-cache", pragma, "Pragma")


def is_signed(community: Community, token: str) -> bool:
    """Whether a key of jwks_uri verifies it."""
    keys = community.fhir.send(Call("ITI-103", "GET", community.fhir.authorization.metadata().jwks_uri)).resource
    try:
        jws.deserialize_compact(token, KeySet.import_key_set(keys or {}), algorithms=list(ASYMMETRIC))  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError):
        return False
    return True


@requirement("FHIR-ITI71-035", "FHIR-ITI71-036")
def test_the_token_is_signed_with_a_published_key(community: Community, reply: RestReply) -> None:
    token_of(reply)
    token = iua.access_token(reply)
    algorithm = jwt.header(token).get("alg")
    expect(reply).meets(algorithm in ASYMMETRIC, "an asymmetric algorithm", algorithm, "alg")
    expect(reply).meets(is_signed(community, token), "a signature of a key of jwks_uri", jwt.header(token), "signature")


@requirement("FHIR-ITI71-037")
def test_the_registered_claims_are_there(community: Community, reply: RestReply) -> None:
    claims = token_of(reply)
    missing = [name for name in ("iss", "sub", "aud", "jti", "exp", "iat") if not claims.get(name)]
    expect(reply).meets(not missing, "iss, sub, aud, jti, exp, iat", f"without {', '.join(missing)}", "claims")
    absent = [name for name in ("client_id", "scope") if not claims.get(name)]
    expect(reply).prefers(not absent, "client_id and scope", f"without {', '.join(absent)}", "claims")
    expect(reply).meets(claims["exp"] > claims["iat"], "exp after iat", claims["exp"], "exp")
    other = token_of(community.fhir.send(technical(community)))
    expect(reply).meets(claims["jti"] != other.get("jti"), "a jti of its own", claims["jti"], "jti")


@requirement("FHIR-ITI71-038")
def test_a_token_lives_an_hour_at_most(reply: RestReply) -> None:
    claims = token_of(reply)
    seconds = claims["exp"] - claims["iat"]
    expect(reply).meets(seconds <= 3600, "3600 seconds at most", seconds, "exp")


@requirement("FHIR-ITI71-040", "FHIR-ITI71-041")
def test_an_extended_token_says_who_acts_why_and_where(reply: RestReply) -> None:
    claims = token_of(reply)
    found = {name: single(part(claims, f"{ABOUT}.{name}")) for name in ("subject_role", "purpose_of_use")}
    expect(reply).meets(found["subject_role"] == (iua.ROLE, "HCP"), "HCP", found["subject_role"], "subject_role")
    system, code = found["purpose_of_use"]
    expect(reply).meets(code == "NORM", "NORM", code, "purpose_of_use")
    expect(reply).meets(system.partition("urn:uuid:")[2] in iua.PURPOSE or system == iua.PURPOSE, iua.PURPOSE, system)
    expect(reply).prefers(system == iua.PURPOSE, iua.PURPOSE, system, "purpose_of_use.system")
    home = part(claims, f"{ABOUT}.home_community_id")
    expect(reply).meets(bool(URN_OID.fullmatch(str(home))), "an OID as URN", home, "home_community_id")


def single(value: object) -> tuple[str, str]:
    """System and code of a Coding, or of the only one in a list."""
    found = value[0] if isinstance(value, list) and len(value) == 1 else value
    return (str(found.get("system")), str(found.get("code"))) if isinstance(found, dict) else ("", "")


@requirement("FHIR-ITI71-043")
@pytest.mark.parametrize("role", ["PAT", "HCP", "ASS", "REP"])
def test_the_user_has_the_qualifier_of_the_role(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply = community.fhir.send(redeeming(community, patient, role))
    found = part(token_of(reply), "extensions.ch_epr.user_id_qualifier")
    expect(reply).meets(found == NAME_QUALIFIER[role], NAME_QUALIFIER[role], found, "user_id_qualifier")


@requirement("FHIR-ITI71-044")
@pytest.mark.parametrize("role", ["HCP", "ASS"])
def test_the_groups_of_the_professional_are_named(community: Community, patient: RegisteredPatient, role: str) -> None:
    user = community.user(role)
    professional = community.target.user(user.principal) if user.principal else user
    reply = community.fhir.send(redeeming(community, patient, role))
    found = part(token_of(reply), "extensions.ch_group")
    groups = {(str(one.get("id")), bool(one.get("name"))) for one in found or () if isinstance(one, dict)}
    wanted = {(group.oid, True) for group in professional.groups}
    expect(reply).meets(groups == wanted, sorted(oid for oid, _ in wanted).__repr__(), found, "ch_group")


@requirement("FHIR-ITI71-045")
def test_an_assistant_names_the_professional(community: Community, patient: RegisteredPatient) -> None:
    principal = community.target.user(community.user("ASS").principal)
    reply = community.fhir.send(redeeming(community, patient, "ASS"))
    found = part(token_of(reply), "extensions.ch_delegation")
    told = (part({"x": found}, "x.principal_id"), bool(part({"x": found}, "x.principal")))
    expect(reply).meets(told == (principal.gln, True), f"{principal.gln} and the name", found, "ch_delegation")


@requirement("FHIR-ITI71-046")
def test_a_token_for_one_resource_is_for_no_other(community: Community) -> None:
    base = community.url("ITI-72")
    reply = community.fhir.send(technical(community, form("resource", base)))
    found = token_of(reply).get("aud")
    listed = [found] if isinstance(found, str) else found
    expect(reply).meets(listed == [base], base, found, "aud")
