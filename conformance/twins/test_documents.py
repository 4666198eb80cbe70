"""Documents: ITI-18 against ITI-67, ITI-43 against ITI-68, published by ITI-41 and by ITI-65, updated by CH:MHD-1."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from conformance.documents.related import related
from conformance.fhir.shelf import Shelf
from conformance.twins.documents import Faces
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.client.records import NORMAL as NORMAL_LEVEL
from fixtures.client.records import right
from fixtures.epr.ebrim import NORMAL, RESTRICTED, SECRET, DocumentEntry, complete
from fixtures.epr.fhir_json import values
from fixtures.epr.fhir_metadata import SNOMED
from fixtures.epr.names import RPLC
from fixtures.suite import requirement, transaction

CONTENT = b"%PDF-1.4\r\nthe same octets \x00\xff\r\n"
#: what a test of both faces needs the target to claim
pytestmark = pytest.mark.transaction("ITI-18", "ITI-41", "ITI-65", "ITI-67")
Publish = Callable[..., str]


@pytest.fixture
def faces(community: Community) -> Faces:
    """The record of a patient without documents."""
    return Faces(Shelf(community, community.record()))


@pytest.fixture(params=["by ITI-41", "by ITI-65"])
def publish(request: pytest.FixtureRequest) -> Publish:
    """Publishes a document of the patient by one of the faces; gives its uniqueId."""

    def soap(shelf: Shelf, **wanted: Any) -> str:
        token = shelf.community.token("PAT", shelf.patient)
        return shelf.community.publish(shelf.patient, token=token, **wanted).entry.unique_id

    def fhir(shelf: Shelf, **wanted: Any) -> str:
        return shelf.publish(**wanted).entry.unique_id

    return {"by ITI-41": soap, "by ITI-65": fhir}[request.param]


#: every optional attribute a DocumentReference has a place for
def everything(shelf: Shelf) -> dict[str, Any]:
    bare = shelf.paper().entry
    full = complete(bare)
    kept = {"uri", "extra_slots", "object_type"}
    names = [each.name for each in fields(DocumentEntry) if each.name not in kept]
    return {name: getattr(full, name) for name in names if getattr(full, name) != getattr(bare, name)}


@requirement("FHIR-ITI67-024")
def test_both_faces_say_the_same_of_a_document(faces: Faces, publish: Publish) -> None:
    unique_id = publish(faces.shelf, title="Rapport – Zürich «été»")
    differ = faces.differences(unique_id)
    expect(faces.shelf.search()).meets(not differ, "what ITI-18 says", differ)


@requirement("FHIR-ITI67-024")
def test_both_faces_say_the_same_of_a_document_with_everything(faces: Faces, publish: Publish) -> None:
    unique_id = publish(faces.shelf, **everything(faces.shelf))
    differ = faces.differences(unique_id)
    expect(faces.shelf.search()).meets(not differ, "what ITI-18 says", differ)


@requirement("FHIR-ITI68-001")
@transaction("ITI-43", "ITI-68")
def test_both_faces_give_the_same_octets(faces: Faces, publish: Publish) -> None:
    unique_id = publish(faces.shelf, content=CONTENT)
    soap, fhir = faces.by_soap(unique_id), faces.by_fhir(unique_id)
    expect(fhir).is_ok().meets(fhir.body == soap.content == CONTENT, "the octets of ITI-43", f"{len(fhir.body)} octets")
    expect(fhir).meets(fhir.content_type.startswith(soap.mime_type), soap.mime_type, fhir.content_type)


@requirement("FHIR-ITI67-025")
@transaction("PPQ-1")
@pytest.mark.parametrize(("role", "purpose"), [("PAT", ""), ("HCP", ""), ("HCP", "EMER"), ("ASS", "")])
def test_both_faces_show_a_user_the_same_documents(
    community: Community, publish: Publish, role: str, purpose: str
) -> None:
    shelf = Shelf(community, community.record([right(community.user("HCP").gln, NORMAL_LEVEL)]))
    for level in (NORMAL, RESTRICTED, SECRET):
        publish(shelf, confidentiality_codes=(level,))
    soap, fhir = Faces(shelf).seen(role, purpose)
    expect(shelf.search()).meets(fhir == soap, f"what ITI-18 shows: {soap}", fhir)


@requirement("FHIR-ITI67-006")
def test_what_iti_41_replaces_iti_67_tells_superseded(faces: Faces) -> None:
    community, patient = faces.shelf.community, faces.shelf.patient
    token = community.token("PAT", patient)
    old = community.publish(patient, token=token)
    new = related(community, patient, token, RPLC, old)
    reply = faces.shelf.search(status="superseded")
    expect(reply).reads("entry.resource.masterIdentifier.value", f"urn:oid:{old.entry.unique_id}")
    relation = values(faces.reference(new.entry.unique_id), "relatesTo[*].code")
    expect(reply).meets(relation == ["replaces"], "relatesTo replaces", relation)


@requirement("FHIR-ITI65-032")
def test_what_iti_65_replaces_iti_18_tells_deprecated(faces: Faces, publish: Publish) -> None:
    old = publish(faces.shelf)
    id_ = str(faces.reference(old).get("id"))
    reply = faces.shelf.publish(relates=[("replaces", {"reference": f"DocumentReference/{id_}"})]).reply
    status = faces.entry(old).status.rpartition(":")[2]
    expect(reply).meets(status == "Deprecated", "Deprecated by ITI-18", status)


@requirement("FHIR-CHMHD1-001", "FHIR-CHMHD1-002")
@transaction("CH:MHD-1")
def test_what_ch_mhd_1_updates_iti_18_tells(faces: Faces, publish: Publish) -> None:
    unique_id = publish(faces.shelf)
    label = [{"coding": [{"system": SNOMED, "code": SECRET.code}]}]
    call = faces.shelf.update(faces.reference(unique_id)).with_value("securityLabel", label)
    reply = faces.shelf.send(call.with_value("content[0].attachment.title", "Autre titre"))
    expect(reply).is_ok()
    entry = faces.entry(unique_id)
    told = (entry.title, [code.code for code in entry.confidentiality_codes])
    expect(reply).meets(told == ("Autre titre", [SECRET.code]), "title and code secret by ITI-18", told)
    differ = faces.differences(unique_id)
    expect(reply).meets(not differ, "what ITI-18 says", differ)
