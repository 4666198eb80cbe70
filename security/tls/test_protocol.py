"""Protocol versions, suites and known weaknesses, scanned with sslyze (RFC 9325; catalogue rows XUA-TLS-001 to 012)."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community
from fixtures.suite import requirement
from security.tls.endpoints import SOAP, Address, addresses, demand
from security.tls.scans import (
    GOOD_CURVES,
    VERSIONS,
    WEAK,
    Scans,
    done,
    nowhere,
    scans_of,
    short_groups,
    suites,
    unwanted,
    without_gcm,
)


@pytest.fixture(scope="module")
def scans(community: Community) -> Scans:
    return scans_of(community, addresses(community))


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
def test_early_data_are_not_used(community: Community, scans: Scans) -> None:
    taken = [where for where, scan in scans.items() if done(scan.tls_1_3_early_data).supports_early_data]
    heard = {where: early_answer(community, where) for where in taken}
    # who takes them may still ask for the request once more (RFC 8470 section 5.2)
    found = [f"{host}:{port} {answer!r}" for (host, port), answer in heard.items() if b" 425 " not in answer]
    demand(found, "no early data, or HTTP 425")


def early_answer(community: Community, address: Address) -> bytes:
    """The status line of the answer to a request in early data; Inconclusive (BROKEN_ANSWER) where none came."""
    from security.tls.scanning import answered_early  # not before a scan: sslyze is slow to import

    community.wire.wait()
    urls = [urlsplit(community.url(name)) for name in SOAP if community.claims(name)]
    path = next(url.path for url in urls if (url.hostname, url.port or 443) == address)
    head = f"POST {path or '/'} HTTP/1.1\r\nHost: {address[0]}\r\nContent-Type: application/soap+xml\r\n"
    try:
        answer = answered_early(community.target, address, f"{head}Content-Length: 4\r\n\r\n<x/>".encode())
    except Exception as error:  # of two libraries, by ways of their own
        raise Inconclusive(Reason.BROKEN_ANSWER, f"no answer to a request in early data: {error!r}") from error
    return answer.partition(b"\r\n")[0]
