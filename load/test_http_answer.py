"""Answers of the usual form are read by us, others by the library, to the same end."""

from dataclasses import dataclass

import pytest
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError

from load.http_answer import read_answer


@dataclass
class Connection:
    """Gives ``octets`` in pieces of a size, then ends, or resets."""

    octets: bytes
    size: int = 65536
    resets: bool = False
    fate: str = ""

    def recv(self, most: int) -> bytes:
        if not self.octets and self.resets:
            raise ConnectionResetError
        piece, self.octets = self.octets[: min(self.size, most)], self.octets[min(self.size, most) :]
        return piece

    def close(self) -> None:
        self.fate = self.fate or "closed"


class Pool:
    def return_socket(self, connection: Connection) -> None:
        connection.fate = "kept"

    def release_socket(self, connection: Connection) -> None:
        connection.fate = "closed"


USUAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\nbody"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"


@pytest.mark.parametrize("size", [65536, 7, 1])
@pytest.mark.parametrize(
    ("octets", "fate"),
    [
        (USUAL, "kept"),
        (USUAL.replace(b"Type", b"type").replace(b": 4", b":4"), "kept"),
        (USUAL.replace(b"200 OK", b"200"), "kept"),
        (USUAL.replace(b"\r\n\r\n", b"\r\nConnection: Close\r\n\r\n"), "closed"),
        (USUAL.replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain\r\n\r\n"), "kept"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + USUAL, "kept"),
        (USUAL.replace(b"1.1", b"1.0"), "closed"),
        (CHUNKED, "kept"),
    ],
    ids=["usual", "other letters", "no reason", "close", "a header twice", "interim", "HTTP/1.0", "chunked"],
)
def test_an_answer_is_read_whole(octets: bytes, size: int, fate: str) -> None:
    connection = Connection(octets, size)
    answer = read_answer(connection, Pool(), "POST")
    assert (answer.status, answer.body, connection.fate) == (200, b"body", fate)


def test_headers_are_found_whatever_their_letters() -> None:
    answer = read_answer(Connection(USUAL.replace(b"200 OK\r\n", b"302 Found\r\nLOCATION: /a\r\n")), Pool(), "GET")
    assert (answer.location, answer.content_type) == ("/a", "text/xml")
    assert dict(answer.named())["content-length"] == "4"


def test_an_answer_without_body() -> None:
    assert read_answer(Connection(b"HTTP/1.1 204 No Content\r\n\r\n"), Pool(), "POST").body == b""


def test_octets_after_an_answer_are_none_of_it() -> None:
    connection = Connection(USUAL + b"more")
    assert read_answer(connection, Pool(), "POST").body == b"body"
    assert connection.fate == "closed"


@pytest.mark.parametrize("octets", [USUAL[:10], USUAL[:-1], CHUNKED[:-9], b"something else\r\n\r\n", USUAL[5:]])
@pytest.mark.parametrize("size", [65536, 3])
def test_what_is_no_whole_answer_is_cut_short(octets: bytes, size: int) -> None:
    connection = Connection(octets, size)
    with pytest.raises(HTTPParseError):
        read_answer(connection, Pool(), "POST")
    assert connection.fate == "closed"


@pytest.mark.parametrize("connection", [Connection(b""), Connection(b"", resets=True)], ids=["closed", "reset"])
def test_a_connection_that_ends_before_the_answer(connection: Connection) -> None:
    with pytest.raises(HTTPConnectionClosed):
        read_answer(connection, Pool(), "POST")


def test_a_connection_that_is_reset_in_the_answer() -> None:
    with pytest.raises(ConnectionResetError):
        read_answer(Connection(USUAL[:-1], resets=True), Pool(), "POST")


@pytest.mark.parametrize(
    ("octets", "fate"),
    [(USUAL.replace(b": 4", b": 9"), "closed"), (CHUNKED.replace(b"2\r\nbo", b"5\r\nboooo"), "kept")],
    ids=["announced", "in chunks that all came"],
)
def test_an_answer_that_is_too_long_is_not_read(octets: bytes, fate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("load.http_answer._LONGEST_BODY", 6)
    connection = Connection(octets)
    with pytest.raises(HTTPParseError, match="more than"):
        read_answer(connection, Pool(), "POST")
    assert connection.fate == fate
