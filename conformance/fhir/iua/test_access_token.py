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


@pytest.fixture(params=["extended", "basic"])
def either(request: pytest.FixtureRequest, community: Community, patient: RegisteredPatient) -> RestReply:
    """The response with a token for a record, and with one for none."""
    return community.fhir.send(redeeming(community, patient, spid=patient.spid if request.param == "extended" else ""))


@requirement("FHIR-ITI71-033", "XUA-OIDC-040")
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


@requirement("XUA-OIDC-040")
def test_the_response_says_how_long_the_token_is_good(reply: RestReply) -> None:
    claims = token_of(reply)
    left, seconds = claims["exp"] - claims["iat"], (reply.resource or {}).get("expires_in")
    right = seconds is None or abs(seconds - left) <= 60
    expect(reply).meets(right, f"{left} seconds, as exp has it, or nothing", seconds, "expires_in")


@requirement("FHIR-ITI71-034", "XUA-OIDC-040")
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


@requirement("FHIR-ITI71-035", "XUA-OIDC-024", "XUA-OIDC-060")
def test_the_token_is_signed_with_a_published_key(community: Community, either: RestReply) -> None:
    token_of(either)
    token = iua.access_token(either)
    header = jwt.header(token)
    expect(either).meets(is_signed(community, token), "a signature of a key of jwks_uri", header, "signature")


@requirement("FHIR-ITI71-036", "XUA-OIDC-055", "XUA-OIDC-060")
def test_no_shared_key_signs_the_token(either: RestReply) -> None:
    token_of(either)
    algorithm = jwt.header(iua.access_token(either)).get("alg")
    expect(either).meets(algorithm in ASYMMETRIC, "an asymmetric algorithm", algorithm, "alg")


@requirement("FHIR-ITI71-037", "XUA-OIDC-061")
def test_the_registered_claims_are_there(either: RestReply) -> None:
    reply, claims = either, token_of(either)
    missing = [name for name in ("iss", "sub", "aud", "jti", "exp", "iat") if not claims.get(name)]
    expect(reply).meets(not missing, "iss, sub, aud, jti, exp, iat", f"without {', '.join(missing)}", "claims")
    absent = [name for name in ("client_id", "scope") if not claims.get(name)]
    expect(reply).prefers(not absent, "client_id and scope", f"without {', '.join(absent)}", "claims")
    expect(reply).meets(claims["exp"] > claims["iat"], "exp after iat", claims["exp"], "exp")


@requirement("FHIR-ITI71-037", "XUA-OIDC-061")
def test_twenty_tokens_have_twenty_ids(community: Community) -> None:
    replies = [community.fhir.send(technical(community)) for _ in range(20)]
    known = {str(token_of(reply).get("jti")) for reply in replies}
    expect(replies[-1]).meets(len(known) == 20, "20 different jti", f"{len(known)} different ones", "jti")


@requirement("FHIR-ITI71-038", "XUA-OIDC-062")
def test_a_token_lives_an_hour_at_most(either: RestReply) -> None:
    claims = token_of(either)
    seconds = claims["exp"] - claims["iat"]
    expect(either).meets(seconds <= 3600, "3600 seconds at most", seconds, "exp")


@requirement("XUA-OIDC-063")
def test_the_user_is_named(either: RestReply) -> None:
    name = part(token_of(either), f"{ABOUT}.subject_name")
    expect(either).meets(isinstance(name, str) and bool(name.strip()), "a name", name, "subject_name")


@requirement("FHIR-ITI71-040", "FHIR-ITI71-041", "XUA-OIDC-063")
def test_an_extended_token_says_who_acts_why_and_where(reply: RestReply) -> None:
    claims = token_of(reply)
    found = {name: single(part(claims, f"{ABOUT}.{name}")) for name in ("subject_role", "purpose_of_use")}
    expect(reply).meets(found["subject_role"] == (iua.ROLE, "HCP"), "HCP", found["subject_role"], "subject_role")
    system, code = found["purpose_of_use"]
    expect(reply).meets(code == "NORM", "NORM", code, "purpose_of_use")
    # the examples of the guide write urn:uuid: where urn:oid: is meant
    right = system.replace("urn:uuid:", "urn:oid:") == iua.PURPOSE
    expect(reply).meets(right, iua.PURPOSE, system, "purpose_of_use.system")
    expect(reply).prefers(system == iua.PURPOSE, iua.PURPOSE, system, "purpose_of_use.system")
    home = part(claims, f"{ABOUT}.home_community_id")
    expect(reply).meets(bool(URN_OID.fullmatch(str(home))), "an OID as URN", home, "home_community_id")


def single(value: object) -> tuple[str, str]:
    """System and code of a Coding, or of the only one in a list."""
    found = value[0] if isinstance(value, list) and len(value) == 1 else value
    return (str(found.get("system")), str(found.get("code"))) if isinstance(found, dict) else ("", "")


def identifiers(community: Community, patient: RegisteredPatient, role: str) -> set[str]:
    """What may identify a user of this role; none for a representative, whose id only the community knows.

    Of an assistant it may be the professional: the guide contradicts itself (identity.md section 12.7).
    """
    user = community.user(role, patient)
    principal = community.target.user(user.principal) if user.principal else user
    return {patient.spid} if role == "PAT" else {user.gln, principal.gln} - {""}


@requirement("XUA-OIDC-064")
@pytest.mark.parametrize("role", ["PAT", "HCP", "ASS", "REP"])
def test_the_user_is_identified(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply = community.fhir.send(redeeming(community, patient, role))
    found, wanted = part(token_of(reply), "extensions.ch_epr.user_id"), identifiers(community, patient, role)
    right = isinstance(found, str) and (found in wanted or (bool(found) and not wanted))
    expect(reply).meets(right, " or ".join(wanted) or "the id of the representative", found, "user_id")


@requirement("FHIR-ITI71-043", "XUA-OIDC-064")
@pytest.mark.parametrize("role", ["PAT", "HCP", "ASS", "REP"])
def test_the_user_has_the_qualifier_of_the_role(community: Community, patient: RegisteredPatient, role: str) -> None:
    reply = community.fhir.send(redeeming(community, patient, role))
    found = part(token_of(reply), "extensions.ch_epr.user_id_qualifier")
    expect(reply).meets(found == NAME_QUALIFIER[role], NAME_QUALIFIER[role], found, "user_id_qualifier")


@requirement("FHIR-ITI71-044", "XUA-OIDC-065")
@pytest.mark.parametrize("role", ["HCP", "ASS"])
def test_the_groups_of_the_professional_are_named(community: Community, patient: RegisteredPatient, role: str) -> None:
    user = community.user(role)
    professional = community.target.user(user.principal) if user.principal else user
    reply = community.fhir.send(redeeming(community, patient, role))
    found = part(token_of(reply), "extensions.ch_group")
    groups = {(str(one.get("id")), bool(one.get("name"))) for one in found or () if isinstance(one, dict)}
    wanted = {(group.oid, True) for group in professional.groups}
    expect(reply).meets(groups == wanted, sorted(oid for oid, _ in wanted).__repr__(), found, "ch_group")


@requirement("XUA-OIDC-066")
@pytest.mark.parametrize("role", ["PAT", "HCP", "REP"])
def test_who_acts_for_himself_names_no_professional(
    community: Community, patient: RegisteredPatient, role: str
) -> None:
    reply = community.fhir.send(redeeming(community, patient, role))
    found = part(token_of(reply), "extensions.ch_delegation")
    expect(reply).meets(not found, "no ch_delegation", found, "ch_delegation")


@requirement("FHIR-ITI71-045", "XUA-OIDC-066")
def test_an_assistant_names_the_professional(community: Community, patient: RegisteredPatient) -> None:
    principal = community.target.user(community.user("ASS").principal)
    reply = community.fhir.send(redeeming(community, patient, "ASS"))
    found = part(token_of(reply), "extensions.ch_delegation")
    told = (part({"x": found}, "x.principal_id"), bool(part({"x": found}, "x.principal")))
    expect(reply).meets(told == (principal.gln, True), f"{principal.gln} and the name", found, "ch_delegation")


@requirement("FHIR-ITI71-046", "XUA-OIDC-067")
def test_a_token_for_one_resource_is_for_no_other(community: Community) -> None:
    base = community.url("ITI-72")
    reply = community.fhir.send(technical(community, form("resource", base)))
    found = token_of(reply).get("aud")
    listed = [found] if isinstance(found, str) else found
    expect(reply).meets(listed == [base], base, found, "aud")
