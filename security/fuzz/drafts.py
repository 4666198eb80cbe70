"""Requests as the contract makes them: what is wanted of them is known, whose data they are about is not yet."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

from fixtures.epr.rest import FHIR_JSON, FORM
from security.fuzz.contract import SENTINEL, Operation, narrowed

Kind = Literal["valid", "invalid"]
_ANYWHERE = "http://contract.invalid"


@dataclass(frozen=True)
class Draft:
    """One request of ``operation``. ``target`` is path and query; ``seed`` and ``number`` make it again."""

    operation: Operation
    kind: Kind
    target: str
    content: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    number: int = 0
    #: the registered data it carries, by x-epr-fixture
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What to call it: enough to make it again."""
        return f"{self.operation.id}, {self.kind}, seed {self.seed}, case {self.number}"

    @cached_property
    def resource(self) -> Any:
        """The body as JSON has it, or as a form has it; None where it is neither."""
        if self.content_type.startswith(FORM):
            return _form(self.content)
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    def with_values(self, values: Mapping[str, str]) -> "Draft":
        """With registered data in the places the contract keeps for them; LookupError for one that is not there."""
        target, content = self.target, self.content
        carried = {name: value for name, value in values.items() if self.needs(name)}
        for name, value in sorted(values.items(), key=lambda pair: -len(pair[0])):
            target = target.replace(SENTINEL + name, quote(value, safe=":/?=&%" if "://" in value else ":/"))
            content = content.replace((SENTINEL + name).encode(), self.written(value))
        for place in (target.encode(), content):
            _, mark, rest = place.partition(SENTINEL.encode())
            if mark:
                raise LookupError(rest[:40].decode("utf-8", "replace"))
        return replace(self, target=target, content=content, values=carried)

    def needs(self, name: str) -> bool:
        """Is there a place for the datum of this x-epr-fixture?"""
        place = re.compile(re.escape(SENTINEL + name) + "(?![A-Za-z_])")
        return bool(place.search(self.target) or place.search(self.content.decode("utf-8", "replace")))

    def with_resource(self, resource: Any) -> "Draft":
        if self.content_type.startswith(FORM):
            return replace(self, content=urlencode(resource, doseq=True).encode())
        return replace(self, content=json.dumps(resource, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def written(self, value: str) -> bytes:
        """A text as the body has it."""
        if self.content_type.startswith(FORM):
            return quote(value, safe="").encode()
        return json.dumps(value)[1:-1].encode()


def _form(content: bytes) -> dict[str, Any]:
    from urllib.parse import parse_qsl

    found: dict[str, Any] = {}
    for name, value in parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True):
        found[name] = (
            [*(found[name] if isinstance(found[name], list) else [found[name]]), value] if name in found else value
        )
    return found


@cache
def generated(operation: Operation, kind: Kind, *, seed: int, count: int) -> tuple[Draft, ...]:
    """At most ``count`` different requests, the same for the same seed; none where the contract leaves no room.

    Made by schemathesis, which is imported here and not before: it takes its time.
    """
    import hypothesis
    import schemathesis
    from hypothesis.errors import Unsatisfiable

    document = narrowed(operation, is_negative=kind == "invalid")
    api = schemathesis.openapi.from_dict(document)[operation.path][operation.method]
    modes = schemathesis.GenerationMode
    strategy = api.as_strategy(generation_mode=modes.POSITIVE if kind == "valid" else modes.NEGATIVE)
    found: dict[tuple[str, bytes], Draft] = {}

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def collect(case: Any) -> None:
        draft = _written(operation, kind, case)
        found.setdefault((draft.target, draft.content), replace(draft, seed=seed, number=len(found)))

    try:
        collect()
    except Unsatisfiable:
        return ()
    return tuple(found.values())[:count]


def _written(operation: Operation, kind: Kind, case: Any) -> Draft:
    """The octets of a case of schemathesis, as it would send them."""
    import requests

    case.body = _whole(case.body)
    prepared = requests.Request(**case.as_transport_kwargs(base_url=_ANYWHERE)).prepare()
    parts = urlsplit(prepared.url or "")
    target = (parts.path if parts.path != "/" else "") + (f"?{parts.query}" if parts.query else "")
    body = prepared.body or b""
    trace = {name: value for name, value in (case.headers or {}).items() if name.lower() in ("traceparent", "if-match")}
    return Draft(
        operation,
        kind,
        target,
        body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass"),
        str(case.media_type or "") or (FHIR_JSON if body else ""),
        trace,
    )


def _whole(value: Any) -> Any:
    """JSON schema takes 3.0 for an integer, FHIR does not."""
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value
