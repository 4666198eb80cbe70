"""Reads an HTTP answer of the usual form, with a Content-Length; everything else is left to the parser of the library.

That parser calls back for each piece of each header, which takes five times as long.
"""

from typing import Any, Final

from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError, HTTPSocketPoolResponse

from fixtures.wire.limits import Limits
from load.step import Answer

_BLOCK: Final = 65536
#: octets after which an answer without a body is none, and which a body may have
_LONGEST_HEAD: Final = 1 << 20
_LONGEST_BODY: Final = Limits().octets


def read_answer(connection: Any, pool: Any, method: str) -> Answer:
    """The next answer of a connection, which goes back to its pool, or is closed where it cannot be used again.

    Raises what the library raises, and OSError.
    """
    try:
        read, end = _head(connection)
        usual = _usual(read[:end])
    except BaseException:
        pool.release_socket(connection)
        raise
    if usual is None:
        return _by_library(connection, pool, method, read)
    status, headers, length = usual
    try:
        _demand(length)
        pieces, missing = [read[end + 4 :]], length - (len(read) - end - 4)
        while missing > 0:
            piece = connection.recv(_BLOCK)
            if not piece:
                raise HTTPParseError("connection closed before the end of the body")
            pieces.append(piece)
            missing -= len(piece)
    except BaseException:
        pool.release_socket(connection)
        raise
    body = b"".join(pieces)
    if missing < 0 or headers.get("connection", "").lower() == "close":
        pool.release_socket(connection)
    else:
        pool.return_socket(connection)
    return Answer(status, body[:length] if missing < 0 else body, headers.get("content-type", ""), headers)


def _head(connection: Any) -> tuple[bytes, int]:
    """What was read, and where in it the head ends; interim answers (1xx) are left out."""
    read = b""
    while (end := read.find(b"\r\n\r\n")) < 0 or read.startswith(b"HTTP/1.1 1"):
        if end >= 0:
            read = read[end + 4 :]
            continue
        try:
            piece = connection.recv(_BLOCK)
        except ConnectionResetError:
            if read:
                raise
            raise HTTPConnectionClosed("connection reset") from None
        if not piece:
            raise HTTPParseError("connection closed before end of the headers") if read else HTTPConnectionClosed("")
        read = read + piece if read else piece
        if len(read) > _LONGEST_HEAD and b"\r\n\r\n" not in read:
            raise HTTPParseError("headers without end")
    return read, end


def _usual(head: bytes) -> tuple[int, dict[str, str], int] | None:
    """Status, headers by name in lower case, and length of the body; None where it is of another form."""
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    status = rest[:3]
    if version != "HTTP/1.1" or not status.isdecimal() or not "200" <= status < "600" or status in ("204", "304"):
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or name in headers or name != name.strip():
            return None
        headers[name] = value.strip()
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()) or "transfer-encoding" in headers:
        return None
    return int(status), headers, int(length)


def _by_library(connection: Any, pool: Any, method: str, read: bytes) -> Answer:
    response = HTTPSocketPoolResponse(connection, pool, method=method, block_size=_BLOCK, pre_buffered=read)
    body = bytearray()
    while piece := response.read(_BLOCK):
        body += piece
        try:
            _demand(len(body))
        except HTTPParseError:
            response.release()
            raise
    return Answer(response.status_code, bytes(body), str(response.get("content-type", "")), response.info())


def _demand(octets: int) -> None:
    if octets > _LONGEST_BODY:
        raise HTTPParseError(f"a body of more than {_LONGEST_BODY} octets")
