"""What twin checks share: two readings of the same facts, which must be the same.

Nothing but the other face says what is right, so both readings must say something: nothing equals nothing.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fixtures.checks.expect import expect
from fixtures.epr.rest_reply import RestReply

#: seconds until what came by one face must show on the other (PAT-ITI44-022)
SETTLING: Final = 10.0

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Views:
    """The same facts, by name, as FHIR and as SOAP tell them; ``reply`` is where FHIR does."""

    reply: RestReply
    fhir: Facts
    soap: Facts

    @property
    def difference(self) -> str:
        """ "" where they agree and are not empty."""
        if not self.soap or not self.fhir:
            return f"nothing by {'SOAP' if not self.soap else 'FHIR'}"
        names = [name for name in {**self.soap, **self.fhir} if self.soap.get(name) != self.fhir.get(name)]
        said = (f"{name}: {self.fhir.get(name)!r} by FHIR, {self.soap.get(name)!r} by SOAP" for name in names)
        return "; ".join(said)


def agree(look: Callable[[], Views], **known: Any) -> None:
    """Looks at both until they agree, or the time is over. ``known``: facts that both must tell like this."""
    end = time.monotonic() + SETTLING
    while (wrong := _wrong(views := look(), known)) and time.monotonic() < end:
        time.sleep(0.25)
    expect(views.reply).meets(not wrong, f"the same as by SOAP: {dict(views.soap)} {known or ''}".strip(), wrong)


def _wrong(views: Views, known: Facts) -> str:
    other = [f"{name}: {views.soap.get(name)!r}" for name in known if views.soap.get(name) != known[name]]
    return views.difference or "; ".join(other)
