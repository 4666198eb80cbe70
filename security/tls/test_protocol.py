"""Protocol versions, suites and known weaknesses, scanned with sslyze (RFC 9325; catalogue rows XUA-TLS-001 to 015)."""

import socket
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sslyze.plugins.scan_commands import ScanCommand
from sslyze.scanner.models import ServerScanRequest
from sslyze.scanner.scanner import Scanner
from sslyze.server_setting import ClientAuthenticationCredentials, ServerNetworkConfiguration, ServerNetworkLocation

from fixtures.checks.verdicts import Finding, Inconclusive, Reason, Skipped, Unmet
from fixtures.client import Community
from fixtures.suite import requirement, transaction

COMMANDS = {
    ScanCommand.SSL_2_0_CIPHER_SUITES,
    ScanCommand.SSL_3_0_CIPHER_SUITES,
    ScanCommand.TLS_1_0_CIPHER_SUITES,
    ScanCommand.TLS_1_1_CIPHER_SUITES,
    ScanCommand.TLS_1_2_CIPHER_SUITES,
    ScanCommand.TLS_1_3_CIPHER_SUITES,
    ScanCommand.TLS_COMPRESSION,
    ScanCommand.HEARTBLEED,
    ScanCommand.OPENSSL_CCS_INJECTION,
    ScanCommand.SESSION_RENEGOTIATION,
    ScanCommand.TLS_1_3_EARLY_DATA,
}


def address(community: Community) -> tuple[str, int]:
    """Host and port of the ITI-45 endpoint; Skipped (NEEDS_TLS) for http://."""
    url = urlsplit(community.url("ITI-45"))
    if url.scheme != "https" or not url.hostname:
        raise Skipped(Reason.NEEDS_TLS, f"{url.geturl()} is not https")
    return url.hostname, url.port or 443


@pytest.fixture(scope="module")
def scan(community: Community) -> Any:
    """The result of one scan with the registered client certificate."""
    host, port = address(community)
    client = community.target.tls.client
    with tempfile.TemporaryDirectory() as folder:
        credentials = None
        if client is not None:
            key = Path(folder) / "key.pem"
            key.write_text(client.key.reveal())
            credentials = ClientAuthenticationCredentials(client.certificate, key)
        ip = socket.gethostbyname(host)
        request = ServerScanRequest(
            server_location=ServerNetworkLocation(host, port, ip),
            network_configuration=ServerNetworkConfiguration(host, tls_client_auth_credentials=credentials),
            scan_commands=COMMANDS,
        )
        scanner = Scanner()
        scanner.queue_scans([request])
        (result,) = list(scanner.get_results())
    if result.scan_result is None:
        raise Inconclusive(Reason.UNREACHABLE, f"sslyze cannot connect to {host}:{port}: {result.connectivity_status}")
    return result.scan_result


def demand(ok: bool, expected: str, received: object) -> None:
    if not ok:
        raise Unmet(Finding(expected, str(received)))


def accepted(attempt: Any) -> list[str]:
    """Names of the suites an attempt found accepted; Inconclusive where the scan failed."""
    if attempt.result is None:
        raise Inconclusive(Reason.BROKEN_ANSWER, f"sslyze: {attempt.error_reason}")
    return [each.cipher_suite.name for each in attempt.result.accepted_cipher_suites]


@requirement("XUA-TLS-001")
@transaction("ITI-45")
def test_tls_1_2_with_ecdhe_gcm_is_supported(scan: Any) -> None:
    found = accepted(scan.tls_1_2_cipher_suites)
    demand(any("ECDHE" in name and "GCM" in name for name in found), "an ECDHE suite with AES-GCM", found)


@requirement("XUA-TLS-002")
@transaction("ITI-45")
def test_tls_1_3_is_supported(scan: Any) -> None:
    found = accepted(scan.tls_1_3_cipher_suites)
    demand(bool(found), "TLS 1.3", found or "no suite")


@requirement("XUA-TLS-003", "PAT-GEN-042", "XCA-SEC-003")
@transaction("ITI-45")
@pytest.mark.parametrize("version", ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"])
def test_old_versions_are_refused(scan: Any, version: str) -> None:
    found = accepted(getattr(scan, f"{version}_cipher_suites"))
    demand(not found, f"{version} refused", found)


@requirement("XUA-TLS-004")
@transaction("ITI-45")
def test_weak_suites_are_refused(scan: Any) -> None:
    weak = ("NULL", "anon", "EXPORT", "RC4", "3DES", "_DES_", "MD5")
    found = [name for name in accepted(scan.tls_1_2_cipher_suites) if any(word in name for word in weak)]
    demand(not found, "no NULL, anonymous, export, RC4 or DES suite", found)


@requirement("XUA-TLS-005")
@transaction("ITI-45")
def test_only_forward_secret_aead_suites_are_accepted(scan: Any) -> None:
    found = [
        name
        for name in accepted(scan.tls_1_2_cipher_suites)
        if ("_RSA_WITH" in name and "DHE" not in name) or "CBC" in name
    ]
    demand(not found, "only forward secret AEAD suites", found)


@requirement("XUA-TLS-008")
@transaction("ITI-45")
def test_there_is_no_compression(scan: Any) -> None:
    demand(not scan.tls_compression.result.supports_compression, "no TLS compression", "DEFLATE")


@requirement("XUA-TLS-009")
@transaction("ITI-45")
def test_clients_cannot_renegotiate(scan: Any) -> None:
    result = scan.session_renegotiation.result
    demand(not result.is_vulnerable_to_client_renegotiation_dos, "no renegotiation by the client", result)


@requirement("XUA-TLS-011")
@transaction("ITI-45")
def test_known_attacks_do_not_work(scan: Any) -> None:
    found = [
        name
        for name, broken in (
            ("Heartbleed", scan.heartbleed.result.is_vulnerable_to_heartbleed),
            ("CCS injection", scan.openssl_ccs_injection.result.is_vulnerable_to_ccs_injection),
        )
        if broken
    ]
    demand(not found, "no known implementation attack", found)


@requirement("XUA-TLS-012")
@transaction("ITI-45")
def test_early_data_are_not_used(scan: Any) -> None:
    demand(not scan.tls_1_3_early_data.result.supports_early_data, "no early data", "early data")


@requirement("XUA-TLS-034", "PAT-GEN-043", "XCA-SEC-004")
@transaction("ITI-45")
def test_plain_http_is_not_served(community: Community) -> None:
    host, port = address(community)
    request = f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.sendall(request)
        try:
            answer = connection.recv(200)
        except ConnectionError:
            answer = b""
    served = answer.startswith(b"HTTP/") and answer.split(b" ")[1][:1] == b"2"
    demand(not served, "the connection closed, or an HTTP error", answer[:60])


@requirement("XUA-TLS-013", "PAT-GEN-041")
@transaction("ITI-45")
def test_the_server_certificate_is_valid(community: Community) -> None:
    from fixtures.trust.client_context import client_context

    host, port = address(community)
    client = community.target.tls.client
    certificate, key = (client.certificate, client.key.reveal()) if client else (None, "")
    context = client_context(community.target.tls.ca, certificate, key)
    with (
        socket.create_connection((host, port), timeout=5) as raw,
        context.wrap_socket(raw, server_hostname=host) as tls,
    ):
        demand(bool(tls.getpeercert()), "a certificate that validates", tls.getpeercert())
