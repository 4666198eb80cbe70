"""The certificate the server shows (IHE ITI TF-2 3.19.6.1; RFC 9325 section 7; catalogue rows XUA-TLS-013 to 017)."""

import ssl
from collections.abc import Iterator
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from fixtures.client import Community
from fixtures.suite import requirement
from fixtures.trust.issuing import EXTENDED_VALIDATION
from security.tls.endpoints import Address, certificate, everywhere, registered, shake


@requirement("XUA-TLS-013", "PAT-GEN-041")
def test_the_server_certificate_is_valid(community: Community) -> None:
    def wrong(address: Address) -> str:
        context = registered(community)
        context.check_hostname = False
        try:
            shake(context, address)
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        return ""

    everywhere(community, wrong, "a complete chain to the trust anchor, within its validity")


@requirement("XUA-TLS-014")
def test_the_server_certificate_names_the_host(community: Community) -> None:
    def wrong(address: Address) -> str:
        found = names(certificate(community, address))
        return "" if any(fits(name, address[0].lower()) for name in found) else ", ".join(found) or "no name"

    everywhere(community, wrong, "the host in subjectAltName")


def names(shown: x509.Certificate) -> list[str]:
    """DNS names and IP addresses of subjectAltName."""
    try:
        found = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = map(str, found.get_values_for_type(x509.IPAddress))
    return [name.lower() for name in (*found.get_values_for_type(x509.DNSName), *addresses)]


def fits(name: str, host: str) -> bool:
    """RFC 9525: a wildcard stands for the whole first label."""
    return name == host or (name.startswith("*.") and name[2:] == host.partition(".")[2])


@requirement("XUA-TLS-015")
def test_the_server_certificate_is_strong(community: Community) -> None:
    everywhere(
        community,
        lambda address: "; ".join(weaknesses(certificate(community, address))),
        "RSA of 2048 bit or P-256, SHA-256, two years at most",
    )


def weaknesses(shown: x509.Certificate) -> Iterator[str]:
    key, digest = shown.public_key(), shown.signature_hash_algorithm
    if isinstance(key, RSAPublicKey) and key.key_size < 2048:
        yield f"RSA of {key.key_size} bit"
    if isinstance(key, EllipticCurvePublicKey) and key.key_size < 256:
        yield f"curve {key.curve.name}"
    if digest is not None and digest.digest_size < 32:
        yield f"signed with {digest.name}"
    if shown.not_valid_after_utc - shown.not_valid_before_utc > timedelta(days=732):
        yield f"valid from {shown.not_valid_before_utc:%Y-%m-%d} to {shown.not_valid_after_utc:%Y-%m-%d}"


@requirement("XUA-TLS-016")
def test_the_server_certificate_says_where_revocations_are_told(community: Community) -> None:
    kinds = (x509.CRLDistributionPoints, x509.AuthorityInformationAccess)
    everywhere(
        community,
        lambda address: "" if has_any(certificate(community, address), *kinds) else "neither",
        "a CRL distribution point, or authority information access",
    )


def has_any(shown: x509.Certificate, *kinds: type[x509.ExtensionType]) -> bool:
    return any(isinstance(extension.value, kinds) for extension in shown.extensions)


@requirement("XUA-TLS-017")
def test_the_server_certificate_has_extended_validation(community: Community) -> None:
    everywhere(
        community,
        lambda address: "" if EXTENDED_VALIDATION in policies(certificate(community, address)) else "another policy",
        f"certificate policy {EXTENDED_VALIDATION.dotted_string}",
    )


def policies(shown: x509.Certificate) -> list[x509.ObjectIdentifier]:
    try:
        found = shown.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return []
    return [policy.policy_identifier for policy in found]
