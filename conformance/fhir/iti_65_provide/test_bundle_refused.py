"""ITI-65: what is no submission of documents of one patient is refused, and nothing of it is stored."""

import pytest

from conformance.fhir.shelf import ATTACHMENT, DOCUMENT, LIST, Shelf
from fixtures.checks.expect import expect
from fixtures.epr.fhir_documents import COMPREHENSIVE
from fixtures.epr.fhir_json import Resource, copied, values
from fixtures.epr.fhir_metadata import LIST_TYPES, MHD, new_url
from fixtures.epr.fhir_patients import SPID_SYSTEM
from fixtures.epr.rest import Call
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-65", "ITI-67")
SHAPE = ("invariant", "invalid", "required", "not-supported", "structure", "processing", "value")


def entry(resource: Resource) -> Resource:
    return {
        "fullUrl": new_url(),
        "resource": resource,
        "request": {"method": "POST", "url": resource["resourceType"]},
    }


@requirement("FHIR-ITI65-006")
def test_a_bundle_without_profile_is_refused(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.without("meta"), usual=SHAPE)


@requirement("FHIR-ITI65-006")
def test_the_minimal_profile_alone_is_refused(shelf: Shelf) -> None:
    minimal = f"{MHD}/StructureDefinition/IHE.MHD.Minimal.ProvideBundle"
    shelf.refused(lambda call: call.with_value("meta.profile", [minimal], "the Minimal profile"), usual=SHAPE)


@requirement("FHIR-ITI65-006")
def test_further_profiles_beside_it_are_accepted(shelf: Shelf) -> None:
    sent = shelf.provision()
    profiles = [
        COMPREHENSIVE,
        "http://fhir.ch/ig/ch-epr-fhir/StructureDefinition/ch-mhd-providedocumentbundle-comprehensive",
    ]
    expect(shelf.send(sent.call.with_value("meta.profile", profiles))).is_ok()


@requirement("FHIR-ITI65-007")
def test_a_bundle_without_list_is_refused(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.without("entry[0]", "without List"), usual=SHAPE)


@requirement("FHIR-ITI65-007")
def test_a_bundle_with_two_lists_is_refused(shelf: Shelf) -> None:
    other = shelf.provision()
    second = entry({**values(other.call.resource, LIST)[0]})
    sent = shelf.provision()
    members = values(sent.call.resource, f"{LIST}.entry")[0]
    second["resource"]["entry"] = members
    shelf.refused(lambda call: call.with_item("entry", second, "two Lists"), usual=SHAPE, provision=sent)


@requirement("FHIR-ITI65-008")
def test_a_bundle_without_document_reference_is_refused(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.without("entry[1]", "without DocumentReference"), usual=SHAPE)


@requirement("FHIR-ITI65-009")
def test_an_attachment_without_its_binary_is_refused(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.with_value(f"{ATTACHMENT}.url", new_url()), usual=SHAPE)


@requirement("FHIR-ITI65-009")
def test_an_attachment_somewhere_else_is_refused(shelf: Shelf) -> None:
    elsewhere = "https://elsewhere.example/fhir/Binary/1"
    shelf.refused(lambda call: call.with_value(f"{ATTACHMENT}.url", elsewhere), usual=SHAPE)


@requirement("FHIR-ITI65-010")
def test_a_binary_without_document_reference_is_refused_or_warned_of(shelf: Shelf) -> None:
    alone = entry({"resourceType": "Binary", "contentType": "text/plain", "data": "YWxvbmU="})
    sent = shelf.provision()
    reply = shelf.send(sent.call.with_item("entry", alone, "one Binary more"), baseline=shelf.fresh)
    warned = any(issue.severity == "warning" for issue in reply.issues) or bool(
        values(reply.resource or {}, "entry[*].response.outcome")
    )
    expect(reply).meets(reply.status in (422, 400) or warned, "HTTP 422 or 400, or a warning", reply.says)


@requirement("FHIR-ITI65-011")
def test_a_document_reference_that_is_no_member_of_the_list_is_refused(shelf: Shelf) -> None:
    other = shelf.paper()
    sent = shelf.provision(shelf.paper(), other)
    shelf.refused(lambda call: call.without(f"{LIST}.entry[1]", "one member less"), usual=SHAPE, provision=sent)


@requirement("FHIR-ITI65-011")
def test_a_member_that_is_not_in_the_bundle_is_refused(shelf: Shelf) -> None:
    nobody = {"item": {"reference": new_url()}}
    shelf.refused(lambda call: call.with_item(f"{LIST}.entry", nobody, "a member that is not there"), usual=SHAPE)


@requirement("FHIR-ITI65-012")
def test_a_patient_resource_is_refused(shelf: Shelf) -> None:
    somebody = entry({"resourceType": "Patient", "name": [{"family": "Muster"}]})
    shelf.refused(lambda call: call.with_item("entry", somebody, "with a Patient"), usual=SHAPE)


@requirement("FHIR-ITI65-013")
def test_a_folder_is_refused(shelf: Shelf) -> None:
    sent = shelf.provision()
    folder = copied(values(sent.call.resource, LIST)[0])
    folder["code"] = {"coding": [{"system": LIST_TYPES, "code": "folder"}]}
    folder.pop("identifier")
    shelf.refused(lambda call: call.with_item("entry", entry(folder), "with a folder"), usual=SHAPE, provision=sent)


@requirement("FHIR-ITI65-014")
def test_a_fhir_document_is_refused(shelf: Shelf) -> None:
    identifier = {"system": "urn:ietf:rfc:3986", "value": new_url()}
    document: Resource = {"resourceType": "Bundle", "identifier": identifier, "type": "document"}
    document["timestamp"] = "2026-01-15T09:30:00Z"
    in_its_place = "a FHIR document in place of the Binary"
    instead = entry(document)

    def change(call: Call) -> Call:
        url = values(call.resource, "entry[2].fullUrl")[0]
        return call.with_value("entry[2]", {**instead, "fullUrl": url}, in_its_place)

    reply = shelf.refused(change, usual=SHAPE)
    told = " ".join(f"{issue.text} {' '.join(issue.codings)}" for issue in reply.issues)
    expect(reply).prefers("FHIRDocumentNotSupported" in told, "FHIRDocumentNotSupported", told)


@requirement("FHIR-ITI65-015")
@pytest.mark.parametrize("path", [LIST, DOCUMENT], ids=["List", "DocumentReference"])
def test_a_literal_reference_is_no_subject(shelf: Shelf, path: str) -> None:
    literal = {"reference": "Patient/1"}
    shelf.refused(lambda call: call.with_value(f"{path}.subject", literal), usual=SHAPE, tolerated=[401, 403])


@requirement("FHIR-ITI65-015")
@pytest.mark.parametrize("path", [LIST, DOCUMENT], ids=["List", "DocumentReference"])
def test_an_mpi_pid_is_no_subject(shelf: Shelf, path: str) -> None:
    mpi = {"identifier": {"system": f"urn:oid:{shelf.patient.mpi_domain}", "value": shelf.patient.mpi_pid}}
    shelf.refused(lambda call: call.with_value(f"{path}.subject", mpi), usual=SHAPE, tolerated=[401, 403])


@requirement("FHIR-ITI65-016")
def test_documents_of_different_patients_are_refused(shelf: Shelf) -> None:
    other = {"identifier": {"system": SPID_SYSTEM, "value": shelf.community.record().spid}}
    shelf.refused(
        lambda call: call.with_value(f"{DOCUMENT}.subject", other, "subject of another patient"),
        statuses=(422, 400, 401, 403),
    )


@requirement("FHIR-ITI65-017")
def test_a_patient_nobody_knows_is_refused(shelf: Shelf) -> None:
    stranger = shelf.community.invented_patient()
    token = shelf.community.fhir.trusted_token("HCP", stranger)
    subject = {"identifier": {"system": SPID_SYSTEM, "value": stranger.spid}}
    sent = shelf.provision(role="HCP")
    call = sent.call.with_token(token, "token for a patient nobody knows")
    for path in (LIST, DOCUMENT):
        call = call.with_value(f"{path}.subject", subject)
    reply = shelf.send(call, baseline=shelf.fresh)
    expect(reply).is_refused(404, 401, 403, 400, 422, usual=["not-found", "forbidden", "login", "invalid"])


@requirement("FHIR-ITI65-033")
def test_a_relation_to_an_unknown_document_is_refused(shelf: Shelf) -> None:
    unknown = [("replaces", {"reference": f"DocumentReference/{new_url().removeprefix('urn:uuid:')}"})]
    sent = shelf.provision(relates=unknown)
    reply = shelf.send(sent.call, baseline=shelf.fresh)
    expect(reply).is_refused(422, 400, 404, usual=["not-found", "invalid", "processing", "value"])
    shelf.has_none(reply, sent.entry.unique_id)


@requirement("FHIR-ITI65-031")
def test_another_document_under_a_known_unique_id_is_refused(shelf: Shelf) -> None:
    known = shelf.publish()
    again = shelf.provision(unique_id=known.entry.unique_id, content=b"%PDF-1.4 something else")
    reply = shelf.send(again.call, baseline=shelf.fresh)
    expect(reply).is_refused(409, 400, 412, 422, usual=["duplicate", "conflict", "invalid", "business-rule"])
    got = shelf.send(shelf.retrieval(known))
    expect(reply).meets(got.body == known.content, "the first document unchanged", f"{len(got.body)} octets")


@requirement("FHIR-ITI65-005")
def test_a_submission_is_stored_as_a_whole_or_not_at_all(shelf: Shelf) -> None:
    good, bad = shelf.paper(content=b"%PDF-1.4 good"), shelf.paper(content=b"%PDF-1.4 bad")
    sent = shelf.provision(good, bad)
    wrong = [{"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}]
    shelf.refused(
        lambda call: call.with_value("entry[3].resource.category", wrong, "an unknown category in the second document"),
        provision=sent,
    )
    expect(shelf.search(status="current")).lacks(
        f"entry.where(resource.masterIdentifier.value.contains('{good.entry.unique_id}'))"
    )


@requirement("FHIR-ITI65-015")
def test_an_epr_spid_without_value_is_no_subject(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.without(f"{DOCUMENT}.subject.identifier.value"), usual=SHAPE, tolerated=[401, 403])


@requirement("FHIR-ITI65-016")
def test_a_submission_for_another_patient_than_that_of_the_token_is_refused(shelf: Shelf) -> None:
    spid = shelf.community.invented_patient().spid
    subject = {"identifier": {"system": SPID_SYSTEM, "value": spid}}
    sent = shelf.provision()
    call = sent.call.with_value(f"{LIST}.subject", subject).with_value(f"{DOCUMENT}.subject", subject)
    reply = shelf.send(call, baseline=shelf.fresh)
    expect(reply).is_refused(401, 403, 404, usual=["forbidden", "login", "security", "not-found"], tolerated=[400, 422])
