"""Calls of the FHIR API made in advance: URL and body; header lines with token and trace are new each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fixtures.epr.rest import Call, new_trace
from load.step import Judge, Step
from load.template import Template, pieces_of

#: kinds of token: one that says who the user is and for which patient, one that says who asks, or none but our
#: certificate
EXTENDED: Final = "extended"
BASIC: Final = "basic"
CERTIFICATE: Final = ""
#: statuses of a right answer, where it is another one than 200
_STATUSES: Final = {"PPQ-3": (200, 201)}


@dataclass(frozen=True)
class RestTemplate(Template):
    """``kind`` of token; ``shows_certificate`` as of :class:`load.step.Step`."""

    method: str = "GET"
    kind: str = EXTENDED
    shows_certificate: bool = False

    @property
    def token(self) -> str:
        return self.kind

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


def rest_template(calls: Sequence[Call], base: str, *, kind: str, shows_certificate: bool) -> RestTemplate:
    """The template of a call, or of two copies of it that differ in ids; NoTemplate where they differ in more."""
    first, second = calls[0].raw(base), calls[-1].raw(base)
    per_sending = ("traceparent", "authorization")
    headers = {name: value for name, value in first.headers.items() if name.lower() not in per_sending}
    pieces = pieces_of(calls[0].transaction, first.body, second.body)
    return RestTemplate(calls[0].transaction, first.url, headers, *pieces, first.method, kind, shows_certificate)
