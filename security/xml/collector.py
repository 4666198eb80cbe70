"""A port of ours that must stay silent: whoever resolves what a message points to calls here."""

import secrets
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Collector:
    """``url`` is known to nobody else, so that a passing port scan is no call."""

    url: str
    #: what a caller is given; whoever shows it has called
    secret: str
    calls: list[str] = field(default_factory=list)


@contextmanager
def listening(target: str) -> Iterator[Collector]:
    """Listen on the address of this machine that the host of the URL ``target`` can see."""
    host = _our_address(urlsplit(target).hostname or "localhost")
    path, secret = f"/{secrets.token_hex(8)}", f"collected-{secrets.token_hex(8)}"
    calls: list[str] = []

    class Answer(socketserver.StreamRequestHandler):
        timeout = 5

        def handle(self) -> None:
            with suppress(OSError):
                line = self.rfile.readline(1_000).decode("latin-1").strip()
                if path in line:
                    calls.append(line)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(secret)}\r\n"
                self.wfile.write(f"{head}Connection: close\r\n\r\n{secret}".encode())

    with socketserver.ThreadingTCPServer((host, 0), Answer) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield Collector(f"http://{host}:{server.server_address[1]}{path}", secret, calls)
        finally:
            server.shutdown()
            thread.join()


def _our_address(target: str) -> str:
    """No packet is sent: connecting a UDP socket only asks for the route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((target, 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
