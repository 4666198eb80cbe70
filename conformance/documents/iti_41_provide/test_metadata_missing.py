"""Submissions without required metadata are refused, and nothing is stored (IHE ITI TF-3 4.2.3; Annex 3)."""

import pytest

from conformance.documents.submitting import Change, refused
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.names import ORIGINAL_PROVIDER_ROLE
from fixtures.epr.paths import (
    classification,
    document_entry,
    external_identifier,
    slot,
    title,
)
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
