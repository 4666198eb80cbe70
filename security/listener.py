"""A port of ours to which hostile messages point: a target that fetches what it is told to shows itself here."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Listener:
    """``url`` is where we listen; ``callers`` are the addresses that have connected."""

    url: str
    callers: list[str] = field(default_factory=list)


@contextlib.contextmanager
def listening(target_url: str) -> Iterator[Listener]:
    """Listen on the address by which ``target_url`` is reached, until the context is left."""
    with _server(target_url) as server:
        host, port = server.getsockname()[:2]
        listener = Listener(f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/")
        thread = threading.Thread(target=_accept, args=(server, listener), daemon=True)
        thread.start()
        yield listener
        server.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


def _server(target_url: str) -> socket.socket:
    parts = urlsplit(target_url)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    with socket.create_connection((parts.hostname or "", port), timeout=10) as probe:
        address, family = probe.getsockname()[0], probe.family
    return socket.create_server((address, 0), family=family)


def _accept(server: socket.socket, listener: Listener) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, caller = server.accept()
            with connection:
                listener.callers.append(str(caller[0]))
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
