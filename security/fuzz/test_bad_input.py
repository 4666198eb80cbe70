"""Bodies nobody should have to read: a valid request with one change, for every transaction that takes a body."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.rest import FHIR_XML, RestReply
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
    "single-quotes": lambda body: body.replace(b'"', b"'"),
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
MEGABYTES = 100
MEDIA_TYPES = ("text/plain", "application/octet-stream", "application/pdf", "multipart/form-data; boundary=x", "x")


def _with(body: bytes, **members: Any) -> bytes:
    return json.dumps({**json.loads(body), **members}).encode()


def each(*, is_bundle: bool = False) -> pytest.MarkDecorator:
    """The operations that take a resource (POST [base]: a Bundle); one of each transaction and type is enough."""
    taking = [
        one for one in operations() if one.method in ("POST", "PUT") and not one.path.endswith(("_search", "token"))
    ]
    chosen = [one for one in taking if (one.branch >= 0) is is_bundle or not is_bundle]
    atomic = [one for one in chosen if one.transaction != "ITI-20" or not is_bundle]
    cases = [pytest.param(one, id=one.id, marks=pytest.mark.transaction(one.transaction)) for one in atomic]
    return pytest.mark.parametrize("operation", cases)


@pytest.fixture(scope="module")
def scene(community: Community) -> Scene:
    return Scene(community)


def valid(scene: Scene, operation: Operation) -> Draft:
    """A request of this operation that is right, with an id of its own."""
    return scene.prepared(next(draft for draft in reversed(stored(operation)) if draft.kind == "valid"))


def sent(scene: Scene, draft: Draft) -> RestReply:
    """The answer; nothing must be stored, and nothing of the inside be shown."""
    shot = watched(
        scene,
        replace(draft, kind="invalid"),
        (),
    )
    stays_whole(shot)
    leaves_nothing(shot)
    assert shot.reply is not None
    return shot.reply


def changed(draft: Draft, change: Change) -> Draft:
    return replace(draft, content=change(draft.content))


@requirement("FHIR-GEN-018", "FHIR-GEN-031")
@pytest.mark.parametrize("change", NO_JSON)
@each()
def test_what_is_no_json_is_refused(scene: Scene, operation: Operation, change: str) -> None:
    reply = sent(scene, changed(valid(scene, operation), NO_JSON[change]))
    expect(reply).is_refused(400, usual=["structure", "invalid"], tolerated=[422])


@requirement("FHIR-GEN-018", "FHIR-GEN-031")
@pytest.mark.parametrize("change", NO_RESOURCE)
@each()
def test_what_is_no_resource_is_refused(scene: Scene, operation: Operation, change: str) -> None:
    reply = sent(scene, changed(valid(scene, operation), NO_RESOURCE[change]))
    expect(reply).is_refused(400, 422, usual=["structure", "invalid", "required", "not-supported"])


@requirement("FHIR-GEN-026")
@pytest.mark.parametrize("change", HUGE)
@each()
def test_what_costs_much_to_read_is_refused(scene: Scene, operation: Operation, change: str) -> None:
    reply = sent(scene, changed(valid(scene, operation), HUGE[change]))
    expect(reply).is_refused(400, 413, 422)


@requirement("FHIR-GEN-026")
@pytest.mark.transaction("ITI-119")
def test_a_hundred_megabytes_are_refused(scene: Scene) -> None:
    draft = valid(scene, next(one for one in operations() if one.transaction == "ITI-119"))
    padding = b" " * (MEGABYTES * 1_000_000)
    reply = sent(scene, changed(draft, lambda body: body + padding))
    expect(reply).is_refused(413, 400, usual=["too-long", "too-costly"])


@requirement("FHIR-GEN-033")
@each()
def test_a_name_that_stands_twice_is_refused(scene: Scene, operation: Operation) -> None:
    draft = valid(scene, operation)
    reply = sent(scene, changed(draft, lambda body: b'{"resourceType": "Basic", ' + body.lstrip()[1:]))
    expect(reply).is_refused(400, 422)


@requirement("FHIR-GEN-017", "FHIR-GEN-031")
@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@each()
def test_an_unsupported_media_type_is_refused(scene: Scene, operation: Operation, media_type: str) -> None:
    reply = sent(scene, replace(valid(scene, operation), content_type=media_type))
    expect(reply).is_refused(415, 400, usual=["not-supported", "structure", "invalid"])


@requirement("FHIR-GEN-018", "FHIR-GEN-031")
@each()
def test_json_that_is_called_xml_is_refused(scene: Scene, operation: Operation) -> None:
    reply = sent(scene, replace(valid(scene, operation), content_type=FHIR_XML))
    expect(reply).is_refused(400, usual=["structure", "invalid"], tolerated=[415, 422])


@requirement("FHIR-GEN-026")
@each()
def test_an_unknown_parameter_breaks_nothing(scene: Scene, operation: Operation) -> None:
    draft = valid(scene, operation)
    mark = "&" if "?" in draft.target else "?"
    shot = watched(scene, replace(draft, target=f"{draft.target}{mark}unknown=%00&%E2%82%AC=1&="), ())
    stays_whole(shot)
    leaves_nothing(shot)


@requirement("FHIR-GEN-031")
@pytest.mark.parametrize("place", ["first", "last"])
@each(is_bundle=True)
def test_a_broken_entry_keeps_the_whole_bundle_out(scene: Scene, operation: Operation, place: str) -> None:
    bundle = valid(scene, operation)
    draft = bundle.with_resource(_with_broken_entry(bundle.resource, 0 if place == "first" else None))
    expect(sent(scene, draft)).is_refused()


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


@requirement("FHIR-GEN-018", "FHIR-GEN-031")
@each()
def test_members_of_another_type_are_refused(scene: Scene, operation: Operation) -> None:
    for wrong in list(wrong_types(valid(scene, operation).resource))[:4]:
        reply = sent(scene, valid(scene, operation).with_resource(wrong))
        expect(reply).is_refused(400, 422)
