"""What a server says before anything is encrypted: one ClientHello written by hand for each claim (RFC 5246, 9325)."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from fixtures.client import Community
from fixtures.epr.hl7v3 import pix_query
from fixtures.epr.identifiers import II
from fixtures.epr.message import Message
from fixtures.suite import requirement, transaction
from fixtures.wire.errors import WireError
from security.tls.endpoints import Address, connected, demand, everywhere, http_request, registered, shake
from security.tls.hello import (
    CBC,
    CERTIFICATE_REQUEST,
    DEFLATE,
    DOWNGRADED,
    FALLBACK_SCSV,
    GCM,
    RENEGOTIATION_INFO,
    ClientHello,
    say_hello,
)


@requirement("XUA-TLS-006")
def test_gcm_is_chosen_although_the_client_prefers_cbc(community: Community) -> None:
    def wrong(address: Address) -> str:
        answer = say_hello(address, ClientHello(suites=(*CBC, *GCM)))
        return "" if not answer.is_accepted or answer.suite in GCM else str(answer)

    everywhere(community, wrong, "a suite with AES-GCM")


@requirement("XUA-TLS-008")
def test_deflate_is_not_chosen(community: Community) -> None:
    def wrong(address: Address) -> str:
        answer = say_hello(address, ClientHello(compressions=(DEFLATE, 0)))
        return f"compression method {answer.compression}" if answer.compression else ""

    everywhere(community, wrong, "compression method null")


@requirement("XUA-TLS-009")
def test_renegotiation_is_secure(community: Community) -> None:
    def wrong(address: Address) -> str:
        answer = say_hello(address, ClientHello())
        return "" if not answer.is_accepted or RENEGOTIATION_INFO in answer.extensions else str(answer)

    everywhere(community, wrong, "renegotiation_info in ServerHello")


@requirement("XUA-TLS-010")
def test_a_fallback_is_refused_where_tls_1_3_is_there(community: Community) -> None:
    def wrong(address: Address) -> str:
        answer = say_hello(address, ClientHello(suites=(*GCM, FALLBACK_SCSV)))
        return str(answer) if answer.is_accepted and has_tls_1_3(community, address) else ""

    everywhere(community, wrong, "alert inappropriate_fallback")


@requirement("XUA-TLS-010")
def test_a_downgrade_is_marked_where_tls_1_3_is_there(community: Community) -> None:
    def wrong(address: Address) -> str:
        answer = say_hello(address, ClientHello())
        marked = not answer.is_accepted or answer.random.endswith(DOWNGRADED)
        return "" if marked or not has_tls_1_3(community, address) else answer.random.hex()

    everywhere(community, wrong, "ServerHello.random that ends in DOWNGRD 01")


def has_tls_1_3(community: Community, address: Address) -> bool:
    with connected(registered(community, verify=False), address) as tls:
        return tls.version() == "TLSv1.3"


@requirement("XUA-TLS-020")
def test_a_client_certificate_is_requested(community: Community) -> None:
    def wrong(address: Address) -> str:
        answer = say_hello(address, ClientHello())
        return "" if not answer.is_accepted or CERTIFICATE_REQUEST in answer.messages else str(answer)

    everywhere(community, wrong, "a CertificateRequest in the handshake")


@requirement("XUA-TLS-034", "PAT-GEN-043")
@transaction("ITI-45")
def test_plain_http_is_not_served(community: Community) -> None:
    patient = community.patient()
    valid = pix_query(II(community.target.domains.local, patient.local_id), community.addressing)
    community.accepted(valid)
    url = urlsplit(community.url("ITI-45"))
    host, port = url.hostname or "", url.port or 443
    community.wire.wait()
    answer = over_plain_http((host, port), valid, url.path)
    served = answer.startswith(b"HTTP/") and answer.split(b" ")[1][:1] == b"2"
    demand([answer[:60]] if served else [], "the connection closed, a redirect or an HTTP error")
    told = [answer[:60] for answer in (answer, over_plain_http((host, 80), valid, url.path)) if b":Envelope" in answer]
    demand(told, "no SOAP answer, neither here nor on port 80")


def over_plain_http(address: Address, message: Message, path: str) -> bytes:
    """The first part of the answer; nothing where there is none."""
    received = b""
    with suppress(OSError), socket.create_connection(address, timeout=3) as connection:
        connection.sendall(http_request(message, f"http://{address[0]}:{address[1]}{path}"))
        while (chunk := connection.recv(65_536)) and len(received) < 100_000:
            received += chunk
    return received


HELLOS = {
    "one octet a record": (ClientHello(), 1),
    "16 kB": (ClientHello(padding=16_000), 16_384),
    "60 kB": (ClientHello(padding=60_000), 16_384),
}


@requirement("XUA-TLS-041")
@pytest.mark.parametrize("kind", HELLOS)
def test_an_unusual_hello_is_answered_or_refused(community: Community, kind: str) -> None:
    hello, record = HELLOS[kind]

    def wrong(address: Address) -> str:
        answer = say_hello(address, hello, record=record)
        shake(registered(community), address)
        return "neither answered nor closed" if answer.is_silent else ""

    everywhere(community, wrong, "an answer, an alert, or the connection closed")


@contextmanager
def unfinished(address: Address, number: int) -> Iterator[None]:
    """So many connections whose handshake ends after half a ClientHello."""
    octets = ClientHello().octets(address[0])
    begun = b"\x16\x03\x01" + len(octets).to_bytes(2) + octets[:20]
    with ExitStack() as stack:
        for _ in range(number):
            connection = stack.enter_context(socket.create_connection(address, timeout=5))
            connection.sendall(begun)
        yield


@requirement("XUA-TLS-041")
def test_others_are_served_while_handshakes_hang(community: Community) -> None:
    def wrong(address: Address) -> str:
        with unfinished(address, int(community.target.consent.max_rps) or 50):
            try:
                shake(registered(community), address)
            except WireError:
                return "nobody else is served"
        return ""

    everywhere(community, wrong, "a handshake with somebody else meanwhile")
