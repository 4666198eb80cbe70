"""ITI-65: what must be taken, and what becomes of it (IHE MHD 4.2.3 2:3.65; CH EPR FHIR 5.0.0)."""

import base64
import hashlib

import pytest

from conformance.fhir.shelf import ANY, ATTACHMENT, Shelf
from fixtures.checks.expect import expect
from fixtures.epr.ebrim import DELETION_NOT_REQUESTED, DELETION_PROHIBITED, DELETION_REQUESTED
from fixtures.epr.fhir_documents import attachment_of, supersede
from fixtures.epr.fhir_json import values
from fixtures.epr.fhir_metadata import facts
from fixtures.suite import requirement, transaction

pytestmark = pytest.mark.transaction("ITI-65")


@requirement("FHIR-ITI65-001")
@transaction("ITI-67", "ITI-68")
def test_a_document_is_published_found_and_retrieved(shelf: Shelf) -> None:
    published = shelf.publish()
    expect(published.reply).is_ok().is_a("Bundle")
    got = shelf.send(shelf.retrieval(published))
    expect(got).is_ok().meets(got.body == published.content, "the octets that were sent", f"{len(got.body)} octets")


@requirement("FHIR-ITI65-002")
@pytest.mark.parametrize("is_reversed", [False, True], ids=["list-first", "list-last"])
def test_the_answer_has_an_entry_for_each_entry_in_the_same_order(shelf: Shelf, is_reversed: bool) -> None:
    sent = shelf.provision(shelf.paper(), shelf.paper()).call
    call = sent.changed("entries in the other order", lambda bundle: bundle["entry"].reverse()) if is_reversed else sent
    reply = shelf.send(call)
    asked = values(call.resource, "entry[*].resource.resourceType")
    told = [str(one).split("/") for one in values(reply.resource or {}, "entry[*].response.location")]
    in_order = len(asked) == len(told) and all(kind in steps for kind, steps in zip(asked, told, strict=False))
    expect(reply).is_ok().meets(in_order, f"locations of {', '.join(asked)}", told)


@requirement("FHIR-ITI65-003")
@transaction("ITI-67")
def test_the_location_of_a_document_reference_can_be_read(shelf: Shelf) -> None:
    published = shelf.publish()
    expect(published.reply).has("entry.response.where(status.startsWith('201') and location.exists())", times=3)
    id_ = shelf.id_of(published)
    locations = values(published.reply.resource or {}, "entry[*].response.location")
    ends = [str(one) for one in locations if f"DocumentReference/{id_}" in str(one)]
    expect(published.reply).meets(len(ends) == 1, f"a location DocumentReference/{id_}", locations)


@requirement("FHIR-ITI65-004")
@transaction("ITI-67")
def test_several_documents_are_published_at_once(shelf: Shelf) -> None:
    one, two = shelf.paper(content=b"%PDF-1.4 one"), shelf.paper(content=b"%PDF-1.4 two")
    published = shelf.publish(one, two)
    found, wanted = shelf.found(), sorted((one.entry.unique_id, two.entry.unique_id))
    expect(published.reply).meets(found == wanted, f"both documents: {wanted}", found)


@requirement("FHIR-ITI67-024")
@transaction("ITI-67")
def test_metadata_are_told_as_they_were_published(shelf: Shelf) -> None:
    sent = shelf.provision(title="Rapport – Zürich «été»", comments="Rien à signaler", deletion_status="")
    shelf.community.fhir.accepted(lambda: sent.call)
    wanted, got = facts(values(sent.call.resource, "entry[1].resource")[0]), facts(shelf.resource(sent.papers[0]))
    # what was not sent may be added, and the entryUUID is the registry's to give
    sent_ones = {name: value for name, value in wanted.items() if value and name != "entryUUID"}
    differ = {name: (value, got[name]) for name, value in sent_ones.items() if got[name] != value}
    expect(shelf.search()).meets(not differ, "the metadata that were sent", differ)


@requirement("FHIR-ITI65-019", "FHIR-ITI65-035")
@transaction("ITI-67")
@pytest.mark.parametrize("role", ["HCP", "PAT", "TCU", "ASS"])
def test_who_may_publish_does_with_his_own_role(shelf: Shelf, role: str) -> None:
    sent = shelf.provision(role=role)
    reply = shelf.send(sent.call)
    expect(reply).is_ok()
    got = facts(shelf.resource(sent.papers[0]))["originalProviderRole"]
    expect(reply).meets(got == (role,), role, got)


@requirement("FHIR-ITI65-019")
@transaction("ITI-67", "PPQ-1")
def test_a_representative_publishes_with_his_own_role(shelf: Shelf) -> None:
    shelf.community.appoint_representative(shelf.patient)
    published = shelf.publish(role="REP")
    got = facts(shelf.resource(published))["originalProviderRole"]
    expect(published.reply).is_ok().meets(got == ("REP",), "REP", got)


@requirement("FHIR-ITI65-021")
@transaction("ITI-67")
@pytest.mark.parametrize("status", [DELETION_NOT_REQUESTED, DELETION_PROHIBITED, DELETION_REQUESTED])
def test_each_deletion_status_is_kept(shelf: Shelf, status: str) -> None:
    published = shelf.publish(deletion_status=status)
    got = facts(shelf.resource(published))["deletionStatus"]
    expect(published.reply).is_ok().meets(got == (status,), status, got)


@requirement("FHIR-ITI65-030")
@transaction("ITI-67")
def test_hash_and_size_may_be_left_to_the_recipient(shelf: Shelf) -> None:
    sent = shelf.provision()
    reply = shelf.send(sent.call.without(f"{ATTACHMENT}.hash").without(f"{ATTACHMENT}.size"))
    expect(reply).is_ok()
    content = sent.papers[0].content
    digest = base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    told = attachment_of(shelf.resource(sent.papers[0]))
    computed = (told.get("hash"), told.get("size")) == (digest, len(content))
    expect(reply).meets(computed, f"hash {digest}, size {len(content)}", told)


@requirement("FHIR-ITI65-032")
@transaction("ITI-67")
@pytest.mark.parametrize("has_patch", [False, True], ids=["without-patch", "with-patch"])
def test_a_replaced_document_is_superseded(shelf: Shelf, has_patch: bool) -> None:
    old = shelf.publish()
    new = shelf.provision(relates=[shelf.relation("replaces", old)])
    patched = new.call.with_item("entry", supersede(shelf.id_of(old)), "with the PATCH of the old one")
    call = patched if has_patch else new.call
    reply = shelf.send(call)
    expect(reply).is_ok()
    told = [facts(one)["status"] for one in (shelf.resource(old), shelf.resource(new.papers[0]))]
    expect(reply).meets(told == [("superseded",), ("current",)], "old superseded, new current", told)


@requirement("FHIR-ITI65-001")
@transaction("ITI-67")
def test_a_submission_in_xml_is_one_like_in_json(shelf: Shelf) -> None:
    sent = shelf.provision()
    reply = shelf.send(sent.call.in_xml())
    found = shelf.found(status=ANY)
    expect(reply).is_ok().meets(found == [sent.entry.unique_id], sent.entry.unique_id, found)
