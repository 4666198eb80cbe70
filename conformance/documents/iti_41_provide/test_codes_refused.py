"""Submissions with codes outside their value sets are refused, and nothing is stored (IHE ITI TF-3 4.2.3; Annex 3)."""

from typing import Any

import pytest

from conformance.documents.submitting import METADATA, Change, refused
from fixtures.checks.expect import expect, note
from fixtures.checks.verdicts import Finding
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import Author, coded_string
from fixtures.epr.message import Message
from fixtures.epr.names import EPR_ROLE, ORIGINAL_PROVIDER_ROLE
from fixtures.epr.paths import (
    classification,
    coding_scheme,
    document_entry,
    slot_value,
)
from fixtures.epr.valuesets import Code
from fixtures.suite import requirement


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


@requirement("XDS-ITI57-024")
def test_an_invalid_deletion_status_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    path = slot_value("urn:e-health-suisse:2019:deletionStatus")
    foo = "urn:e-health-suisse:2019:deletionStatus:foo"
    refused(community, patient, token, lambda message: message.with_text(path, foo))
