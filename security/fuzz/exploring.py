"""New requests from new seeds, operation after operation, until the time is over; and recorded ones sent again."""

import re
import secrets
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote, urlsplit

from fixtures.checks.verdicts import Finding, NotJudged
from fixtures.client import Community
from fixtures.ledger.records import Exchange
from fixtures.ledger.runs import restored
from security.fuzz.contract import SENTINEL, Operation, operation, operations, violations
from security.fuzz.drafts import Draft, Kind
from security.fuzz.making import drafts
from security.fuzz.scene import FORM_FIELD, Scene
from security.fuzz.shots import Volley, findings, fire, watched
from security.fuzz.store import stored

#: how a generated request is named in the ledger, with the registered data it carries
_NAMED: Final = re.compile(
    r"generated: (?P<id>[\w.:]+), (?P<kind>valid|invalid), seed (?P<seed>\d+), case (?P<number>\d+)"
)
_DATUM: Final = re.compile(r"registered: (?P<name>[\w.]+)(?: = (?P<value>.+))?")
Say = Callable[[str], None]
#: new requests of an operation at a time, in multiples of those that are stored: making them ready costs most
_SHARE: Final = 8


@dataclass
class Tally:
    """What a run has done so far."""

    seconds: float = 0.0
    volleys: list[Volley] = field(default_factory=list)
    found: list[tuple[str, str, Finding]] = field(default_factory=list)
    #: operation -> why it could not be tried
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        return sum(volley.count for volley in self.volleys)

    @property
    def covered(self) -> dict[str, int]:
        """Requests that were taken, by operation that was tried."""
        taken: dict[str, int] = {}
        for volley in self.volleys:
            count = sum(shot.is_taken for shot in volley.shots)
            taken[volley.operation.id] = taken.get(volley.operation.id, 0) + count
        return taken

    def lines(self) -> Iterator[str]:
        """The report, for people."""
        for rule, id_, finding in self.found:
            yield f"FINDING {id_} ({rule})\n  {finding}\n  evidence  {', '.join(finding.evidence) or 'not recorded'}"
        for id_, why in self.left_out.items():
            yield f"left out: {id_}: {why}"
        covered = self.covered
        reached = sum(1 for count in covered.values() if count)
        rate = self.sent / self.seconds if self.seconds else 0.0
        unproven = sum(volley.unproven for volley in self.volleys)
        yield (
            f"{len(covered)} of {len(operations())} operations of the contract tried, {reached} of them with requests "
            f"that were taken; {self.sent} requests ({rate:.0f} in a second), {unproven} meant to be wrong and not "
            f"proven wrong; {len(self.found)} findings"
        )


def run(
    community: Community, chosen: Iterable[Operation], *, explore: bool, seconds: float = 0.0, say: Say = lambda _: None
) -> Tally:
    """Send the stored requests once, or new ones in rounds until ``seconds`` are over (one round at least)."""
    chosen = [one for one in chosen if one.transaction == "FHIR API" or community.claims(one.transaction)]
    tally, scene, start, last = Tally(), Scene(community), time.monotonic(), time.monotonic()
    while True:
        for place, one in enumerate(chosen):
            seeds = (secrets.randbelow(10**9) + 10, secrets.randbelow(10**9) + 10, secrets.randbelow(10**9) + 10)
            made = drafts(one, seeds, share=_SHARE) if explore else stored(one)
            _try(tally, scene, one, list(made))
            tally.seconds = time.monotonic() - start
            if time.monotonic() - last > 5:
                last = time.monotonic()
                say(
                    f"{tally.seconds:.0f} s, operation {place + 1} of {len(chosen)} ({one.id}): {tally.sent} requests, "
                    f"{len(tally.found)} findings"
                )
            if seconds and tally.seconds > seconds:
                return tally
        if not explore or not seconds:
            return tally


def _try(tally: Tally, scene: Scene, one: Operation, made: Sequence[Draft]) -> None:
    try:
        volley = fire(scene, one, made)
    except NotJudged as stopped:
        tally.left_out[one.id] = stopped.detail
        return
    tally.volleys.append(volley)
    tally.found += [(rule, one.id, finding) for rule, finding in findings(volley)]


# --- replay ---------------------------------------------------------------------------------------


def is_generated(exchange: Exchange) -> bool:
    return any(_NAMED.search(change) for change in exchange.changes)


def replay(community: Community, exchange: Exchange) -> list[tuple[str, Finding]]:
    """The recorded octets again, about a patient of now: what does not hold of the answer."""
    scene = Scene(community)
    draft = recorded(exchange, scene.values)
    wrong = (
        tuple(violations(draft.operation, draft.target, draft.content, draft.resource))
        if draft.kind == "invalid"
        else ()
    )
    is_bare = "authorization" not in {name.lower() for name in exchange.request["headers"]}
    volley = Volley(draft.operation)
    (volley.bare if is_bare else volley.shots).append(watched(scene, draft, wrong, token=not is_bare))
    return list(findings(volley))


def recorded(exchange: Exchange, values: Callable[[Operation, Draft], Mapping[str, str]]) -> Draft:
    """The request of an exchange, with the registered data of then replaced by those of now; ValueError without."""
    named = next((found for change in exchange.changes if (found := _NAMED.search(change))), None)
    if named is None:
        raise ValueError(f"{exchange.id} is no generated request")
    content = _octets(exchange)
    parts = urlsplit(exchange.url)
    one = operation(named["id"])
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    start = _start(one, target)
    headers = {name.lower(): value for name, value in exchange.request["headers"].items()}
    kind: Kind = "valid" if named["kind"] == "valid" else "invalid"
    draft = Draft(
        one,
        kind,
        target[start:],
        content,
        headers.get("content-type", ""),
        {},
        int(named["seed"]),
        int(named["number"]),
    )
    then = {found["name"]: found["value"] for change in exchange.changes if (found := _DATUM.match(change))}
    places = " ".join(SENTINEL + name for name in then)  # what is needed now is what was needed then
    now = values(one, replace(draft, content=draft.content + places.encode()))
    for name, old in sorted(then.items(), key=lambda pair: -len(pair[1] or "")):
        draft = _with_datum(draft, name, old, now.get(name, old))
    return draft


def _octets(exchange: Exchange) -> bytes:
    """The body that was sent; ValueError where the ledger has not all of it."""
    request = exchange.request
    if "runs" in request:
        return restored(request["runs"])
    if request["truncated"]:
        raise ValueError(f"{exchange.id} is too large: the ledger has only its beginning")
    return b64decode(request["body"]) if request["encoding"] == "base64" else str(request["body"]).encode()


def _with_datum(draft: Draft, name: str, old: str | None, new: str | None) -> Draft:
    """With ``new`` for ``old``; where the ledger has no value, in the field of the form that has this name."""
    if old is None or new is None:
        field_ = re.compile(rb"(?<![^&])" + name.removeprefix(FORM_FIELD).encode() + rb"=[^&]*")
        pair = name.removeprefix(FORM_FIELD).encode() + b"=" + draft.written(new or "")
        return replace(draft, content=field_.sub(lambda _: pair, draft.content))
    return replace(
        draft,
        target=draft.target.replace(quote(old, safe=":/"), quote(new, safe=":/")),
        content=draft.content.replace(draft.written(old), draft.written(new)),
    )


def _start(one: Operation, target: str) -> int:
    """Where the place of the operation begins in the path of a URL."""
    first = one.path.split("{")[0].rstrip("/")
    path = target.partition("?")[0]
    place = path.rfind(first) if first else len(path)
    return place if place >= 0 else len(path)
