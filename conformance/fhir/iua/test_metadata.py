"""ITI-103 Authorization Server Metadata (CH EPR FHIR 5.0.0; IHE IUA)."""

import base64
from typing import Any
from urllib.parse import urlsplit

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.iua import JWT_TYPE, metadata_request, read_metadata
from fixtures.epr.jwt import claims
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
REQUIRED = (*ENDPOINTS, "issuer", "response_types_supported", "grant_types_supported", "capabilities")
METHODS = "token_endpoint_auth_methods_supported"
GRANTS = {"client_credentials", "authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"}
WELL_KNOWN = "/.well-known/smart-configuration"
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k"}


@pytest.fixture
def metadata(community: Community) -> RestReply:
    return community.fhir.send(metadata_request())


def texts(reply: RestReply, name: str) -> list[str]:
    """The texts of a list; [] for anything else."""
    found = (reply.resource or {}).get(name)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


@requirement("FHIR-ITI103-001", "XUA-OIDC-020")
def test_the_metadata_are_a_json_object(metadata: RestReply) -> None:
    expect(metadata).is_ok().meets(
        metadata.content_type.startswith("application/json"), "application/json", metadata.content_type, "Content-Type"
    )


@requirement("XUA-OIDC-020")
def test_the_metadata_come_without_asking_for_json(community: Community) -> None:
    path = urlsplit(community.url("ITI-103")).path
    reply = community.fhir.send(metadata_request().without_header("Accept"))
    expect(reply).meets(WELL_KNOWN in path, f"metadata at {WELL_KNOWN}", path, "URL")
    expect(reply).is_ok().meets(
        reply.content_type.startswith("application/json"), "application/json", reply.content_type, "Content-Type"
    )


@requirement("FHIR-ITI103-002", "XUA-OIDC-021")
def test_the_required_attributes_are_there(community: Community, metadata: RestReply) -> None:
    found = metadata.resource or {}
    missing = [name for name in REQUIRED if not found.get(name)]
    expect(metadata).meets(not missing, ", ".join(REQUIRED), f"without {', '.join(missing)}")
    scheme = urlsplit(community.url("ITI-103")).scheme
    wrong = [name for name in ENDPOINTS if urlsplit(str(found.get(name))).scheme not in ("https", scheme)]
    expect(metadata).meets(not wrong, "absolute https URLs", f"{wrong}")


@requirement("FHIR-ITI103-003", "XUA-OIDC-023")
def test_the_issuer_is_one_https_url(community: Community, metadata: RestReply) -> None:
    issuer = (metadata.resource or {}).get("issuer")
    parts = urlsplit(issuer if isinstance(issuer, str) else "")
    right = parts.scheme in ("https", urlsplit(community.url("ITI-103")).scheme) and bool(parts.netloc)
    plain = isinstance(issuer, str) and "?" not in issuer and "#" not in issuer
    expect(metadata).meets(right and plain, "one https URL without query and fragment", issuer, "issuer")


@requirement("XUA-OIDC-023")
def test_tokens_are_issued_by_the_issuer(community: Community, metadata: RestReply) -> None:
    issuer, said = read_metadata(metadata).issuer, claims(community.fhir.basic_token()).get("iss")
    expect(metadata).prefers(said == issuer, f"issuer {said}, as tokens have it", issuer, "issuer")


@requirement("FHIR-ITI103-004", "XUA-OIDC-022")
def test_the_grants_of_the_guide_are_announced(metadata: RestReply) -> None:
    found = texts(metadata, "grant_types_supported")
    expect(metadata).meets(GRANTS.issubset(found), ", ".join(sorted(GRANTS)), found, "grant_types_supported")


@requirement("FHIR-ITI103-005")
def test_the_response_type_is_code(metadata: RestReply) -> None:
    found = texts(metadata, "response_types_supported")
    expect(metadata).meets("code" in found, "code", found, "response_types_supported")
    expect(metadata).prefers("token" not in found, "code without token", found, "response_types_supported")


@requirement("FHIR-ITI103-006", "XUA-OIDC-025")
def test_a_client_may_show_its_secret_in_the_header(metadata: RestReply) -> None:
    found = texts(metadata, METHODS)
    is_given = METHODS in (metadata.resource or {})
    expect(metadata).meets(not is_given or "client_secret_basic" in found, "client_secret_basic", found, METHODS)


@requirement("FHIR-ITI103-006")
def test_a_client_may_show_its_secret_in_the_body(metadata: RestReply) -> None:
    found = texts(metadata, METHODS)
    is_given = METHODS in (metadata.resource or {})
    expect(metadata).prefers(not is_given or "client_secret_post" in found, "client_secret_post, too", found, METHODS)


@requirement("FHIR-ITI103-007", "XUA-OIDC-025")
def test_access_tokens_are_json_web_tokens(metadata: RestReply) -> None:
    found = (metadata.resource or {}).get("access_token_format")
    expect(metadata).meets(found in (None, [JWT_TYPE]), JWT_TYPE, found, "access_token_format")


@requirement("FHIR-ITI103-008")
def test_there_is_no_introspection(community: Community, metadata: RestReply) -> None:
    expect(metadata).lacks("introspection_endpoint")
    endpoint = read_metadata(metadata).token_endpoint.rpartition("/")[0]
    reply = community.fhir.send(
        Call("ITI-103", "POST", f"{endpoint}/introspect", form=(("token", "x"),)), baseline=metadata_request()
    )
    expect(reply).meets(reply.status >= 400, "no introspection: HTTP 4xx", reply.says, "HTTP status")


@requirement("FHIR-ITI103-009")
def test_single_sign_on_is_among_the_capabilities(metadata: RestReply) -> None:
    found = texts(metadata, "capabilities")
    expect(metadata).meets(bool(found), "a list of texts", found, "capabilities")
    single = {"sso-saml", "sso-openid-connect"}.intersection(found)
    expect(metadata).meets(bool(single), "sso-saml or sso-openid-connect", found, "capabilities")


@pytest.fixture
def published(community: Community, metadata: RestReply) -> RestReply:
    """The set of keys."""
    return community.fhir.send(Call("ITI-103", "GET", read_metadata(metadata).jwks_uri))


def keys_of(reply: RestReply) -> list[dict[str, Any]]:
    found = (reply.resource or {}).get("keys")
    return [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []


@requirement("FHIR-ITI103-010", "XUA-OIDC-024")
def test_the_keys_are_public_and_asymmetric(published: RestReply) -> None:
    keys = keys_of(published)
    expect(published).is_ok().meets(bool(keys), "a set of keys", published.says, "keys")
    leaked = sorted({name for key in keys for name in key} & PRIVATE)
    expect(published).meets(not leaked, "public keys only", f"members {', '.join(leaked)}", "keys")
    kinds = {str(key.get("kty")) for key in keys}
    expect(published).meets(kinds <= {"RSA", "EC", "OKP"}, "asymmetric keys", kinds, "kty")


@requirement("FHIR-ITI103-010")
def test_a_key_is_for_rs256(published: RestReply) -> None:
    kinds = {str(key.get("kty")) for key in keys_of(published)}
    expect(published).meets("RSA" in kinds, "a key of RSA", kinds, "kty")


@requirement("XUA-OIDC-024")
def test_the_keys_are_long_enough_and_can_be_told_apart(published: RestReply) -> None:
    keys = keys_of(published)
    short = [key.get("kid") for key in keys if key.get("kty") == "RSA" and bits(key.get("n")) < 2048]
    expect(published).meets(not short, "RSA keys of 2048 bit at least", f"shorter: {short}", "keys[*].n")
    names = [str(key["kid"]) for key in keys if "kid" in key]
    expect(published).meets(len(names) == len(set(names)), "a kid of its own for each key", names, "keys[*].kid")


def bits(modulus: object) -> int:
    """The length of a number in base64url; 0 for what is none."""
    text = modulus if isinstance(modulus, str) else ""
    try:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))).bit_length()
    except ValueError:
        return 0


@requirement("FHIR-ITI103-011")
def test_parameters_are_ignored(community: Community, metadata: RestReply) -> None:
    reply = community.fhir.send(metadata_request().with_query("x", "1"), baseline=metadata_request())
    expect(reply).is_ok().meets(reply.resource == metadata.resource, "the same metadata", reply.says)


@requirement("FHIR-ITI103-012")
def test_an_unknown_tenant_is_not_found(community: Community) -> None:
    reply = community.fhir.send(metadata_request().with_path("no-such-tenant"), baseline=metadata_request())
    expect(reply).meets(reply.status in (400, 404), "HTTP 404", reply.says, "HTTP status")
    expect(reply).prefers(reply.status == 404, "HTTP 404", reply.says, "HTTP status")
