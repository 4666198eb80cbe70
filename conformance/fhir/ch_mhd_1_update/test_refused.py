"""CH:MHD-1: what must not change, and who may not change it; a refused update changes nothing."""

from collections.abc import Callable

import pytest

from conformance.fhir.shelf import ANY, Shelf
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.client.records import NORMAL as NORMAL_LEVEL
from fixtures.client.records import right
from fixtures.epr.ebrim import RESTRICTED, SECRET
from fixtures.epr.fhir_documents import update_all
from fixtures.epr.fhir_metadata import PROVIDER_ROLE, SNOMED, new_url, role_extension
from fixtures.epr.fhir_patients import SPID_SYSTEM
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.epr.valuesets import Code
from fixtures.suite import requirement, transaction

pytestmark = pytest.mark.transaction("CH:MHD-1", "ITI-65", "ITI-67")
TITLE = "content[0].attachment.title"
ATTACHMENT = "content[0].attachment"
CHANGES = {
    "hash": "ASMlM0XJBjNlpbixgAM5sdNZ0gY=",
    "size": 1,
    "contentType": "text/plain",
    "creation": "2001-02-03T04:05:06Z",
}


def says(reply: RestReply, code: str, *, beside: tuple[int, ...] = ()) -> None:
    """Refused as the guide says: error, processing, details.text; ``beside``: statuses that need no code."""
    if reply.status in beside:
        expect(reply).is_refused(*beside)
        return
    expect(reply).is_refused(422, 400, 409, 412, codes=["processing"])
    told = [issue.text for issue in reply.issues]
    expect(reply).meets(any(code in text for text in told), code, told, "OperationOutcome.issue.details.text")


def refused(shelf: Shelf, change: Callable[[Call], Call]) -> RestReply:
    """One change that is not allowed beside one that is: refused, and neither is made."""
    published = shelf.publish()
    before = shelf.resource(published)
    call = change(shelf.update(before).with_value(TITLE, "Nouveau titre"))
    reply = shelf.send(call, baseline=shelf.update(before))
    shelf.unchanged(reply, published, before)
    return reply


@requirement("FHIR-CHMHD1-005", "FHIR-CHMHD1-009")
def test_the_unique_id_must_not_change(shelf: Shelf) -> None:
    reply = refused(shelf, lambda call: call.with_value("masterIdentifier.value", "urn:oid:2.999.1.2.3"))
    says(reply, "XDSMetadataIdentifierError")


@requirement("FHIR-CHMHD1-005")
def test_the_entry_uuid_must_not_change(shelf: Shelf) -> None:
    reply = refused(shelf, lambda call: call.with_value("identifier[use=official].value", new_url()))
    says(reply, "XDSMetadataIdentifierError")


@requirement("FHIR-CHMHD1-006")
def test_the_patient_must_not_change(shelf: Shelf) -> None:
    other = shelf.community.record().spid
    identifier = {"system": SPID_SYSTEM, "value": other}
    reply = refused(shelf, lambda call: call.with_value("subject.identifier", identifier, "another patient"))
    says(reply, "XDSPatientIDReconciliationError", beside=(401, 403))


@requirement("FHIR-CHMHD1-007", "FHIR-CHMHD1-009")
@pytest.mark.parametrize("name", CHANGES)
def test_what_describes_the_octets_must_not_change(shelf: Shelf, name: str) -> None:
    reply = refused(shelf, lambda call: call.with_value(f"{ATTACHMENT}.{name}", CHANGES[name]))
    says(reply, "UnmodifiableMetadataError")


@requirement("FHIR-CHMHD1-008")
def test_original_provider_role_must_not_change(shelf: Shelf) -> None:
    path = f"extension[url={PROVIDER_ROLE}]"
    reply = refused(shelf, lambda call: call.with_value(path, role_extension("TCU"), "another role"))
    says(reply, "UnmodifiableMetadataError")


@requirement("FHIR-CHMHD1-008")
def test_original_provider_role_must_not_be_taken_away(shelf: Shelf) -> None:
    reply = refused(shelf, lambda call: call.without(f"extension[url={PROVIDER_ROLE}]"))
    expect(reply).is_refused(422, 400, 409, 412)


@requirement("FHIR-CHMHD1-011")
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_bundle_with_another_method_than_put_is_refused(shelf: Shelf, method: str) -> None:
    known = [shelf.publish(content=b"%%PDF-1.4 %d" % number) for number in range(2)]
    before = [shelf.resource(one) for one in known]
    valid = update_all(before, token=shelf.token())
    call = valid.with_value(f"entry[*].resource.{TITLE}", "Nouveau").with_value("entry[1].request.method", method)
    reply = shelf.send(call, baseline=valid)
    expect(reply).is_refused(422, 400, 403, 405, 409, 412)
    shelf.unchanged(reply, known[0], before[0])


@requirement("FHIR-CHMHD1-012")
def test_an_unknown_id_makes_no_document(shelf: Shelf) -> None:
    before = shelf.resource(shelf.publish())
    unknown = new_url().removeprefix("urn:uuid:")
    call = shelf.update({**before, "id": unknown})
    reply = shelf.send(call, baseline=shelf.update(before))
    expect(reply).is_refused(404, 405, 400, 403, 422)
    found = shelf.found(status=ANY)
    expect(reply).meets(len(found) == 1, "the one document there was", found)


@requirement("FHIR-CHMHD1-013")
def test_a_body_without_id_is_refused(shelf: Shelf) -> None:
    reply = refused(shelf, lambda call: call.without("id"))
    expect(reply).is_refused(400, 422, usual=["invalid", "required", "value", "invariant"])


@requirement("FHIR-CHMHD1-013")
def test_a_body_with_another_id_is_refused(shelf: Shelf) -> None:
    reply = refused(shelf, lambda call: call.with_value("id", new_url().removeprefix("urn:uuid:")))
    expect(reply).is_refused(400, 422, usual=["invalid", "value", "invariant"])


@requirement("FHIR-CHMHD1-015")
@transaction("PPQ-1")
def test_a_professional_without_right_updates_nothing(community: Community) -> None:
    shelf = Shelf(community, community.record([]))
    published = shelf.publish()
    before = shelf.resource(published)
    call = shelf.update(before, "HCP").with_value(TITLE, "Nouveau")
    reply = shelf.send(call, baseline=shelf.update(before))
    expect(reply).is_refused(401, 403, 404)
    shelf.unchanged(reply, published, before)


@requirement("FHIR-CHMHD1-015", "POL-ENF-018")
@transaction("PPQ-1")
@pytest.mark.parametrize("level", [RESTRICTED, SECRET], ids=["restricted", "secret"])
def test_a_document_above_the_level_of_a_professional_is_not_updated(community: Community, level: Code) -> None:
    shelf = Shelf(community, community.record([right(community.user("HCP").gln, NORMAL_LEVEL)]))
    published = shelf.publish(confidentiality_codes=(level,))
    before = shelf.resource(published)
    label = [{"coding": [{"system": SNOMED, "code": "17621005"}]}]
    call = shelf.update(before, "HCP").with_value("securityLabel", label)
    reply = shelf.send(call, baseline=shelf.update(before))
    expect(reply).is_refused(401, 403, 404)
    shelf.unchanged(reply, published, before)
