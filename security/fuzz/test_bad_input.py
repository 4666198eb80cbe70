"""Bodies nobody should have to read: a valid request with one change, for every transaction that takes a body."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community
from fixtures.epr.rest import FHIR_XML
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement
from security.fuzz.contract import Operation, operations
from security.fuzz.drafts import Draft
from security.fuzz.scene import Scene
from security.fuzz.shots import leaves_nothing, stays_whole, watched
from security.fuzz.store import stored

Change = Callable[[bytes], bytes]
DEEP = 10_000
NO_JSON: dict[str, Change] = {
    "text": lambda _: b"Patient",
    "half": lambda body: body[: len(body) // 2],
    "two-documents": lambda body: body + body,
    "trailing-comma": lambda body: body[:-1] + b",}",
    "not-utf-8": lambda body: body.replace(b'"resourceType"', b'"\xff\xfe": 1, "resourceType"', 1),
    "number-too-large": lambda body: body[:-1] + b', "x": 1e999}',
    "not-a-number": lambda body: body[:-1] + b', "x": NaN}',
}
NO_RESOURCE: dict[str, Change] = {
    "list": lambda body: b"[" + body + b"]",
    "string": lambda _: b'"Patient"',
    "null": lambda _: b"null",
    "empty-object": lambda _: b"{}",
    "type-is-a-number": lambda body: _with(body, resourceType=1),
    "type-is-unknown": lambda body: _with(body, resourceType="Patients"),
}
HUGE: dict[str, Change] = {
    "deep-lists": lambda body: body[:-1] + b', "x": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep-objects": lambda body: body[:-1] + b', "x": ' + b'{"x":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "many-elements": lambda body: body[:-1] + b', "x": [' + b"1," * 1_000_000 + b"1]}",
    "long-number": lambda body: body[:-1] + b', "x": ' + b"9" * 100_000 + b"}",
}
PARAMETERS = {
    "unknown": "unknown=1",
    "other-letters": "%E2%82%AC=%E2%82%AC",
    "nul": "unknown=%00",
    "not-utf-8": "unknown=%FF",
    "nameless": "&=&",
}
MEGABYTES = 100
MEDIA_TYPES = ("text/plain", "multipart/form-data; boundary=x", "x")


def _with(body: bytes, **members: Any) -> bytes:
    return json.dumps({**json.loads(body), **members}).encode()


def each(*, is_bundle: bool = False) -> pytest.MarkDecorator:
    """The operations that take a resource, one for each transaction; ``is_bundle``: those that take a whole.

    ITI-20 takes a batch, of which each entry stands for itself.
    """
    taking = [
        one for one in operations() if one.method in ("POST", "PUT") and not one.path.endswith(("_search", "token"))
    ]
    chosen = {(one.transaction, one.branch >= 0): one for one in reversed(taking)}
    wanted = [one for one in chosen.values() if not is_bundle or (one.branch >= 0 and one.transaction != "ITI-20")]
    cases = [pytest.param(one, id=one.id, marks=pytest.mark.transaction(one.transaction)) for one in wanted]
    return pytest.mark.parametrize("operation", cases)


@dataclass(frozen=True)
class Source:
    """Gives valid requests, of each operation one that was taken before."""

    scene: Scene
    _taken: dict[str, Draft] = field(default_factory=dict)

    def valid(self, operation: Operation) -> Draft:
        """The request that was taken, with ids of its own; Inconclusive where none is taken."""
        if operation.id not in self._taken:
            self._taken[operation.id] = self._try(operation)
        return self.scene.prepared(self._taken[operation.id])

    def _try(self, operation: Operation) -> Draft:
        said = "there is none"
        for draft in reversed(stored(operation)):
            if draft.kind == "valid" and not draft.headers.get("If-Match") and b'"DELETE"' not in draft.content:
                reply = self.scene.send(self.scene.prepared(draft))
                if reply.status < 300:
                    return draft
                said = reply.says
        raise Inconclusive(Reason.BASELINE_REFUSED, f"no valid request of {operation.id} was taken: {said}")

    def sent(self, draft: Draft) -> RestReply:
        """The answer; nothing must be stored, and nothing of the inside be shown."""
        shot = watched(self.scene, replace(draft, kind="invalid"), ())
        stays_whole(shot)
        leaves_nothing(shot)
        assert shot.reply is not None
        return shot.reply


@pytest.fixture(scope="module")
def source(community: Community) -> Source:
    return Source(Scene(community))


def changed(draft: Draft, change: Change) -> Draft:
    return replace(draft, content=change(draft.content))


@requirement("FHIR-GEN-018", "FHIR-GEN-031")
@pytest.mark.parametrize("change", NO_JSON)
@each()
def test_what_is_no_json_is_refused(source: Source, operation: Operation, change: str) -> None:
    reply = source.sent(changed(source.valid(operation), NO_JSON[change]))
    expect(reply).is_refused(400, usual=["structure", "invalid"], tolerated=[422])


@requirement("FHIR-GEN-018", "FHIR-GEN-031")
@pytest.mark.parametrize("change", NO_RESOURCE)
@each()
def test_what_is_no_resource_is_refused(source: Source, operation: Operation, change: str) -> None:
    reply = source.sent(changed(source.valid(operation), NO_RESOURCE[change]))
    expect(reply).is_refused(400, 422, usual=["structure", "invalid", "required", "not-supported"])


@requirement("FHIR-GEN-026")
@pytest.mark.parametrize("change", HUGE)
@each()
def test_what_costs_much_to_read_is_refused(source: Source, operation: Operation, change: str) -> None:
    reply = source.sent(changed(source.valid(operation), HUGE[change]))
    expect(reply).is_refused(400, 413, 422)


@requirement("FHIR-GEN-026")
@pytest.mark.transaction("ITI-119")
def test_a_hundred_megabytes_are_refused(source: Source) -> None:
    draft = source.valid(next(one for one in operations() if one.transaction == "ITI-119"))
    padding = b" " * (MEGABYTES * 1_000_000)
    reply = source.sent(changed(draft, lambda body: body + padding))
    expect(reply).is_refused(413, 400, usual=["too-long", "too-costly"])


@requirement("FHIR-GEN-033")
@each()
def test_a_name_that_stands_twice_is_refused(source: Source, operation: Operation) -> None:
    draft = source.valid(operation)
    reply = source.sent(changed(draft, lambda body: b'{"resourceType": "Basic", ' + body.lstrip()[1:]))
    expect(reply).is_refused(400, 422)


@requirement("FHIR-GEN-017", "FHIR-GEN-031")
@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@each()
def test_an_unsupported_media_type_is_refused(source: Source, operation: Operation, media_type: str) -> None:
    reply = source.sent(replace(source.valid(operation), content_type=media_type))
    expect(reply).is_refused(415, 400, usual=["not-supported", "structure", "invalid"])


@requirement("FHIR-GEN-018", "FHIR-GEN-031")
@each()
def test_json_that_is_called_xml_is_refused(source: Source, operation: Operation) -> None:
    reply = source.sent(replace(source.valid(operation), content_type=FHIR_XML))
    expect(reply).is_refused(400, usual=["structure", "invalid"], tolerated=[415, 422])


@requirement("FHIR-GEN-026")
@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
@each()
def test_an_unknown_parameter_breaks_nothing(source: Source, operation: Operation, parameter: str) -> None:
    draft = source.valid(operation)
    mark = "&" if "?" in draft.target else "?"
    shot = watched(source.scene, replace(draft, target=f"{draft.target}{mark}{parameter}"), ())
    stays_whole(shot)
    leaves_nothing(shot)


@requirement("FHIR-GEN-031")
@pytest.mark.parametrize("place", ["first", "last"])
@each(is_bundle=True)
def test_a_broken_entry_keeps_the_whole_bundle_out(source: Source, operation: Operation, place: str) -> None:
    bundle = source.valid(operation)
    draft = bundle.with_resource(_with_broken_entry(bundle.resource, 0 if place == "first" else None))
    expect(source.sent(draft)).is_refused()


def _with_broken_entry(bundle: dict[str, Any], place: int | None) -> dict[str, Any]:
    """Beside its own entries one that is like the first, with nothing in its resource but the type."""
    entries = list(bundle["entry"])
    kind = entries[0].get("resource", {"resourceType": "Consent"})["resourceType"]
    broken = {
        **entries[0],
        "fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000009",
        "resource": {"resourceType": kind},
    }
    entries.insert(len(entries) if place is None else place, broken)
    return {**bundle, "entry": entries}


def wrong_types(value: Any) -> Iterator[Any]:
    """The value with each of its members of another JSON type."""
    for name, item in value.items():
        if name != "resourceType":
            yield {**value, name: 7 if not isinstance(item, int) or isinstance(item, bool) else "seven"}


@requirement("FHIR-GEN-032", "FHIR-GEN-031")
@each()
def test_members_of_another_type_are_refused(source: Source, operation: Operation) -> None:
    for wrong in list(wrong_types(source.valid(operation).resource))[:4]:
        reply = source.sent(source.valid(operation).with_resource(wrong))
        expect(reply).is_refused(400, 422)
