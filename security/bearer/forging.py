"""Tokens nobody should believe: made of what a genuine one says, or signed with a key of ours that is trusted."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwe, jwk, jws
from joserfc.jws import JWSRegistry

from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, RegisteredPatient
from fixtures.client.authorization import as_jwk, signed_token
from fixtures.epr import iua, jwt
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import Call
from fixtures.trust.forgery import stray

SPID = f"urn:oid:{EPR_SPID}"


@dataclass(frozen=True)
class Genuine:
    """A query, and the token of a professional that is good for it."""

    community: Community
    patient: RegisteredPatient

    @property
    def token(self) -> str:
        """A new one before it runs out."""
        return self.community.fhir.token("HCP", self.patient)

    @property
    def valid(self) -> Call:
        """ITI-83 with the genuine token."""
        local = f"urn:oid:{self.community.target.domains.local}|{self.patient.local_id}"
        query = (("sourceIdentifier", local), ("targetSystem", SPID))
        return Call("ITI-83", "GET", "Patient/$ihe-pix", query, token=self.token)

    @property
    def claims(self) -> dict[str, Any]:
        return jwt.claims(self.token)

    @property
    def header(self) -> dict[str, Any]:
        return jwt.header(self.token)

    @property
    def published(self) -> jwk.RSAKey:
        """The RSA key of the target's authorization server; Inconclusive (BASELINE_REFUSED) where it shows none."""
        where = self.community.fhir.authorization.metadata().jwks_uri
        found = (self.community.fhir.send(Call("ITI-103", "GET", where)).resource or {}).get("keys")
        for row in found if isinstance(found, list) else ():
            if isinstance(row, dict) and row.get("kty") == "RSA":
                return jwk.RSAKey.import_key(row)
        raise Inconclusive(Reason.BASELINE_REFUSED, f"{where} shows no RSA key to be confused with a secret")


def part(value: Mapping[str, Any] | bytes) -> str:
    """One part of a token: base64url of JSON, or of these octets."""
    octets = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def assembled(header: Mapping[str, Any], claims: Mapping[str, Any] | bytes, signature: bytes = b"") -> str:
    return f"{part(header)}.{part(claims)}.{part(signature)}"


def with_secret(header: Mapping[str, Any], claims: Mapping[str, Any], secret: bytes) -> str:
    """HS256 over these octets as secret."""
    signed = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
    return f"{signed}.{part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def confusions(key: jwk.RSAKey) -> dict[str, bytes]:
    """What a careless verifier takes for a secret: the public key in each of its forms."""
    public = key.public_key
    assert isinstance(public, rsa.RSAPublicKey)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "spki-pem": pem,
        "spki-pem-without-newline": pem.rstrip(b"\n"),
        "spki-der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "pkcs1-pem": public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        "pkcs1-der": public.public_bytes(Encoding.DER, PublicFormat.PKCS1),
        "jwk": json.dumps(key.as_dict(private=False)).encode(),
    }


def none(genuine: Genuine, name: str) -> str:
    return assembled({**genuine.header, "alg": name}, genuine.claims)


def altered(genuine: Genuine, **claims: Any) -> str:
    """Other claims above the genuine signature."""
    head, _, signature = genuine.token.split(".")
    return f"{head}.{part({**genuine.claims, **claims})}.{signature}"


def foreign(genuine: Genuine, *, kid: str = "", header: Mapping[str, Any] | None = None) -> str:
    """The genuine claims signed by a key nobody knows, under the kid of the genuine one unless another is given."""
    key = as_jwk(stray(rsa_bits=2048).key)
    known = {"kid": kid or str(genuine.header.get("kid", ""))}
    return signed_token(genuine.claims, key, {**known, **(header or {})})


def brought(genuine: Genuine, name: str, url: str = "") -> str:
    """Signed by a key that comes with the token: jwk, x5c, or to be fetched by jku or x5u."""
    pair = stray(rsa_bits=2048)
    key = as_jwk(pair.key)
    values: dict[str, Any] = {
        "jwk": key.as_dict(private=False),
        "x5c": [base64.b64encode(pair.der).decode()],
        "jku": url,
        "x5u": url,
    }
    header = {"alg": "RS256", "typ": "JWT", "kid": str(key.kid), name: values[name]}
    registry = _Registry(algorithms=["RS256"], strict_check_header=False)
    return jws.serialize_compact(header, json.dumps(genuine.claims).encode(), key, registry=registry)


class _Registry(JWSRegistry):
    max_header_length = 100_000


def encrypted(genuine: Genuine, algorithm: str) -> str:
    """The genuine token in five parts: encrypted for its own issuer, or (dir) with a key everybody knows."""
    header = {"alg": algorithm, "enc": "A256GCM", "cty": "JWT"}
    key: jwk.RSAKey | jwk.OctKey = jwk.OctKey.import_key(bytes(32))
    if algorithm != "dir":
        known = genuine.published.as_dict(private=False)
        key = jwk.RSAKey.import_key({name: known[name] for name in ("kty", "n", "e")})
    return jwe.encrypt_compact(header, genuine.token.encode(), key, algorithms=[algorithm, "A256GCM"])


def twice(key: jwk.RSAKey | jwk.ECKey, claims: Mapping[str, Any], first: str, second: str) -> str:
    """A token signed with a trusted key in which person_id stands twice."""
    text = json.dumps(claims, separators=(",", ":"))
    own = str(claims["extensions"]["ihe_iua"]["person_id"])
    text = text.replace(f'"person_id":"{own}"', f'"person_id":"{iua.cx(first)}","person_id":"{iua.cx(second)}"')
    algorithm = "RS256" if key.key_type == "RSA" else "ES256"
    header = {"alg": algorithm, "typ": "JWT", "kid": str(key.kid)}
    return jws.serialize_compact(header, text.encode(), key, algorithms=[algorithm])


def critical(key: jwk.RSAKey | jwk.ECKey, claims: Mapping[str, Any], names: list[str]) -> str:
    """Signed with a trusted key under a header that calls these names critical."""
    algorithm = "RS256" if key.key_type == "RSA" else "ES256"
    header = {"alg": algorithm, "typ": "JWT", "kid": str(key.kid), "crit": names, "x": 1}
    signed = f"{part(header)}.{part(claims)}"
    private = key.private_key
    if isinstance(private, rsa.RSAPrivateKey):
        value = private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        numbers = decode_dss_signature(private.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        value = b"".join(number.to_bytes(32) for number in numbers)
    return f"{signed}.{part(value)}"


def documents(patient: RegisteredPatient, token: str, name: str = "") -> Call:
    """ITI-67: the current documents of a patient; ``name`` says what is wrong with the token."""
    query = (("patient.identifier", f"{SPID}|{patient.spid}"), ("status", "current"))
    return Call("ITI-67", "GET", "DocumentReference", query).with_token(token, name)


def trail(patient: RegisteredPatient, token: str) -> Call:
    """ITI-81: the audit trail of a patient."""
    query = (("date", "ge2020-01-01"), ("date", "le2100-01-01"), ("entity.identifier", f"{SPID}|{patient.spid}"))
    return Call("ITI-81", "GET", "AuditEvent", query, token=token)
