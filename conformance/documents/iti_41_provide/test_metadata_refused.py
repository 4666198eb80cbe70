"""Submissions with missing or wrong metadata are refused, and nothing is stored (IHE ITI TF-3 4.2.3; Annex 3)."""

from typing import Any

import pytest

from conformance.documents.submitting import METADATA, Change, refused
from fixtures.checks.expect import expect, note
from fixtures.checks.verdicts import Finding
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import Author, coded_string
from fixtures.epr.message import Message
from fixtures.epr.names import EPR_ROLE, ON_DEMAND, ORIGINAL_PROVIDER_ROLE
from fixtures.epr.paths import (
    classification,
    coding_scheme,
    document_entry,
    external_identifier,
    slot,
    slot_value,
    title,
)
from fixtures.epr.valuesets import Code
from fixtures.suite import requirement

ENTRY_ATTRIBUTES = {
    "classCode": classification("classCode"),
    "typeCode": classification("typeCode"),
    "formatCode": classification("formatCode"),
    "confidentialityCode": classification("confidentialityCode"),
    "healthcareFacilityTypeCode": classification("healthcareFacilityTypeCode"),
    "practiceSettingCode": classification("practiceSettingCode"),
    "creationTime": slot("DocumentEntry.creationTime"),
    "languageCode": slot("DocumentEntry.languageCode"),
    "sourcePatientId": slot("DocumentEntry.sourcePatientId"),
    "patientId": external_identifier("patientId"),
    "uniqueId": external_identifier("uniqueId"),
    "mimeType": f"{document_entry()}/@mimeType",
    "objectType": f"{document_entry()}/@objectType",
}
SET_ATTRIBUTES = {
    "contentTypeCode": classification("SubmissionSet.contentTypeCode"),
    "patientId": external_identifier("SubmissionSet.patientId"),
    "uniqueId": external_identifier("SubmissionSet.uniqueId"),
    "sourceId": external_identifier("SubmissionSet.sourceId"),
    "submissionTime": slot("SubmissionSet.submissionTime"),
}


@pytest.mark.parametrize("xpath", ENTRY_ATTRIBUTES.values(), ids=ENTRY_ATTRIBUTES)
@requirement("XDS-ITI41-018")
def test_a_document_entry_without_a_required_attribute_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, xpath: str
) -> None:
    refused(community, patient, token, lambda message: message.without(xpath))


@pytest.mark.parametrize("xpath", SET_ATTRIBUTES.values(), ids=SET_ATTRIBUTES)
@requirement("XDS-ITI41-019")
def test_a_submission_set_without_a_required_attribute_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, xpath: str
) -> None:
    refused(community, patient, token, lambda message: message.without(xpath))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda message: message.without(title(), "no title"), id="absent"),
        pytest.param(
            lambda message: message.with_attribute(f"{title()}/rim:LocalizedString", "value", "", "empty title"),
            id="empty",
        ),
    ],
)
@requirement("XDS-ITI41-020")
def test_a_missing_title_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, change: Change
) -> None:
    refused(community, patient, token, change)


@requirement("XDS-ITI41-021")
def test_a_missing_original_provider_role_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    refused(community, patient, token, lambda message: message.without(slot(ORIGINAL_PROVIDER_ROLE)))


@pytest.mark.parametrize(
    "value", ["DOC^^^&2.16.756.5.30.1.127.3.10.6&ISO", "HCP", "HCP^^^&1.2.3&ISO"], ids=["code", "bare", "system"]
)
@requirement("XDS-ITI41-023")
def test_an_invalid_original_provider_role_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, value: str
) -> None:
    refused(community, patient, token, lambda message: message.with_text(slot_value(ORIGINAL_PROVIDER_ROLE), value))


@requirement("XDS-ITI41-023")
def test_two_original_provider_roles_are_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    refused(community, patient, token, lambda message: message.doubled(slot_value(ORIGINAL_PROVIDER_ROLE)))


PATIENT_ID, SET_PATIENT_ID = (external_identifier(name)[-20:] for name in ("patientId", "SubmissionSet.patientId"))
CODED = ["classCode", "typeCode", "formatCode", "confidentialityCode", "healthcareFacilityTypeCode"]
CODED += ["practiceSettingCode", "SubmissionSet.contentTypeCode"]


@pytest.mark.parametrize("name", CODED)
@requirement("XDS-ITI41-024")
def test_a_code_outside_its_value_set_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, name: str
) -> None:
    def unknown(message: Message) -> Message:
        return message.with_attribute(classification(name), "nodeRepresentation", "000000000", f"{name} 000000000")

    refused(community, patient, token, unknown)


@requirement("XDS-ITI41-024")
def test_a_language_outside_its_value_set_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    refused(
        community, patient, token, lambda message: message.with_text(slot_value("DocumentEntry.languageCode"), "xx-XX")
    )


@pytest.mark.parametrize("scheme", ["1.2.3.4", "urn:oid:2.16.840.1.113883.6.96"])
@requirement("XDS-ITI41-025")
def test_the_right_code_with_a_wrong_coding_scheme_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, scheme: str
) -> None:
    refused(
        community,
        patient,
        token,
        lambda message: message.with_text(f"{coding_scheme('classCode')}//rim:Value", scheme, f"codingScheme {scheme}"),
    )


@requirement("XDS-ITI41-026")
def test_the_hl7_confidentiality_code_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    def hl7(message: Message) -> Message:
        changed = message.with_attribute(classification("confidentialityCode"), "nodeRepresentation", "N")
        scheme = f"{coding_scheme('confidentialityCode')}//rim:Value"
        return changed.with_text(scheme, "2.16.840.1.113883.5.25", "confidentialityCode N of HL7")

    refused(community, patient, token, hl7)


@requirement("XDS-ITI41-029")
def test_a_type_code_that_does_not_fit_the_class_code_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    def misfit(message: Message) -> Message:
        changed = message.with_attribute(classification("classCode"), "nodeRepresentation", "721963009")
        return changed.with_attribute(classification("typeCode"), "nodeRepresentation", "4201000179104")

    refused(community, patient, token, misfit)


@pytest.mark.parametrize("mime_type", ["application/x-msdownload", "application/javascript", "text/html"])
@requirement("XDS-ITI41-030")
def test_a_mime_type_outside_annex_3_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, mime_type: str
) -> None:
    refused(community, patient, token, lambda message: message.with_attribute(document_entry(), "mimeType", mime_type))


@pytest.mark.parametrize("value", ["20231301", "2023-01-01", "20230101120000+0100", "202", "20230230"])
@pytest.mark.parametrize("name", ["DocumentEntry.creationTime", "SubmissionSet.submissionTime"])
@requirement("XDS-ITI41-031")
def test_a_malformed_date_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, name: str, value: str
) -> None:
    refused(community, patient, token, lambda message: message.with_text(slot_value(name), value))


@requirement("XDS-ITI41-032")
def test_a_service_that_stops_before_it_starts_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    submission = community.submission(patient, token=token, service_start_time="20240101", service_stop_time="20240102")
    refused(
        community,
        patient,
        token,
        lambda message: message.with_text(slot_value("serviceStopTime"), "20231231"),
        submission=submission,
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(external_identifier("patientId"), "123", id="patientId-bare"),
        pytest.param(external_identifier("patientId"), "123^^^NS&1.2&ISO", id="patientId-namespace"),
        pytest.param(external_identifier("patientId"), "123^^^&1.2&DNS", id="patientId-DNS"),
        pytest.param(external_identifier("SubmissionSet.patientId"), "123", id="SubmissionSet.patientId-bare"),
        pytest.param(external_identifier("SubmissionSet.sourceId"), "abc", id="sourceId"),
        pytest.param(
            external_identifier("SubmissionSet.uniqueId"),
            "urn:uuid:11111111-2222-4333-8444-555555555555",
            id="SubmissionSet.uniqueId",
        ),
        pytest.param(external_identifier("uniqueId"), "1.2." + "3" * 125, id="uniqueId-129-characters"),
    ],
)
@requirement("XDS-ITI41-033")
def test_a_malformed_identifier_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, path: str, value: str
) -> None:
    is_patient = path.endswith((PATIENT_ID, SET_PATIENT_ID))
    codes = (*METADATA, "XDSUnknownPatientId", "XDSPatientIdDoesNotMatch") if is_patient else METADATA
    refused(community, patient, token, lambda message: message.with_attribute(path, "value", value), codes)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda message: message.without(coding_scheme("classCode")), id="no-slot"),
        pytest.param(
            lambda message: message.without(f"{coding_scheme('classCode')}/rim:ValueList/rim:Value"), id="no-Value"
        ),
        pytest.param(
            lambda message: message.with_text(f"{coding_scheme('classCode')}//rim:Value", ""), id="empty-Value"
        ),
        pytest.param(lambda message: message.without(coding_scheme("contentTypeCode")), id="contentTypeCode"),
    ],
)
@requirement("XDS-ITI41-034")
def test_a_code_without_coding_scheme_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, change: Change
) -> None:
    refused(community, patient, token, change)


@requirement("XDS-ITI41-033")
def test_a_malformed_source_patient_id_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    path = slot_value("DocumentEntry.sourcePatientId")
    refused(community, patient, token, lambda message: message.with_text(path, "123", "sourcePatientId 123"))


TOLERATED = {
    "eventCodeList": {"event_codes": (Code("000000000", "1.2.840.10008.2.16.4"),)},
    "authorRole": {"authors": (Author(person="^Muster^Max", roles=(coded_string("000", EPR_ROLE),)),)},
    "authorSpecialty": {"authors": (Author(person="^Muster^Max", specialties=(coded_string("000", "1.2.3"),)),)},
}


@pytest.mark.parametrize("fields", TOLERATED.values(), ids=TOLERATED)
@requirement("XDS-ITI41-024")
def test_an_optional_code_outside_its_value_set_should_be_refused(
    community: Community, patient: RegisteredPatient, token: bytes, fields: dict[str, Any]
) -> None:
    submission = community.submission(patient, token=token, **fields)
    reply = community.send(submission.message.changed("a code outside its value set", lambda _: None))
    if expect(reply).outcome.status == "Success":
        note(Finding(f"status Failure with one of {METADATA}", "status Success", evidence=(reply.evidence,)))
        return
    expect(reply).is_failure(*METADATA)


@requirement("XDS-ITI41-035")
def test_a_slot_value_of_257_characters_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    submission = community.submission(patient, token=token, extra_slots=(("urn:example:test:note", ("short",)),))
    refused(
        community,
        patient,
        token,
        lambda message: message.with_text(slot_value("urn:example:test:note"), "x" * 257, "257 characters"),
        submission=submission,
    )


@requirement("XDS-ITI41-036")
def test_a_slot_name_given_twice_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    refused(community, patient, token, lambda message: message.doubled(slot("DocumentEntry.creationTime")))


@requirement("XDS-ITI41-041")
def test_an_on_demand_entry_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    refused(
        community,
        patient,
        token,
        lambda message: message.with_attribute(document_entry(), "objectType", ON_DEMAND, "on-demand entry"),
        tolerated=("XDSRegistryError", "XDSRepositoryError"),
    )


@requirement("XDS-ITI41-042")
def test_limited_metadata_are_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    node = '<rim:Classification id="urn:uuid:{0}" classifiedObject="{1}" classificationNode="{2}"/>'

    def limited(message: Message) -> Message:
        entry = str(message.payload.xpath("string(//*[local-name()='ExtrinsicObject']/@id)"))
        package = str(message.payload.xpath("string(//*[local-name()='RegistryPackage']/@id)"))
        nodes = ("ab9b591b-83ab-4d03-8f5d-f93b1fb92e85", "5003a9db-8d8d-49e6-bf0c-990e34ac7707")
        first = node.format("00000000-0000-4000-8000-000000000001", entry, f"urn:uuid:{nodes[0]}")
        second = node.format("00000000-0000-4000-8000-000000000002", package, f"urn:uuid:{nodes[1]}")
        flagged = message.with_child("//rim:RegistryObjectList", first).with_child("//rim:RegistryObjectList", second)
        return flagged.without(classification("practiceSettingCode"), "limited metadata, no practiceSettingCode")

    refused(community, patient, token, limited)


@requirement("XDS-ITI41-060")
def test_a_slot_name_that_is_neither_ihe_nor_a_urn_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    foo = '<rim:Slot name="foo"><rim:ValueList><rim:Value>bar</rim:Value></rim:ValueList></rim:Slot>'
    refused(community, patient, token, lambda message: message.with_child(document_entry(), foo, "a slot foo", at=0))


@requirement("XDS-ITI41-066")
def test_a_title_of_129_characters_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    string = f"{title()}/rim:LocalizedString"
    refused(
        community,
        patient,
        token,
        lambda message: message.with_attribute(string, "value", "x" * 129, "title of 129 characters"),
    )


@requirement("XDS-ITI41-063")
def test_the_error_names_the_object_and_no_internals(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    reply = refused(community, patient, token, lambda message: message.without(classification("classCode")))
    expect(reply).lacks("//rs:RegistryError[not(normalize-space(@codeContext))]")
    internals = ["Traceback (most recent call last)", "at java.", "at org.", "Exception:", "SELECT ", "sqlite"]
    expect(reply).discloses_nothing(internals)


@requirement("XDS-ITI57-024")
def test_an_invalid_deletion_status_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    path = slot_value("urn:e-health-suisse:2019:deletionStatus")
    foo = "urn:e-health-suisse:2019:deletionStatus:foo"
    refused(community, patient, token, lambda message: message.with_text(path, foo))
