"""The filters of FindDocuments in the other queries that take them (IHE ITI TF-2 3.18.4.1.2.3.7)."""

from typing import Any

import pytest

from conformance.documents.iti_18_query.results import entries, packages, unique_ids
from conformance.documents.related import related
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import RESTRICTED, new_oid
from fixtures.epr.names import APPROVED, DEPRECATED, RPLC
from fixtures.epr.queries import find_documents_by_reference_id, get_all, get_submission_set_and_contents
from fixtures.epr.valuesets import Code, value_set
from fixtures.suite import requirement

TIMES = {
    "creation_time": "20250314080000",
    "service_start_time": "20250314080000",
    "service_stop_time": "20250314080000",
}
OTHER_FORMAT: dict[str, Any] = {
    "format_codes": [value_set("formatCode").code("urn:ihe:iti:xds:2017:mimeTypeSufficient")]
}
#: a parameter -> a filter that the entry of these tests does not satisfy
EXCLUDING: dict[str, dict[str, Any]] = {
    "classCode": {"class_codes": [value_set("classCode").code("734163000")]},
    "typeCode": {"type_codes": [value_set("typeCode").code("371532007")]},
    "practiceSettingCode": {"practice_setting_codes": [value_set("practiceSettingCode").code("394577000")]},
    "healthcareFacilityTypeCode": {
        "healthcare_facility_type_codes": [value_set("healthcareFacilityTypeCode").code("264372000")]
    },
    "formatCode": OTHER_FORMAT,
    "eventCodeList": {"event_codes": [Code("MR", "1.2.840.10008.2.16.4")]},
    "confidentialityCode": {"confidentiality_codes": [RESTRICTED]},
    "authorPerson": {"author_persons": ["%Nobody%"]},
    "creationTimeFrom": {"creation_time_from": "20260101"},
    "creationTimeTo": {"creation_time_to": "20250101"},
    "serviceStartTimeFrom": {"service_start_time_from": "20260101"},
    "serviceStartTimeTo": {"service_start_time_to": "20250101"},
    "serviceStopTimeFrom": {"service_stop_time_from": "20260101"},
    "serviceStopTimeTo": {"service_stop_time_to": "20250101"},
}


@pytest.mark.parametrize("name", EXCLUDING)
@requirement("XDS-ITI18-036")
def test_a_filter_narrows_what_is_found_by_reference_id(
    community: Community, patient: RegisteredPatient, token: bytes, name: str
) -> None:
    wanted = [f"{new_oid()}^^^&2.999.756.42.8&ISO^urn:ihe:iti:xds:2013:order"]
    published = community.publish(patient, token=token, reference_ids=tuple(wanted), **TIMES)
    every = community.send(find_documents_by_reference_id(patient.xad_pid, wanted, token=token))
    expect(every).is_success().meets(unique_ids(every) == {published.entry.unique_id}, "the entry", unique_ids(every))
    reply = community.send(find_documents_by_reference_id(patient.xad_pid, wanted, token=token, **EXCLUDING[name]))
    expect(reply).is_success().lacks("//rim:ExtrinsicObject")


@pytest.mark.parametrize("name", ["formatCode", "confidentialityCode"])
@requirement("XDS-ITI18-026")
def test_a_filter_narrows_the_entries_of_get_all(
    community: Community, patient: RegisteredPatient, token: bytes, name: str
) -> None:
    community.publish(patient, token=token)
    reply = community.send(get_all(patient.xad_pid, token=token, **EXCLUDING[name]))
    expect(reply).is_success().lacks("//rim:ExtrinsicObject")


@pytest.mark.parametrize(
    ("status", "expected"), [(APPROVED, "new"), (DEPRECATED, "old")], ids=["Approved", "Deprecated"]
)
@requirement("XDS-ITI18-026")
def test_get_all_returns_entries_of_the_status_asked_for(
    community: Community, patient: RegisteredPatient, token: bytes, status: str, expected: str
) -> None:
    old = community.publish(patient, token=token)
    new = related(community, patient, token, RPLC, old)
    names = {old.entry.entry_uuid: "old", new.entry.entry_uuid: "new"}
    reply = community.send(get_all(patient.xad_pid, token=token, status=(status,)))
    found = {names.get(entry, entry) for entry in entries(reply)}
    expect(reply).is_success().meets(found == {expected}, f"only the {expected} entry", found)


@requirement("XDS-ITI18-026")
def test_no_submission_set_is_deprecated(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    community.publish(patient, token=token)
    reply = community.send(get_all(patient.xad_pid, token=token, status=[DEPRECATED]))
    expect(reply).is_success().lacks("//rim:RegistryPackage")


@requirement("XDS-ITI18-026")
def test_get_all_returns_what_is_of_the_patient_only(
    community: Community, patient: RegisteredPatient, other_patient: RegisteredPatient, token: bytes
) -> None:
    ours = community.publish(patient, token=token)
    community.publish(other_patient, token=community.token("PAT", other_patient))
    reply = community.send(get_all(patient.xad_pid, token=token))
    expect(reply).is_success().meets(entries(reply) == {ours.entry.entry_uuid}, ours.entry.entry_uuid, entries(reply))
    expect(reply).meets(packages(reply) == {ours.submission_set.unique_id}, "the set of the patient", packages(reply))


@requirement("XDS-ITI18-034")
def test_a_format_filter_narrows_the_contents_of_a_submission_set(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    unique_id = community.publish(patient, token=token).submission_set.unique_id
    reply = community.send(get_submission_set_and_contents(token=token, unique_id=unique_id, **OTHER_FORMAT))
    expect(reply).is_success().lacks("//rim:ExtrinsicObject | //rim:Association")
