"""Calls of the FHIR API made in advance: URL and body; header lines with token and trace are new each time."""

import re
import uuid
from dataclasses import dataclass
from typing import Final

from fixtures.client.renewal import new_oid
from fixtures.epr.fhir_json import values
from fixtures.epr.rest import Call, new_trace
from load.step import Judge, Step
from load.template import Template, pieces_of

#: kinds of token: one that says who the user is and for which patient, one that says who asks, or none but our
#: certificate
EXTENDED: Final = "extended"
BASIC: Final = "basic"
CERTIFICATE: Final = ""
#: where the ids of a Bundle stand, and what they are
_IDS: Final = (
    "entry[*].fullUrl",
    "entry[*].resource.masterIdentifier.value",
    "entry[*].resource.identifier[*].value",
)
_ID: Final = re.compile(r"(?<![\d.])2\.25\.\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: statuses of a right answer, where it is another one than 200
_STATUSES: Final = {"PPQ-3": (200, 201)}


@dataclass(frozen=True)
class RestTemplate(Template):
    """``shows_certificate`` as of :class:`load.step.Step`."""

    method: str = "GET"
    shows_certificate: bool = False

    def step(self, token: bytes, judge: Judge) -> Step:
        bearer = b"Authorization: Bearer %b\r\n" % token if token else b""
        return Step(
            self.name,
            self.url,
            self.fill(),
            self.headers,
            judge,
            method=self.method,
            fresh=b"%btraceparent: %b\r\n" % (bearer, new_trace().encode()),
            shows_certificate=self.shows_certificate,
            statuses=_STATUSES.get(self.name, (200,)),
        )


def rest_template(call: Call, base: str, *, kind: str, shows_certificate: bool) -> RestTemplate:
    """The template of a call."""
    first = call.raw(base)
    per_sending = ("traceparent", "authorization")
    headers = {name: value for name, value in first.headers.items() if name.lower() not in per_sending}
    pieces = pieces_of(call.transaction, first.body, _renewed(call, first.body))
    return RestTemplate(call.transaction, first.url, headers, *pieces, kind, first.method, shows_certificate)


def _renewed(call: Call, body: bytes) -> bytes:
    """The same body with ids of its own for what a Bundle brings."""
    if (call.resource or {}).get("type") != "transaction":
        return body
    found = [each for path in _IDS for each in values(call.resource, path)]
    for old in dict.fromkeys(filter(None, map(_ID.search, found))):
        new = new_oid() if old[0].startswith("2.") else str(uuid.uuid4())
        body = body.replace(old[0].encode(), new.encode())
    return body
