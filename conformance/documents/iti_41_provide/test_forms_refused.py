"""Submissions with metadata of a wrong form are refused, and nothing is stored (IHE ITI TF-3 4.2.3)."""

import pytest

from conformance.documents.submitting import METADATA, refused
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.message import Message
from fixtures.epr.names import ON_DEMAND
from fixtures.epr.paths import (
    classification,
    document_entry,
    external_identifier,
    slot,
    slot_value,
    title,
)
from fixtures.suite import requirement

PATIENT_ID, SET_PATIENT_ID = (external_identifier(name)[-20:] for name in ("patientId", "SubmissionSet.patientId"))


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


@requirement("XDS-ITI41-033")
def test_a_malformed_source_patient_id_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    path = slot_value("DocumentEntry.sourcePatientId")
    refused(community, patient, token, lambda message: message.with_text(path, "123", "sourcePatientId 123"))


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
