"""ITI-68: the octets behind attachment.url, and who gets them (IHE MHD 4.2.3 2:3.68; CH EPR FHIR 5.0.0)."""

import base64
import hashlib
from collections.abc import Callable

import pytest

from conformance.fhir.shelf import Shelf
from fixtures.checks.expect import expect
from fixtures.epr.fhir_documents import attachment_of
from fixtures.epr.fhir_metadata import new_url
from fixtures.epr.rest import Call
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-68", "ITI-65", "ITI-67")
CONTENT = b"%PDF-1.4\r\nsecret of the patient \x00\xff\r\n"


@requirement("FHIR-ITI68-001")
def test_a_document_comes_back_octet_for_octet(shelf: Shelf) -> None:
    published = shelf.publish(content=CONTENT)
    told = attachment_of(shelf.resource(published))
    reply = shelf.send(shelf.retrieval(published))
    digest = base64.b64encode(hashlib.sha1(reply.body, usedforsecurity=False).digest()).decode()
    expect(reply).is_ok().meets(reply.body == CONTENT, "the octets that were sent", f"{len(reply.body)} octets")
    expect(reply).meets(
        (digest, len(reply.body)) == (told.get("hash"), told.get("size")), "hash and size as told", told
    )


@requirement("FHIR-ITI68-002")
@pytest.mark.parametrize("accept", ["*/*", "application/pdf"])
def test_the_content_type_is_that_of_the_attachment(shelf: Shelf, accept: str) -> None:
    published = shelf.publish()
    reply = shelf.send(shelf.retrieval(published, accept=accept))
    expect(reply).is_ok().meets(
        reply.content_type.startswith(published.entry.mime_type), published.entry.mime_type, reply.content_type
    )


@requirement("FHIR-ITI68-005")
def test_a_format_that_is_not_there_is_refused_or_passed_over(shelf: Shelf) -> None:
    published = shelf.publish()
    reply = shelf.send(shelf.retrieval(published, accept="image/png"), baseline=shelf.retrieval(published))
    expect(reply).prefers(reply.status == 406, "HTTP 406", reply.says)
    as_registered = reply.status == 200 and reply.content_type.startswith(published.entry.mime_type)
    expect(reply).meets(reply.status == 406 or as_registered, "HTTP 406, or the registered type", reply.says)


@requirement("FHIR-ITI68-004")
def test_a_superseded_document_is_there_or_gone(shelf: Shelf) -> None:
    old = shelf.publish()
    shelf.publish(relates=[shelf.relation("replaces", old)])
    reply = shelf.send(shelf.retrieval(old))
    expect(reply).meets(reply.status in (200, 404, 410), "HTTP 410 or 404, or the document", reply.says)
    expect(reply).meets(reply.status != 200 or reply.body == old.content, "the octets that were sent", reply.says)


def _changed(url: str, id_: str, other: str) -> str:
    """The URL with another id: where the id stands, else at its end."""
    return url.replace(id_, other) if id_ and id_ in url else f"{url[:-4]}0000"


@requirement("FHIR-ITI68-003")
def test_an_unknown_url_is_not_found(shelf: Shelf) -> None:
    published = shelf.publish()
    call, id_ = shelf.retrieval(published), shelf.id_of(published)
    unknown = _changed(call.path, id_, new_url().removeprefix("urn:uuid:"))
    reply = shelf.send(call.with_path(unknown, "a changed identifier"), baseline=call)
    expect(reply).is_refused(404, tolerated=[400, 403, 410])


@requirement("FHIR-ITI68-006")
def test_a_post_is_no_retrieval(shelf: Shelf) -> None:
    call = shelf.retrieval(shelf.publish(content=CONTENT))
    reply = shelf.send(call.with_method("POST"), baseline=call)
    expect(reply).is_refused(403, 404, 405, tolerated=[400, 401, 415, 422, 501]).discloses_nothing([CONTENT])


TRICKS: dict[str, Callable[[str], str]] = {
    "path traversal": lambda url: f"{url}/../../metadata",
    "encoded slashes": lambda url: f"{url}%2f..%2f..%2fetc%2fpasswd",
    "something behind": lambda url: f"{url}'--",
    "a wildcard": lambda url: f"{url.rpartition('/')[0]}/*",
}


@requirement("FHIR-ITI68-007")
@pytest.mark.parametrize("trick", TRICKS)
def test_a_manipulated_url_leads_nowhere(shelf: Shelf, trick: str) -> None:
    call = shelf.retrieval(shelf.publish(content=CONTENT))
    raw = TRICKS[trick](call.path)
    changed = Call("ITI-68", "GET", raw, headers=dict(call.headers), token=call.token, changes=(trick,))
    reply = shelf.send(changed, baseline=call)
    # what is left of the URL may lead to the capabilities, or to the document it was for
    leads = reply.status == 200 and (reply.kind == "CapabilityStatement" or reply.body == CONTENT)
    expect(reply).meets(leads or reply.status in (400, 401, 403, 404, 405), "HTTP 401, 403 or 404", reply.says)
