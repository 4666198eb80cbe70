"""Scanning addresses with sslyze."""

import socket
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sslyze.plugins.scan_commands import ScanCommand
from sslyze.scanner.models import ServerScanRequest
from sslyze.scanner.scanner import Scanner
from sslyze.server_setting import ClientAuthenticationCredentials, ServerNetworkConfiguration, ServerNetworkLocation

from fixtures.target import Target
from security.tls.endpoints import Address

COMMANDS = {
    ScanCommand.SSL_2_0_CIPHER_SUITES,
    ScanCommand.SSL_3_0_CIPHER_SUITES,
    ScanCommand.TLS_1_0_CIPHER_SUITES,
    ScanCommand.TLS_1_1_CIPHER_SUITES,
    ScanCommand.TLS_1_2_CIPHER_SUITES,
    ScanCommand.TLS_1_3_CIPHER_SUITES,
    ScanCommand.TLS_COMPRESSION,
    ScanCommand.HEARTBLEED,
    ScanCommand.ROBOT,
    ScanCommand.OPENSSL_CCS_INJECTION,
    ScanCommand.SESSION_RENEGOTIATION,
    ScanCommand.TLS_1_3_EARLY_DATA,
    ScanCommand.ELLIPTIC_CURVES,
}


def scanned(target: Target, addresses: Iterable[Address]) -> Iterator[Any]:
    """The result of a scan of each address, with the registered client certificate where there is one."""
    client = target.tls.client
    with tempfile.TemporaryDirectory() as folder:
        credentials = None
        if client is not None:
            key = Path(folder) / "key.pem"
            key.touch(mode=0o600)
            key.write_text(client.key.reveal())
            credentials = ClientAuthenticationCredentials(client.certificate, key)
        scanner = Scanner(per_server_concurrent_connections_limit=3)
        scanner.queue_scans([_request(address, credentials) for address in addresses])
        yield from scanner.get_results()


def _request(address: Address, credentials: ClientAuthenticationCredentials | None) -> ServerScanRequest:
    host, port = address
    return ServerScanRequest(
        server_location=ServerNetworkLocation(host, port, socket.gethostbyname(host)),
        network_configuration=ServerNetworkConfiguration(host, tls_client_auth_credentials=credentials),
        scan_commands=COMMANDS,
    )
