"""Sends octets to a community over kept connections, and says in one word what went wrong.

A thin layer over geventhttpclient: one pool of connections for each address and way to log in.
"""

import errno
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError

from fixtures.wire.limits import Pace
from load.http_answer import read_answer
from load.step import Answer, Step

#: requests that are remembered
_HEADS: Final = 20_000
_NO_SOCKET: Final = (errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.EBUSY)


class Failed(Exception):
    """No answer that could be judged; ``kind`` is one of :data:`load.tally.FAILURES`."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass
class Sender:
    """Connections of one process. ``context`` makes the TLS side, with our client certificate or (False) without;
    ``limit`` seconds wait for an answer."""

    context: Callable[[bool], ssl.SSLContext]
    limit: float = 30.0
    connect: float = 5.0
    connections: int = 1000
    #: requests a second that are allowed, 0 for any number
    max_rps: float = 0.0
    _pace: Pace = field(init=False)
    _clients: dict[tuple[str, bool], Any] = field(default_factory=dict)
    _heads: dict[tuple[str, str, str | None], tuple[Any, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pace = Pace(self.max_rps)

    def send(self, step: Step) -> Answer:
        """The answer to a request; :class:`Failed` where none comes. Redirections are answers, too."""
        known = (step.method, step.url, step.headers.get("Content-Type"))
        pool, head = self._heads.get(known) or self._head(step)
        length = b"Content-Length: %d\r\n\r\n" % len(step.body) if step.body or step.method != "GET" else b"\r\n"
        self._pace.wait()
        try:
            connection = pool.get_socket()
            try:
                connection.sendall(b"".join((head, step.fresh, length, step.body)))
            except BaseException:
                pool.release_socket(connection)
                raise
            return read_answer(connection, pool, step.method)
        except Exception as error:
            raise failed(error) from error

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _head(self, step: Step) -> tuple[Any, bytes]:
        """The pool of connections, and request line and headers, which are the same each time."""
        parts = urlsplit(step.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        lines = [f"{step.method} {path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "User-Agent: eprobe-load"]
        lines += [f"{name}: {value}" for name, value in step.headers.items()]
        if len(self._heads) >= _HEADS:  # those of log-ins are used once
            self._heads.clear()
        pool = self._client(f"{parts.scheme}://{parts.netloc}", step.shows_certificate)._connection_pool
        pool.after_connect = _without_delay
        head = pool, "\r\n".join([*lines, ""]).encode("ascii")
        self._heads[step.method, step.url, step.headers.get("Content-Type")] = head
        return head

    def _client(self, address: str, shows_certificate: bool) -> Any:
        known = (address, shows_certificate)
        if known not in self._clients:
            parts = urlsplit(address)
            secure = parts.scheme == "https"
            self._clients[known] = HTTPClient(
                parts.hostname,
                parts.port or (443 if secure else 80),
                ssl=secure,
                ssl_context_factory=partial(self._trusting, shows_certificate) if secure else None,
                concurrency=self.connections,
                connection_timeout=self.connect,
                network_timeout=self.limit,
            )
        return self._clients[known]

    def _trusting(self, shows_certificate: bool, cafile: str = "") -> ssl.SSLContext:
        """Whom the target file says, and not who the library trusts as well (``cafile``)."""
        del cafile
        return self.context(shows_certificate)


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
