"""Protocol versions, suites and known weaknesses, scanned with sslyze (RFC 9325; catalogue rows XUA-TLS-001 to 012)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community
from fixtures.suite import requirement
from security.tls.endpoints import Address, addresses, demand

WITH_128, WITH_256 = (
    {f"TLS_ECDHE_{key}_WITH_AES_{suite}" for key in ("RSA", "ECDSA")} for suite in ("128_GCM_SHA256", "256_GCM_SHA384")
)
#: NULL, anonymous, export, and less than 112 bit
WEAK = ("NULL", "anon", "EXPORT", "RC4", "RC2", "3DES", "_DES", "MD5", "IDEA")
VERSIONS = ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2")
#: curves of RFC 9325 section 4.5, and their equals
GOOD_CURVES = {"X25519", "X448", "prime256v1", "secp256r1", "secp384r1", "secp521r1"}

Scans = Mapping[Address, Any]


@pytest.fixture(scope="module")
def scans(community: Community) -> Scans:
    """The results of one scan of each address, with the registered client certificate."""
    from security.tls.scanning import scanned  # not before a scan: sslyze is slow to import

    return {_address(result): _result(result) for result in scanned(community.target, addresses(community))}


def _address(result: Any) -> Address:
    return result.server_location.hostname, result.server_location.port


def _result(result: Any) -> Any:
    if result.scan_result is None:
        where = "{}:{}".format(*_address(result))
        raise Inconclusive(Reason.UNREACHABLE, f"sslyze cannot connect to {where}: {result.connectivity_status}")
    return result.scan_result


def done(attempt: Any) -> Any:
    """The result of one attempt; Inconclusive where sslyze could not finish it."""
    if attempt.result is None:
        raise Inconclusive(Reason.BROKEN_ANSWER, f"sslyze: {attempt.error_reason} {attempt.error_trace or ''}"[:300])
    return attempt.result


#: OpenSSL's words where a server takes an anonymous suite and asks for a certificate; sslyze gives up on them
ANONYMOUS = "client cert req with anon cipher"


def suites(scan: Any, *versions: str) -> list[str]:
    """Names of the suites that were accepted."""
    found = [done(getattr(scan, f"{version}_cipher_suites")).accepted_cipher_suites for version in versions]
    return [each.cipher_suite.name for accepted in found for each in accepted]


def unwanted(scan: Any, *versions: str) -> list[str]:
    """The same where any suite, or any weak one, is one too many: all that is known of an interrupted attempt too."""
    attempts = {version: getattr(scan, f"{version}_cipher_suites") for version in versions}
    broken = [version for version, attempt in attempts.items() if ANONYMOUS in str(attempt.error_trace or "")]
    rest = [version for version in versions if version not in broken]
    return [*(f"anon suites of {version}" for version in broken), *suites(scan, *rest)]


def nowhere(
    scans: Scans, look: Callable[[Any], Iterable[object]], expected: str, *, is_tolerated: bool = False
) -> None:
    """``look`` gives what is wrong in a scan."""
    found = [f"{host}:{port} {wrong}" for (host, port), scan in scans.items() for wrong in look(scan)]
    demand(found, expected, is_tolerated=is_tolerated)


def without_gcm(scan: Any, *, both: bool) -> list[str]:
    found = set(suites(scan, "tls_1_2"))
    enough = (found & WITH_128 and found & WITH_256) if both else found & (WITH_128 | WITH_256)
    return [] if enough else [f"TLS 1.2 with {', '.join(sorted(found)) or 'no suite'}"]


def short_groups(scan: Any) -> list[str]:
    """Finite field groups below 2048 bit."""
    accepted = [
        each for version in VERSIONS for each in done(getattr(scan, f"{version}_cipher_suites")).accepted_cipher_suites
    ]
    keys = [each for each in accepted if each.ephemeral_key is not None and each.ephemeral_key.type_name == "DH"]
    return [
        f"{each.cipher_suite.name}, {each.ephemeral_key.size} bit" for each in keys if each.ephemeral_key.size < 2048
    ]


@requirement("XUA-TLS-001")
def test_tls_1_2_with_ecdhe_gcm_is_supported(scans: Scans) -> None:
    nowhere(scans, lambda scan: without_gcm(scan, both=False), "ECDHE with AES-GCM in TLS 1.2")
    expected = "both AES_128_GCM_SHA256 and AES_256_GCM_SHA384"
    nowhere(scans, lambda scan: without_gcm(scan, both=True), expected, is_tolerated=True)


@requirement("XUA-TLS-002")
def test_tls_1_3_is_supported(scans: Scans) -> None:
    nowhere(scans, lambda scan: [] if suites(scan, "tls_1_3") else ["no suite of TLS 1.3"], "TLS 1.3")


@requirement("XUA-TLS-003", "PAT-GEN-042")
@pytest.mark.parametrize("version", ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"])
def test_old_versions_are_refused(scans: Scans, version: str) -> None:
    nowhere(scans, lambda scan: unwanted(scan, version), f"{version} refused")


@requirement("XUA-TLS-004", "PAT-GEN-042")
def test_weak_suites_are_refused(scans: Scans) -> None:
    expected = "no NULL, anonymous, export, RC4 or DES suite"
    nowhere(
        scans, lambda scan: [name for name in unwanted(scan, *VERSIONS) if any(word in name for word in WEAK)], expected
    )


@requirement("XUA-TLS-005")
def test_only_forward_secret_aead_suites_are_accepted(scans: Scans) -> None:
    nowhere(
        scans,
        lambda scan: [name for name in suites(scan, "tls_1_2") if "CBC" in name or "DHE_" not in name],
        "only forward secret AEAD suites",
    )


@requirement("XUA-TLS-007")
def test_key_exchange_groups_are_strong(scans: Scans) -> None:
    nowhere(
        scans,
        lambda scan: {curve.name for curve in done(scan.elliptic_curves).supported_curves or ()} - GOOD_CURVES,
        "X25519, P-256 or stronger",
    )


@requirement("XUA-TLS-007", "XUA-TLS-018")
def test_finite_field_groups_have_2048_bit_where_they_are_used(scans: Scans) -> None:
    nowhere(scans, short_groups, "no finite field group below 2048 bit")


@requirement("XUA-TLS-008")
def test_there_is_no_compression(scans: Scans) -> None:
    nowhere(
        scans, lambda scan: ["DEFLATE"] if done(scan.tls_compression).supports_compression else [], "no compression"
    )


@requirement("XUA-TLS-009")
def test_clients_cannot_renegotiate(scans: Scans) -> None:
    nowhere(
        scans,
        lambda scan: (
            ["renegotiates"] if done(scan.session_renegotiation).is_vulnerable_to_client_renegotiation_dos else []
        ),
        "no renegotiation by the client",
    )


@requirement("XUA-TLS-011")
def test_known_attacks_do_not_work(scans: Scans) -> None:
    nowhere(scans, broken_by, "no known implementation attack")


def broken_by(scan: Any) -> list[str]:
    attacks = {
        "Heartbleed": done(scan.heartbleed).is_vulnerable_to_heartbleed,
        "CCS injection": done(scan.openssl_ccs_injection).is_vulnerable_to_ccs_injection,
        "ROBOT": done(scan.robot).robot_result.name.startswith("VULNERABLE"),
    }
    return [name for name, works in attacks.items() if works]


@requirement("XUA-TLS-012")
def test_early_data_are_not_used(scans: Scans) -> None:
    nowhere(
        scans, lambda scan: ["early data"] if done(scan.tls_1_3_early_data).supports_early_data else [], "no early data"
    )
