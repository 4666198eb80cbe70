"""A ClientHello of TLS 1.2 written by hand, and what a server says to it in clear text (RFC 5246, 5746, 7507, 8446)."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from fixtures.wire.errors import Unreachable

#: ECDHE with AES-GCM, for ECDSA and RSA certificates
GCM: Final = (0xC02B, 0xC02C, 0xC02F, 0xC030)
#: ECDHE with AES-CBC
CBC: Final = (0xC009, 0xC00A, 0xC013, 0xC014, 0xC023, 0xC024, 0xC027, 0xC028)
FALLBACK_SCSV: Final = 0x5600
DEFLATE: Final = 1
RENEGOTIATION_INFO: Final = 0xFF01
CERTIFICATE_REQUEST: Final = 13
#: last octets of ServerHello.random of a server that could do better than TLS 1.2
DOWNGRADED: Final = b"DOWNGRD\x01"

_HANDSHAKE, _ALERT = 22, 21
_SERVER_HELLO, _HELLO_DONE = 2, 14
_LARGEST_RECORD = 16_384


@dataclass(frozen=True)
class ClientHello:
    """What is offered. ``padding``: octets of an extension nobody knows."""

    suites: tuple[int, ...] = GCM
    compressions: tuple[int, ...] = (0,)
    padding: int = 0

    def octets(self, host: str) -> bytes:
        """The handshake message."""
        suites = b"".join(struct.pack(">H", suite) for suite in self.suites)
        name = host.encode()
        extensions = [
            (0, _sized(b"\x00" + _sized(name))),
            (10, _sized(struct.pack(">3H", 29, 23, 24))),
            (11, b"\x01\x00"),
            (13, _sized(struct.pack(">8H", 0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501))),
            (RENEGOTIATION_INFO, b"\x00"),
        ]
        if host.replace(".", "").isdigit() or ":" in host:  # no address in server_name (RFC 6066)
            del extensions[0]
        if self.padding:
            extensions.append((21, bytes(self.padding)))
        tail = b"".join(struct.pack(">H", kind) + _sized(content) for kind, content in extensions)
        methods = bytes([len(self.compressions), *self.compressions])
        body = b"\x03\x03" + os.urandom(32) + b"\x00" + _sized(suites) + methods + _sized(tail)
        return b"\x01" + len(body).to_bytes(3) + body


@dataclass(frozen=True)
class Answer:
    """What came in clear text: an alert, or a ServerHello and the messages after it. Nothing at all: it closed."""

    alert: int | None = None
    version: int = 0
    random: bytes = b""
    suite: int = 0
    compression: int = 0
    extensions: frozenset[int] = field(default_factory=frozenset)
    #: types of the handshake messages of the first flight
    messages: tuple[int, ...] = ()
    #: neither answered nor closed within the time
    is_silent: bool = False

    @property
    def is_accepted(self) -> bool:
        return bool(self.suite)

    def __str__(self) -> str:
        if self.is_accepted:
            return f"ServerHello {self.version:#06x} with suite {self.suite:#06x} and messages {self.messages}"
        return "nothing" if self.is_silent else f"alert {self.alert}" if self.alert is not None else "closed"


def say_hello(address: tuple[str, int], hello: ClientHello, *, record: int = _LARGEST_RECORD) -> Answer:
    """Send ``hello`` in records of at most ``record`` octets, and read the first flight of the server."""
    octets = hello.octets(address[0])
    flight = b"".join(
        struct.pack(">BHH", _HANDSHAKE, 0x0301, len(octets[at : at + record])) + octets[at : at + record]
        for at in range(0, len(octets), record)
    )
    received, is_silent = b"", False
    try:
        connection = socket.create_connection(address, timeout=5)
    except OSError as error:
        raise Unreachable(f"No connection to {address[0]}:{address[1]} ({error}).") from None
    with connection, suppress(ConnectionError):
        try:
            connection.sendall(flight)
            while not _is_complete(received) and (chunk := connection.recv(65_536)):
                received += chunk
        except TimeoutError:
            is_silent = not received
    return _read(received, is_silent=is_silent)


def _sized(content: bytes) -> bytes:
    return struct.pack(">H", len(content)) + content


def _records(octets: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while len(octets) >= at + 5:
        kind, _, length = struct.unpack(">BHH", octets[at : at + 5])
        if len(octets) < at + 5 + length:
            return
        yield kind, octets[at + 5 : at + 5 + length]
        at += 5 + length


def _messages(octets: bytes) -> list[tuple[int, bytes]]:
    stream = b"".join(content for kind, content in _records(octets) if kind == _HANDSHAKE)
    found, at = [], 0
    while len(stream) >= at + 4:
        length = int.from_bytes(stream[at + 1 : at + 4])
        if len(stream) < at + 4 + length:
            break
        found.append((stream[at], stream[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def _is_complete(octets: bytes) -> bool:
    has_alert = any(kind == _ALERT for kind, _ in _records(octets))
    return has_alert or any(kind == _HELLO_DONE for kind, _ in _messages(octets))


def _read(octets: bytes, *, is_silent: bool) -> Answer:
    messages = _messages(octets)
    alerts = [content for kind, content in _records(octets) if kind == _ALERT and len(content) == 2]
    body = next((content for kind, content in messages if kind == _SERVER_HELLO), b"")
    if len(body) < 38:
        return Answer(alert=alerts[0][1] if alerts else None, is_silent=is_silent)
    at = 35 + body[34]
    suite, compression = struct.unpack(">HB", body[at : at + 3])
    return Answer(
        version=int.from_bytes(body[:2]),
        random=body[2:34],
        suite=suite,
        compression=compression,
        extensions=frozenset(_extensions(body[at + 5 :])),
        messages=tuple(kind for kind, _ in messages),
    )


def _extensions(octets: bytes) -> Iterator[int]:
    at = 0
    while len(octets) >= at + 4:
        kind, length = struct.unpack(">HH", octets[at : at + 4])
        yield kind
        at += 4 + length
