"""Where the target speaks TLS, and one connection to look at."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509

from fixtures.checks.expect import note
from fixtures.checks.verdicts import Finding, Reason, Skipped, Unmet
from fixtures.client import Community
from fixtures.epr.message import Message
from fixtures.trust.client_context import client_context
from fixtures.wire.errors import TimedOut, Unreachable, WireError

#: transactions that go over mutually authenticated TLS
SOAP: Final = (
    *("GetXUA", "ITI-18", "ITI-41", "ITI-42", "ITI-43", "ITI-44", "ITI-45", "ITI-47"),
    *("PPQ-1", "PPQ-2", "CH:ADR"),
)

Address = tuple[str, int]


def addresses(community: Community) -> list[Address]:
    """Host and port of every SOAP endpoint, each once; Skipped (NEEDS_TLS) where none is https."""
    return _addresses(community, [community.url(name) for name in SOAP if community.claims(name)], "SOAP")


def open_addresses(community: Community) -> list[Address]:
    """The same of the FHIR endpoints and the authorization server, which need no client certificate."""
    claimed = [*community.fhir.claimed, *(name for name in ("ITI-103",) if community.claims(name))]
    return _addresses(community, [community.url(name) for name in claimed], "FHIR")


def _addresses(community: Community, urls: Iterable[str], kind: str) -> list[Address]:
    parts = [urlsplit(url) for url in urls]
    found = dict.fromkeys((url.hostname or "", url.port or 443) for url in parts if url.scheme == "https")
    if not found:
        raise Skipped(Reason.NEEDS_TLS, f"no {kind} endpoint of {community.target.path} is https")
    return list(found)


def demand(found: Iterable[object], expected: str, *, is_tolerated: bool = False) -> None:
    """Nothing may be ``found``; what is tolerated is noted."""
    received = "; ".join(map(str, found))
    if received and is_tolerated:
        note(Finding(expected, received))
    elif received:
        raise Unmet(Finding(expected, received))


def everywhere(community: Community, look: Callable[[Address], object], expected: str) -> None:
    """``look`` gives what is wrong at an address, or nothing."""
    demand(
        (f"{host}:{port}: {wrong}" for host, port in addresses(community) if (wrong := look((host, port)))), expected
    )


def registered(community: Community, *, verify: bool = True) -> ssl.SSLContext:
    """A context that shows our registered certificate; without ``verify`` it takes whatever the server shows."""
    client = community.target.tls.client
    certificate, key = (client.certificate, client.key.reveal()) if client else (None, "")
    context = client_context(community.target.tls.ca, certificate, key, permissive=not verify)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def connected(context: ssl.SSLContext, address: Address, **wrapping: Any) -> Iterator[ssl.SSLSocket]:
    """A connection after its handshake. A verification error is raised as it is, everything else as WireError."""
    try:
        with (
            socket.create_connection(address, timeout=5) as raw,
            context.wrap_socket(raw, server_hostname=address[0], **wrapping) as tls,
        ):
            yield tls
    except ssl.SSLCertVerificationError:
        raise
    except TimeoutError:
        raise TimedOut(f"{address[0]}:{address[1]} did not finish the handshake within 5 s.") from None
    except OSError as error:
        raise Unreachable(f"The handshake with {address[0]}:{address[1]} failed ({error}).") from None


def shake(context: ssl.SSLContext, address: Address) -> bytes:
    """One full handshake; gives the certificate of the server (DER)."""
    with connected(context, address) as tls:
        return tls.getpeercert(binary_form=True) or b""


def certificate(community: Community, address: Address) -> x509.Certificate:
    """What the server shows, whether or not it is valid."""
    return x509.load_der_x509_certificate(shake(registered(community, verify=False), address))


@dataclass(frozen=True)
class Told:
    """The first part of an HTTP answer, and the TLS session it came over; both empty where we were refused."""

    answer: bytes = b""
    session: ssl.SSLSession | None = None


def over_tls(
    community: Community, context: ssl.SSLContext, message: Message, session: ssl.SSLSession | None = None
) -> Told:
    """Send ``message`` over a connection of its own, which resumes ``session``."""
    url = community.url(message.transaction)
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 443)
    community.wire.wait()
    octets, received = http_request(message, url), b""
    kept: ssl.SSLSession | None = None
    with suppress(WireError), connected(context, address, session=session) as tls:
        tls.sendall(octets)
        while (chunk := tls.recv(65_536)) and len(received) < 100_000:
            received, kept = received + chunk, tls.session
    return Told(received, kept)


def http_request(message: Message, url: str) -> bytes:
    """The octets of a POST."""
    http, parts = message.addressed(url).http(), urlsplit(url)
    head = (
        f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.hostname}\r\nContent-Type: {http.content_type}\r\n"
        f"Content-Length: {len(http.body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + http.body
