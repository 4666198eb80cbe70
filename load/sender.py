"""Sends octets to a community over kept connections, and says in one word what went wrong.

A thin layer over geventhttpclient: one pool of connections for each address.
"""

import errno
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError, HTTPSocketPoolResponse

from fixtures.wire.limits import Pace

_BLOCK: Final = 65536
_NO_SOCKET: Final = (errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.EBUSY)


class Failed(Exception):
    """No answer that could be judged; ``kind`` is one of :data:`load.tally.FAILURES`."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str = ""


@dataclass
class Sender:
    """Connections of one process. ``context`` makes the TLS side; ``limit`` seconds wait for an answer."""

    context: Callable[[], ssl.SSLContext]
    limit: float = 30.0
    connect: float = 5.0
    connections: int = 1000
    #: requests a second that are allowed, 0 for any number
    max_rps: float = 0.0
    _pace: Pace = field(init=False)
    _clients: dict[str, Any] = field(default_factory=dict)
    _heads: dict[tuple[str, str], tuple[Any, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pace = Pace(self.max_rps)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to a POST; :class:`Failed` where none comes."""
        pool, head = self._heads.get((url, headers["Content-Type"])) or self._head(url, headers)
        self._pace.wait()
        try:
            connection = pool.get_socket()
            try:
                connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            except BaseException:
                pool.release_socket(connection)
                raise
            response = HTTPSocketPoolResponse(connection, pool, method="POST", block_size=_BLOCK)
            content = response.read()
        except Exception as error:
            raise failed(error) from error
        return Answer(response.status_code, content, str(response.get("content-type", "")))

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _head(self, url: str, headers: Mapping[str, str]) -> tuple[Any, bytes]:
        """The pool of connections, and request line and headers, which are the same each time."""
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}"
        if address not in self._clients:
            secure = parts.scheme == "https"
            self._clients[address] = HTTPClient(
                parts.hostname,
                parts.port or (443 if secure else 80),
                ssl=secure,
                ssl_context_factory=self.context if secure else None,
                concurrency=self.connections,
                connection_timeout=self.connect,
                network_timeout=self.limit,
            )
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [f"POST {path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "User-Agent: eprobe-load"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        pool = self._clients[address]._connection_pool
        pool.after_connect = _without_delay
        head = self._heads[url, headers["Content-Type"]] = pool, "\r\n".join([*lines, ""]).encode("ascii")
        return head


def _without_delay(connection: Any) -> None:
    """The last piece of a large request does not wait until the first ones are acknowledged (Nagle)."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def failed(error: BaseException) -> Failed:
    """What an exception of sockets, TLS or HTTP is called; others are mistakes of ours and raised again."""
    sentence = f"{type(error).__name__}: {error}"
    match error:
        case ssl.SSLError():
            kind = "tls"
        case TimeoutError() | socket.timeout():
            kind = "timeout"
        case ConnectionRefusedError():
            kind = "refused"
        case ConnectionError() | HTTPConnectionClosed():
            kind = "reset"
        case HTTPParseError():
            kind = "cut-short"
        case OSError() if error.errno in _NO_SOCKET:
            kind = "no-socket"
        case OSError():
            kind = "reset"
        case _:
            raise error
    return Failed(kind, sentence)
