"""Scanning addresses with sslyze."""

import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sslyze.plugins.scan_commands import ScanCommand
from sslyze.scanner.models import ServerScanRequest
from sslyze.scanner.scanner import Scanner
from sslyze.server_connectivity import ServerConnectivityInfo, TlsVersionEnum, check_connectivity_to_server
from sslyze.server_setting import ClientAuthenticationCredentials, ServerNetworkConfiguration, ServerNetworkLocation

from fixtures.target import Target
from security.tls.endpoints import Address

_1_3 = TlsVersionEnum.TLS_1_3
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
    with _credentials(target) as credentials:
        scanner = Scanner(per_server_concurrent_connections_limit=3)
        scanner.queue_scans([_request(address, credentials) for address in addresses])
        yield from scanner.get_results()


@contextmanager
def _credentials(target: Target) -> Iterator[ClientAuthenticationCredentials | None]:
    client = target.tls.client
    with tempfile.TemporaryDirectory() as folder:
        if client is None:
            yield None
            return
        key = Path(folder) / "key.pem"
        key.touch(mode=0o600)
        key.write_text(client.key.reveal())
        yield ClientAuthenticationCredentials(client.certificate, key)


def answered_early(target: Target, address: Address, request: bytes) -> bytes:
    """The beginning of the answer to ``request`` in early data (RFC 8446 section 2.3), which the server takes."""
    with _credentials(target) as credentials:
        asked = _request(address, credentials)
        probed = check_connectivity_to_server(asked.server_location, asked.network_configuration)
        info = ServerConnectivityInfo(asked.server_location, asked.network_configuration, probed)
        first, second = (info.get_preconfigured_tls_connection(override_tls_version=_1_3) for _ in range(2))
        client: Any = second.ssl_client
        try:
            first.connect()
            first.ssl_client.write(b"GET / HTTP/1.1\r\nHost: " + address[0].encode() + b"\r\nConnection: close\r\n\r\n")
            first.ssl_client.read(2_048)
            client.set_session(first.ssl_client.get_session())
            second._do_pre_handshake()  # opens the socket, as sslyze does for its own probe
            client.write_early_data(request)
            client.do_handshake()
            client.write(b"\r\n")  # what ends the handshake waits for company; an empty line means nothing
            return bytes(client.read(2_048))
        finally:
            first.close()
            second.close()


def _request(address: Address, credentials: ClientAuthenticationCredentials | None) -> ServerScanRequest:
    host, port = address
    return ServerScanRequest(
        server_location=ServerNetworkLocation(host, port, socket.gethostbyname(host)),
        network_configuration=ServerNetworkConfiguration(host, tls_client_auth_credentials=credentials),
        scan_commands=COMMANDS,
    )
