"""Formats and methods of the FHIR API (IHE ITI TF-2 Appendix Z.6; HL7 FHIR R4 RESTful API)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.fhir_patients import cross_reference, feed, match
from fixtures.epr.rest import FHIR_JSON, FHIR_XML, Call, metadata
from fixtures.suite import requirement, transaction


@pytest.fixture
def query(community: Community, patient: RegisteredPatient) -> Call:
    return community.fhir.basic(cross_reference(community.target.domains.local, patient.local_id))


@requirement("FHIR-GEN-013")
@transaction("ITI-83")
def test_json_and_xml_say_the_same(community: Community, query: Call) -> None:
    json, xml = (community.fhir.send(query.with_header("Accept", accept)) for accept in (FHIR_JSON, FHIR_XML))
    expect(json).is_ok().meets(json.content_type.startswith(FHIR_JSON), FHIR_JSON, json.content_type)
    expect(xml).is_ok().meets(xml.content_type.startswith(FHIR_XML), FHIR_XML, xml.content_type)
    expect(xml).meets(xml.resource == json.resource, f"the same as in JSON: {json.resource}", xml.resource)


@requirement("FHIR-GEN-014")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("xml", FHIR_XML), ("json", FHIR_JSON), (FHIR_XML, FHIR_XML), (FHIR_JSON, FHIR_JSON)],
)
def test_the_format_parameter_selects_the_format(community: Community, wanted: str, expected: str) -> None:
    reply = community.fhir.send(metadata().without_header("Accept").with_query("_format", wanted))
    expect(reply).is_ok().is_a("CapabilityStatement")
    expect(reply).meets(reply.content_type.startswith(expected), expected, reply.content_type)


@requirement("FHIR-GEN-015")
@transaction("ITI-104", "ITI-83")
def test_a_body_in_xml_has_the_same_effect(community: Community) -> None:
    patient, domain = community.invented_patient(), community.target.domains.local
    expect(community.fhir.send(community.fhir.basic(feed(patient, domain)).in_xml())).is_ok(200, 201)
    found = community.fhir.send(community.fhir.basic(cross_reference(domain, patient.local_id)))
    expect(found).is_ok().reads("parameter.value.value", patient.spid)


@requirement("FHIR-GEN-016")
def test_a_format_that_is_not_offered_is_refused(community: Community) -> None:
    reply = community.fhir.send(metadata().with_header("Accept", "application/msword"), baseline=metadata())
    expect(reply).meets(reply.status in (200, 406), "HTTP 406, or 200 in JSON", reply.says)
    expect(reply).prefers(reply.status == 406, "HTTP 406", reply.says)


@requirement("FHIR-GEN-017")
@transaction("ITI-119")
def test_an_unknown_content_type_is_refused(community: Community, patient: RegisteredPatient) -> None:
    question = community.fhir.basic(match(family=patient.family, birth_date=patient.birth_date))
    reply = community.fhir.send(question.with_header("Content-Type", "text/plain"), baseline=question)
    expect(reply).is_refused(415, 400, usual=["not-supported", "structure", "invalid"])


@requirement("FHIR-GEN-018")
@transaction("ITI-119")
@pytest.mark.parametrize(
    "body", [b'{"resourceType": "Parameters", "parameter": [', b"", b"[]", b"[" * 10_000], ids=repr
)
def test_what_is_no_json_object_is_refused(community: Community, patient: RegisteredPatient, body: bytes) -> None:
    question = community.fhir.basic(match(family=patient.family, birth_date=patient.birth_date))
    reply = community.fhir.send(question.with_body(body, f"the body {body[:20]!r}"), baseline=question)
    expect(reply).is_refused(400, usual=["structure", "invalid"], tolerated=[413, 422]).shows_no_internals()


@requirement("FHIR-GEN-020")
def test_a_type_that_is_not_served_is_refused(community: Community) -> None:
    reply = community.fhir.send(community.fhir.basic(metadata().with_path("Observation")), baseline=metadata())
    expect(reply).is_refused(404, usual=["not-supported", "not-found"], tolerated=[400, 405, 501])


@requirement("FHIR-GEN-021")
@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
def test_a_method_that_is_not_offered_is_refused(community: Community, method: str) -> None:
    changed = metadata().with_method(method).with_header("Content-Type", FHIR_JSON)
    reply = community.fhir.send(changed, baseline=metadata())
    expect(reply).is_refused(405, usual=["not-supported"], tolerated=[403, 404, 501])


@requirement("FHIR-GEN-028")
def test_document_lists_cannot_be_found(community: Community, patient: RegisteredPatient) -> None:
    question = Call("FHIR API", "GET", "List", (("patient.identifier", patient.spid), ("code", "submissionset")))
    reply = community.fhir.send(community.fhir.basic(question), baseline=metadata())
    expect(reply).is_refused(404, 405, 403, 400, 501, 401)


@requirement("FHIR-GEN-029")
def test_credentials_are_not_open_to_every_origin(community: Community) -> None:
    reply = community.fhir.send(metadata().with_header("Origin", "https://attacker.example"))
    allowed = reply.headers.get("access-control-allow-origin", "")
    is_open = allowed in ("*", "https://attacker.example") and reply.headers.get("access-control-allow-credentials")
    expect(reply).meets(is_open != "true", "no credentials for every origin", allowed)
