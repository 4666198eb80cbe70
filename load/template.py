"""Messages made in advance, so that sending one under load is joining octets.

A template is what two fresh copies of a message have in common; where they differ (message ids, ids of documents) and
where the token stands is filled in for each sending.
"""

import os
import re
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from fixtures.client.renewal import renewed
from fixtures.epr.message import Message
from load.step import Judge, Step

#: stands in a message where the token will be
TOKEN: Final = b"urn:eprobe:token-to-be-filled-in"
#: kind of token: an X-User Assertion, in the message
XUA: Final = "xua"
_IDS: Final = re.compile(
    rb"(%b|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![\d.])2\.25\.\d+|\b[0-9a-f]{32}\b)" % re.escape(TOKEN)
)


Pieces = tuple[tuple[bytes, ...], tuple[int, ...], tuple[Callable[[], bytes], ...]]


class NoTemplate(ValueError):
    """Two fresh copies of a message differ in something other than ids: a mistake of ours."""


@dataclass(frozen=True)
class Template:
    """``pieces``: octets in turn with the number of what is filled in between (0 is the token)."""

    name: str
    url: str
    headers: Mapping[str, str]
    octets: tuple[bytes, ...]
    places: tuple[int, ...]
    makers: tuple[Callable[[], bytes], ...]
    #: what kind of token goes with it
    token: str = XUA

    def fill(self, token: bytes = b"") -> bytes:
        """A body nobody has sent before."""
        values = [token, *(make() for make in self.makers)]
        parts = [self.octets[0]]
        for place, octets in zip(self.places, self.octets[1:], strict=True):
            parts += (values[place], octets)
        return b"".join(parts)

    def step(self, token: bytes, judge: Judge) -> Step:
        """A request with this token."""
        return Step(self.name, self.url, self.fill(token), self.headers, judge)


def template(message: Message, url: str) -> Template:
    """The template of a message; :class:`NoTemplate` where its copies differ in more than ids.

    They do once where a second ends between them, for some say when they were made.
    """
    try:
        return _template(message, url)
    except NoTemplate:
        return _template(message, url)


def _template(message: Message, url: str) -> Template:
    first, second = (renewed(message).addressed(url).http() for _ in range(2))
    same = set(_IDS.findall(first.content_type.encode()))
    pieces = pieces_of(message.transaction, first.body, second.body, same)
    return Template(message.transaction, url, {"Content-Type": first.content_type, **first.headers}, *pieces)


def pieces_of(name: str, first: bytes, second: bytes, same: Collection[bytes] = ()) -> Pieces:
    """Octets, places and makers of what two copies of a message have in common; ids in ``same`` stay."""
    one, two = _IDS.split(first), _IDS.split(second)
    if len(one) != len(two) or one[::2] != two[::2]:
        raise NoTemplate(f"two copies of {name} differ in more than ids")
    octets, places, slots = [one[0]], [], {TOKEN: 0}
    makers: list[Callable[[], bytes]] = []
    for mine, others, after in zip(one[1::2], two[1::2], one[2::2], strict=True):
        if mine != TOKEN and (mine == others or mine in same):
            octets[-1] += mine + after
            continue
        if mine not in slots:
            slots[mine] = len(slots)
            makers.append(_maker(mine))
        places.append(slots[mine])
        octets.append(after)
    return tuple(octets), tuple(places), tuple(makers)


def _maker(like: bytes) -> Callable[[], bytes]:
    """Makes new ids in the form of one."""
    if like.startswith(b"2.25."):
        return lambda: b"2.25.%d" % uuid.uuid4().int
    return _uuid if b"-" in like else lambda: os.urandom(16).hex().encode()


def _uuid() -> bytes:
    """A random UUID as text; the class of the standard library takes four times as long."""
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}".encode()
