"""CH:MHD-1: metadata that may change are updated (CH EPR FHIR 5.0.0)."""

import pytest

from conformance.fhir.shelf import Shelf
from fixtures.checks.expect import expect
from fixtures.epr.ebrim import DELETION_REQUESTED
from fixtures.epr.fhir_documents import attachment_of, update_all
from fixtures.epr.fhir_json import values
from fixtures.epr.fhir_metadata import DELETION_STATUS, SNOMED, deletion_extension, facts
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("CH:MHD-1", "ITI-65", "ITI-67")
RESTRICTED = [{"coding": [{"system": SNOMED, "code": "263856008"}]}]
TITLE = "content[0].attachment.title"


@requirement("FHIR-CHMHD1-001", "FHIR-CHMHD1-004")
def test_a_patient_changes_the_confidentiality(shelf: Shelf) -> None:
    published = shelf.publish()
    before = shelf.resource(published)
    reply = shelf.send(shelf.update(before).with_value("securityLabel", RESTRICTED))
    expect(reply).is_ok().is_a("DocumentReference").reads("id", shelf.id_of(published))
    expect(reply).reads("securityLabel.coding.code", "263856008")
    now = facts(shelf.resource(published))["confidentialityCode"]
    expect(reply).meets(now == (f"263856008 ({SNOMED})",), "the new label in ITI-67", now)


@requirement("FHIR-CHMHD1-002")
def test_a_professional_changes_the_title(shelf: Shelf) -> None:
    published = shelf.publish(role="HCP")
    before = shelf.resource(published, role="HCP")
    reply = shelf.send(shelf.update(before, "HCP").with_value(TITLE, "Autre titre – été"))
    expect(reply).is_ok()
    now = attachment_of(shelf.resource(published)).get("title")
    expect(reply).meets(now == "Autre titre – été", "the new title in ITI-67", now)


@requirement("FHIR-CHMHD1-003")
def test_a_patient_asks_for_deletion(shelf: Shelf) -> None:
    published = shelf.publish()
    before = shelf.resource(published)
    others = [one for one in before.get("extension", []) if one.get("url") != DELETION_STATUS]
    wanted = [*others, deletion_extension(DELETION_REQUESTED)]
    expect(shelf.send(shelf.update(before).with_value("extension", wanted, "deletion requested"))).is_ok()
    now = facts(shelf.resource(published))["deletionStatus"]
    expect(shelf.search()).meets(now == (DELETION_REQUESTED,), DELETION_REQUESTED, now)


@requirement("FHIR-CHMHD1-004")
def test_what_is_sent_back_unchanged_is_taken(shelf: Shelf) -> None:
    published = shelf.publish()
    before = shelf.resource(published)
    reply = shelf.send(shelf.update(before))
    expect(reply).is_ok().is_a("DocumentReference").reads("id", shelf.id_of(published))


@requirement("FHIR-CHMHD1-010")
def test_two_documents_are_updated_at_once(shelf: Shelf) -> None:
    known = [shelf.publish(content=b"%%PDF-1.4 %d" % number) for number in range(2)]
    call = update_all([shelf.resource(one) for one in known], token=shelf.token())
    reply = shelf.send(call.with_value(f"entry[*].resource.{TITLE}", "Nouveau"))
    expect(reply).is_ok().is_a("Bundle").reads("type", "transaction-response").has("entry", times=2)
    titles = [attachment_of(shelf.resource(one)).get("title") for one in known]
    expect(reply).meets(titles == ["Nouveau", "Nouveau"], "both titles changed", titles)


@requirement("FHIR-CHMHD1-010")
def test_two_updates_are_done_together_or_not_at_all(shelf: Shelf) -> None:
    known = [shelf.publish(content=b"%%PDF-1.4 %d" % number) for number in range(2)]
    before = [shelf.resource(one) for one in known]
    call = update_all(before, token=shelf.token()).with_value(f"entry[*].resource.{TITLE}", "Nouveau")
    call = call.with_value("entry[1].resource.content[0].attachment.size", 1, "a size that is not its own")
    reply = shelf.send(call)
    expect(reply).is_refused(422, 400, 409, 412)
    shelf.unchanged(reply, known[0], before[0])
    shelf.unchanged(reply, known[1], before[1])


@requirement("FHIR-CHMHD1-014")
def test_a_stale_version_is_refused_or_versions_are_not_kept(shelf: Shelf) -> None:
    published = shelf.publish()
    before = shelf.resource(published)
    current = shelf.update(before).with_value(TITLE, "Nouveau")
    shelf.community.fhir.accepted(current)
    stale = shelf.update(before).with_header("If-Match", 'W/"no-such-version"')
    reply = shelf.send(stale.with_value(TITLE, "Ancien"))
    keeps = bool(values(shelf.resource(published), "meta.versionId"))
    expect(reply).meets(reply.status == 412 or not keeps or reply.status == 409, "HTTP 412", reply.says)
