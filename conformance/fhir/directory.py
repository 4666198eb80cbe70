"""The directory of a community on its FHIR API: what tests about ITI-90 and ITI-130 share."""

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from fixtures.checks.fhirpath import evaluate
from fixtures.checks.verdicts import Inconclusive, NotApplicable, Reason, Skipped
from fixtures.client import Community
from fixtures.epr import fhir_directory as calls
from fixtures.epr.fhir_directory import GLN_SYSTEM, KINDS, OID_SYSTEM, Pair
from fixtures.epr.identifiers import new_gln
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.people.patients import unique_family
from fixtures.wire import WireError

#: a mode that is not told is "match"; that it is told is demanded elsewhere
MATCHES = "entry.where(search.mode.empty() or search.mode = 'match').resource"
IDS = f"{MATCHES}.id"


@dataclass(frozen=True)
class Directory:
    """Questions to the directory (ITI-90), about the professionals and groups of the target file."""

    community: Community

    def call(self, call: Call) -> Call:
        return self.community.fhir.basic(call)

    def send(self, call: Call, *, baseline: Call | None = None) -> RestReply:
        """The call with what it needs to be let in; ``baseline`` likewise."""
        return self.community.fhir.send(self.call(call), baseline=self.call(baseline) if baseline else None)

    def find(self, kind: str, *pairs: Pair) -> RestReply:
        return self.send(calls.find(kind, *pairs))

    def some(self, kind: str, number: int) -> list[str]:
        """The ids of as many resources, or of fewer where the first page has not so many."""
        reply = self.community.fhir.accepted(self.call(calls.find(kind)))
        return [str(found) for found in evaluate(reply.resource or {}, IDS)][:number]

    def known(self, kind: str, *pairs: Pair) -> dict[str, Any]:
        """The first resource that fits; Inconclusive where there is none."""
        reply = self.community.fhir.accepted(self.call(calls.find(kind, *pairs)))
        for resource in reply.resources:
            if resource.get("resourceType") == kind:
                return resource
        asked = "&".join("=".join(pair) for pair in pairs)
        told = f"The directory finds no {kind}?{asked}, so there is nothing to test with. Evidence {reply.evidence}."
        raise Inconclusive(Reason.BASELINE_REFUSED, told)

    def practitioner(self) -> dict[str, Any]:
        """The professional of the target file, found by GLN."""
        return self.known("Practitioner", ("identifier", f"{GLN_SYSTEM}|{self.community.user('HCP').gln}"))

    def organization(self) -> dict[str, Any]:
        """A group of that professional, found by OID."""
        return self.known("Organization", ("identifier", f"{OID_SYSTEM}|{self.group}"))

    def role(self) -> dict[str, Any]:
        """A role of that professional."""
        return self.known("PractitionerRole", ("practitioner", self.professional))

    def one(self, kind: str) -> dict[str, Any]:
        """A known resource of this type."""
        known: dict[str, Callable[[], dict[str, Any]]]
        known = dict(zip(KINDS, (self.organization, self.practitioner, self.role), strict=True))
        return known[kind]()

    @property
    def professional(self) -> str:
        """``Practitioner/id`` of the professional of the target file."""
        return f"Practitioner/{self.practitioner()['id']}"

    @property
    def group(self) -> str:
        """The OID of a group, as a URN."""
        groups = self.community.user("HCP").groups
        if not groups:
            raise Skipped(Reason.NEEDS_USER, f"no HCP of {self.community.target.path} has a group")
        return groups[0].oid

    def reference(self, resource: dict[str, Any], element: str) -> str:
        """``Type/id`` of what an element of a known resource refers to; Inconclusive where it says none."""
        reference = str(resource.get(element, {}).get("reference", ""))
        if place := place_of(f"/{reference}"):
            return place
        told = f"{resource['resourceType']}/{resource['id']} refers to no {element} by URL ({reference or 'nothing'})"
        raise Inconclusive(Reason.BASELINE_REFUSED, told)

    def states(self, resource: dict[str, Any]) -> tuple[str, str]:
        """The value of ``active`` that finds this resource, and the one that does not."""
        if "active" not in resource:
            told = f"{resource['resourceType']}/{resource['id']} does not tell whether it is active"
            raise Inconclusive(Reason.BASELINE_REFUSED, told)
        return ("true", "false") if resource["active"] else ("false", "true")

    def pages(self, call: Call, most: int = 8) -> list[RestReply]:
        """The answer and those its links "next" lead to, as long as they stay below the base."""
        base = f"{self.community.fhir.base('ITI-90').rstrip('/')}/"
        found = [self.send(call)]
        while len(found) < most:
            links = [str(link) for link in evaluate(found[-1].resource or {}, "link.where(relation = 'next').url")]
            if not links or not (url := urljoin(base, links[0])).startswith(base):
                break
            found.append(self.send(Call("ITI-90", "GET", url)))
        return found


@dataclass
class Feeder:
    """Feeds resources of its own (ITI-130), and takes them away in the end."""

    directory: Directory
    #: unpredictable: resources of different runs must not meet
    rng: random.Random = field(default_factory=random.SystemRandom)
    #: ``Type/id`` of what was created
    places: list[str] = field(default_factory=list)

    # --- resources nobody has yet -----------------------------------------------------------------

    def organization(self, name: str = "", **wanted: Any) -> dict[str, Any]:
        oid = f"2.25.{uuid4().int}"
        return calls.organization(oid, name or f"Clinique {unique_family(self.rng)}", **wanted)

    def practitioner(self, **wanted: Any) -> dict[str, Any]:
        return calls.practitioner(new_gln(self.rng), unique_family(self.rng), "Zoé", **wanted)

    def role(self) -> dict[str, Any]:
        """Of a practitioner at an organization, both of them fed."""
        return calls.practitioner_role(self.created(self.practitioner()), self.created(self.organization()))

    def new(self, kind: str) -> dict[str, Any]:
        makers = (self.organization, self.practitioner, self.role)
        return dict(zip(KINDS, makers, strict=True))[kind]()

    # --- sending ----------------------------------------------------------------------------------

    def call(self, call: Call) -> Call:
        """With the basic access token the feed needs."""
        return call.with_token(self.directory.community.fhir.basic_token())

    def send(self, call: Call) -> RestReply:
        return self._kept(self.directory.community.fhir.send(self.call(call)))

    def instead(self, changed: Call, valid: Call, *, token: bool = True) -> RestReply:
        """Send ``changed``; ``valid`` is accepted before, and the target alive after it."""
        fhir = self.directory.community.fhir
        self.accepted(valid)
        reply = self._kept(fhir.send(self.call(changed) if token else changed.without_token()))
        fhir.alive(valid)
        return reply

    def accepted(self, call: Call) -> RestReply:
        return self._kept(self.directory.community.fhir.accepted(self.call(call)))

    def created(self, resource: dict[str, Any]) -> str:
        """Feed it, and demand that it is taken: ``Type/id`` of what there is now."""
        reply = self.accepted(calls.create(resource))
        if place := place_of(reply.headers.get("location", "")):
            return place
        raise Inconclusive(Reason.BASELINE_REFUSED, f"No Location says what was created ({reply.says})")

    def kept(self, resource: dict[str, Any]) -> dict[str, Any]:
        """Feed it, and demand that it is taken: the resource as it was sent, with its id."""
        return {**resource, "id": self.created(resource).partition("/")[2]}

    def clear(self) -> None:
        """Take away what was created, what refers to others first; whatever comes of it."""
        for place in reversed(self.places):
            with contextlib.suppress(WireError, Skipped, NotApplicable, Inconclusive):
                self.directory.community.fhir.send(self.call(calls.delete(*place.split("/"))))

    def _kept(self, reply: RestReply) -> RestReply:
        locations = [*evaluate(reply.resource or {}, "entry.response.location"), reply.headers.get("location", "")]
        self.places += [place for location in locations if (place := place_of(str(location)))]
        return reply


def place_of(location: str) -> str:
    """``Type/id`` of a Location, absolute or relative, with or without version; "" where it says none."""
    steps = urlsplit(location).path.partition("/_history")[0].strip("/").split("/")
    return "/".join(steps[-2:]) if len(steps) > 1 and steps[-2] in KINDS else ""


def places_of(reply: RestReply) -> list[str]:
    """``Type/id`` of each entry of a transaction-response, "" where it says none."""
    entries = (reply.resource or {}).get("entry", [])
    return [place_of(str(entry.get("response", {}).get("location", ""))) for entry in entries]
