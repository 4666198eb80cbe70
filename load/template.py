"""Messages made in advance, so that sending one under load is joining octets.

A template is what two fresh copies of a message have in common; where they differ (message ids, ids of documents) and
where the token stands is filled in for each sending.
"""

import os
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fixtures.client.renewal import renewed
from fixtures.epr.message import Message

#: stands in a message where the token will be
TOKEN: Final = b"urn:eprobe:token-to-be-filled-in"
_IDS: Final = re.compile(
    rb"(%b|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![\d.])2\.25\.\d+|\b[0-9a-f]{32}\b)" % re.escape(TOKEN)
)


class NoTemplate(ValueError):
    """Two fresh copies of a message differ in something other than ids: a mistake of ours."""


@dataclass(frozen=True)
class Template:
    """``pieces``: octets in turn with the number of what is filled in between (0 is the token)."""

    transaction: str
    url: str
    headers: dict[str, str]
    octets: tuple[bytes, ...]
    places: tuple[int, ...]
    makers: tuple[Callable[[], bytes], ...]

    def fill(self, token: bytes = b"") -> bytes:
        """A body nobody has sent before."""
        values = [token, *(make() for make in self.makers)]
        parts = [self.octets[0]]
        for place, octets in zip(self.places, self.octets[1:], strict=True):
            parts += (values[place], octets)
        return b"".join(parts)


def template(message: Message, url: str) -> Template:
    """The template of a message; :class:`NoTemplate` where its copies differ in more than ids."""
    first, second = (renewed(message).addressed(url).http() for _ in range(2))
    content_type = first.content_type
    announced = set(_IDS.findall(content_type.encode()))
    one, two = _IDS.split(first.body), _IDS.split(second.body)
    if len(one) != len(two) or one[::2] != two[::2]:
        raise NoTemplate(f"two copies of {message.transaction} differ in more than ids")
    octets, places, slots = [one[0]], [], {TOKEN: 0}
    makers: list[Callable[[], bytes]] = []
    for mine, others, after in zip(one[1::2], two[1::2], one[2::2], strict=True):
        if mine != TOKEN and (mine == others or mine in announced):
            octets[-1] += mine + after
            continue
        if mine not in slots:
            slots[mine] = len(slots)
            makers.append(_maker(mine))
        places.append(slots[mine])
        octets.append(after)
    headers = {"Content-Type": content_type, **first.headers}
    return Template(message.transaction, url, headers, tuple(octets), tuple(places), tuple(makers))


def _maker(like: bytes) -> Callable[[], bytes]:
    """Makes new ids in the form of one."""
    if like.startswith(b"2.25."):
        return lambda: b"2.25.%d" % uuid.uuid4().int
    return _uuid if b"-" in like else lambda: os.urandom(16).hex().encode()


def _uuid() -> bytes:
    """A random UUID as text; the class of the standard library takes four times as long."""
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}".encode()
