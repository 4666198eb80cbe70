"""ITI-65: metadata that are missing, not allowed or outside their value set are refused (profiles of CH EPR FHIR)."""

import base64
import hashlib

import pytest

from conformance.fhir.shelf import ATTACHMENT, DOCUMENT, LIST, Shelf
from fixtures.checks.expect import expect
from fixtures.epr.fhir_documents import attachment_of
from fixtures.epr.fhir_metadata import (
    DELETION_STATUS,
    DESIGNATION_TYPE,
    PROVIDER_ROLE,
    SNOMED,
    SOURCE_ID,
    deletion_extension,
    role_extension,
)
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-65", "ITI-67")
MISSING = ("required", "invalid", "invariant", "structure", "processing", "value")
FORBIDDEN = ("invalid", "invariant", "structure", "not-supported", "processing", "value")
CODE = ("code-invalid", "invalid", "value", "invariant", "processing", "structure")
CONTEXT = f"{DOCUMENT}.context"
REQUIRED = {
    "masterIdentifier": f"{DOCUMENT}.masterIdentifier",
    "status": f"{DOCUMENT}.status",
    "type": f"{DOCUMENT}.type",
    "category": f"{DOCUMENT}.category",
    "subject": f"{DOCUMENT}.subject",
    "securityLabel": f"{DOCUMENT}.securityLabel",
    "contentType": f"{ATTACHMENT}.contentType",
    "language": f"{ATTACHMENT}.language",
    "title": f"{ATTACHMENT}.title",
    "creation": f"{ATTACHMENT}.creation",
    "format": f"{DOCUMENT}.content[0].format",
    "facilityType": f"{CONTEXT}.facilityType",
    "practiceSetting": f"{CONTEXT}.practiceSetting",
    "sourcePatientInfo": f"{CONTEXT}.sourcePatientInfo",
}
#: a code outside the value set, where it stands
CODES = {
    "type": (f"{DOCUMENT}.type.coding[0].code", "371525003"),
    "category": (f"{DOCUMENT}.category[0].coding[0].code", "371530004"),
    "securityLabel": (f"{DOCUMENT}.securityLabel[0].coding[0].code", "385432009"),
    "format": (f"{DOCUMENT}.content[0].format.code", "urn:che:epr:none"),
    "contentType": (f"{ATTACHMENT}.contentType", "application/x-unknown"),
    "language": (f"{ATTACHMENT}.language", "tlh"),
    "facilityType": (f"{CONTEXT}.facilityType.coding[0].code", "394802001"),
    "practiceSetting": (f"{CONTEXT}.practiceSetting.coding[0].code", "22232009"),
    "event": (f"{CONTEXT}.event", [{"coding": [{"system": SNOMED, "code": "22232009"}]}]),
}
NOT_ALLOWED = {
    "docStatus": (f"{DOCUMENT}.docStatus", "final"),
    "custodian": (f"{DOCUMENT}.custodian", {"display": "Archive"}),
    "data": (f"{ATTACHMENT}.data", "YWxvbmU="),
    "modifierExtension": (f"{DOCUMENT}.modifierExtension", [{"url": "urn:example:other", "valueBoolean": True}]),
}


@requirement("FHIR-ITI65-024")
@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_mandatory_must_be_there(shelf: Shelf, name: str) -> None:
    # a subject that is missing is no subject of the token either
    shelf.refused(lambda call: call.without(REQUIRED[name]), usual=MISSING, tolerated=[401, 403])


@requirement("FHIR-ITI65-025")
@pytest.mark.parametrize("name", CODES)
def test_codes_come_from_their_value_sets(shelf: Shelf, name: str) -> None:
    shelf.refused(lambda call: call.with_value(*CODES[name]), usual=CODE)


@requirement("FHIR-ITI65-026")
@pytest.mark.parametrize("name", NOT_ALLOWED)
def test_what_is_not_allowed_must_not_be_there(shelf: Shelf, name: str) -> None:
    shelf.refused(lambda call: call.with_value(*NOT_ALLOWED[name]), usual=FORBIDDEN)


@requirement("FHIR-ITI65-027")
def test_an_author_is_contained(shelf: Shelf) -> None:
    outside = [{"reference": "Practitioner/1"}]
    shelf.refused(lambda call: call.with_value(f"{DOCUMENT}.author", outside), usual=FORBIDDEN)


@requirement("FHIR-ITI65-027")
def test_the_source_patient_is_contained(shelf: Shelf) -> None:
    outside = {"reference": "Patient/1"}
    shelf.refused(lambda call: call.with_value(f"{CONTEXT}.sourcePatientInfo", outside), usual=FORBIDDEN)


@requirement("FHIR-ITI65-018")
def test_original_provider_role_is_mandatory(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.without(f"{DOCUMENT}.extension[url={PROVIDER_ROLE}]"), usual=MISSING)


@requirement("FHIR-ITI65-018")
def test_original_provider_role_stands_once(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.doubled(f"{DOCUMENT}.extension[url={PROVIDER_ROLE}]"), usual=MISSING)


@requirement("FHIR-ITI65-018")
@pytest.mark.parametrize("code", ["XYZ", "PADM"])
def test_original_provider_role_is_a_role_of_the_value_set(shelf: Shelf, code: str) -> None:
    path = f"{DOCUMENT}.extension[url={PROVIDER_ROLE}]"
    shelf.refused(lambda call: call.with_value(path, role_extension(code), f"role {code}"), usual=CODE)


@requirement("FHIR-ITI65-020")
def test_original_provider_role_is_that_of_the_user(shelf: Shelf) -> None:
    path = f"{DOCUMENT}.extension[url={PROVIDER_ROLE}]"
    sent = shelf.provision(role="PAT")
    call = sent.call.with_value(path, role_extension("HCP"), "the role of a professional")
    reply = shelf.send(call, baseline=shelf.fresh)
    warned = any(issue.severity == "warning" for issue in reply.issues)
    expect(reply).meets(400 <= reply.status < 500 or warned, "HTTP 4xx, or a warning", reply.says)


@requirement("FHIR-ITI65-021")
def test_an_unknown_deletion_status_is_refused(shelf: Shelf) -> None:
    path = f"{DOCUMENT}.extension[url={DELETION_STATUS}]"
    shelf.refused(lambda call: call.with_value(path, deletion_extension("deleted"), "an unknown status"), usual=CODE)


@requirement("FHIR-ITI65-022")
def test_the_designation_type_is_procedure(shelf: Shelf) -> None:
    path = f"{LIST}.extension[url={DESIGNATION_TYPE}].valueCodeableConcept.coding[0].code"
    shelf.refused(lambda call: call.with_value(path, "22232009"), usual=CODE)


@requirement("FHIR-ITI65-022")
def test_the_designation_type_is_mandatory(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.without(f"{LIST}.extension[url={DESIGNATION_TYPE}]"), usual=MISSING)


@requirement("FHIR-ITI65-023")
def test_the_source_id_is_mandatory(shelf: Shelf) -> None:
    shelf.refused(lambda call: call.without(f"{LIST}.extension[url={SOURCE_ID}]"), usual=MISSING)


@requirement("FHIR-ITI65-029")
@pytest.mark.parametrize("name", ["hash", "size"])
def test_a_wrong_hash_or_size_is_refused_or_corrected(shelf: Shelf, name: str) -> None:
    sent = shelf.provision()
    other = base64.b64encode(hashlib.sha1(b"another document", usedforsecurity=False).digest()).decode()
    wrong = {"hash": other, "size": len(sent.papers[0].content) + 1}[name]
    reply = shelf.send(sent.call.with_value(f"{ATTACHMENT}.{name}", wrong), baseline=shelf.fresh)
    left = [one for one in shelf.search().resources if sent.entry.unique_id in str(one.get("masterIdentifier"))]
    kept = [one for one in left if attachment_of(one).get(name) == wrong]
    expect(reply).meets(reply.status < 500 and not kept, "HTTP 4xx, or the value corrected", reply.says)
