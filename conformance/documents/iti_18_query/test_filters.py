"""Filters of FindDocuments: codes, times, authors, AND and OR (IHE ITI TF-2 3.18.4.1.2.3)."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.documents.iti_18_query.results import unique_ids
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import NORMAL, PHYSICIAN, RESTRICTED, SECRET
from fixtures.epr.names import CH_FORMAT
from fixtures.epr.queries import AllOf, find_documents, slot
from fixtures.epr.valuesets import Code, value_set
from fixtures.suite import requirement

CT, MR = Code("CT", "1.2.840.10008.2.16.4"), Code("MR", "1.2.840.10008.2.16.4")
#: filter -> (attribute of the entry, its value set, code of the entry, another code)
CODED = {
    "class_codes": ("class_code", "classCode", "371531000", "734163000"),
    "type_codes": ("type_code", "typeCode", "371530004", "371532007"),
    "practice_setting_codes": ("practice_setting_code", "practiceSettingCode", "394802001", "394577000"),
    "healthcare_facility_type_codes": (
        "healthcare_facility_type_code",
        "healthcareFacilityTypeCode",
        "22232009",
        "264372000",
    ),
    "format_codes": (
        "format_code",
        "formatCode",
        "urn:che:epr:EPR_Unstructured_Document",
        "urn:ihe:iti:xds:2017:mimeTypeSufficient",
    ),
}


def finds(community: Community, patient: RegisteredPatient, token: bytes, **filters: Any) -> set[str]:
    """The uniqueIds FindDocuments gives with these filters; demands Success."""
    reply = community.send(find_documents(patient.xad_pid, token=token, **filters))
    expect(reply).is_success()
    return unique_ids(reply)


@pytest.mark.parametrize("values", ["matching", "other", "both"])
@pytest.mark.parametrize("name", CODED)
@requirement("XDS-ITI18-012")
def test_a_coded_filter_selects_by_code(
    community: Community, patient: RegisteredPatient, token: bytes, name: str, values: str
) -> None:
    attribute, list_name, code, other = CODED[name]
    own, foreign = value_set(list_name).code(code), value_set(list_name).code(other)
    wanted = {"matching": [own], "other": [foreign], "both": [foreign, own]}[values]
    published = community.publish(patient, token=token, **{attribute: own})
    filters: dict[str, Any] = {name: wanted}
    reply = community.send(find_documents(patient.xad_pid, token=token, **filters))
    expected = set() if values == "other" else {published.entry.unique_id}
    expect(reply).is_success().meets(unique_ids(reply) == expected, str(expected), unique_ids(reply))


@requirement("XDS-ITI18-013")
def test_the_right_code_with_another_coding_scheme_does_not_match(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token)
    assert published.entry.class_code is not None
    foreign = replace(published.entry.class_code, system=CH_FORMAT)
    reply = community.send(find_documents(patient.xad_pid, token=token, class_codes=[foreign]))
    expect(reply).is_success().lacks("//rim:ExtrinsicObject")


@requirement("XDS-ITI18-014")
def test_a_coded_parameter_without_scheme_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    community.publish(patient, token=token)
    query = find_documents(patient.xad_pid, token=token, class_codes=[Code("371531000", "2.16.840.1.113883.6.96")])
    changed = query.with_text(f"{slot('$XDSDocumentEntryClassCode')}//rim:Value", "('371531000')", "no coding scheme")
    expect(community.send(changed, baseline=query)).is_failure("XDSRegistryError")


@pytest.mark.parametrize(
    ("bounds", "is_found"),
    [
        pytest.param({"from": "20250314080000", "to": "20250314080001"}, True, id="from-equal"),
        pytest.param({"to": "20250101000000"}, False, id="to-well-before"),
        pytest.param({"from": "20250101"}, True, id="only-from"),
        pytest.param({"to": "20260101"}, True, id="only-to"),
        pytest.param({"from": "20260101"}, False, id="from-after"),
    ],
)
@pytest.mark.parametrize("attribute", ["creation_time", "service_start_time", "service_stop_time"])
@requirement("XDS-ITI18-015")
def test_a_time_filter_includes_its_lower_bound(
    community: Community,
    patient: RegisteredPatient,
    token: bytes,
    attribute: str,
    bounds: dict[str, str],
    is_found: bool,
) -> None:
    times = {"creation_time": "20250314080000", "service_start_time": "20250314080000"}
    times["service_stop_time"] = "20250314080000"
    published = community.publish(patient, token=token, **times)
    filters: dict[str, Any] = {f"{attribute}_{bound}": value for bound, value in bounds.items()}
    reply = community.send(find_documents(patient.xad_pid, token=token, **filters))
    expected = {published.entry.unique_id} if is_found else set()
    expect(reply).is_success().meets(unique_ids(reply) == expected, str(expected), unique_ids(reply))


@requirement("XDS-ITI18-016")
def test_entries_without_service_time_pass_service_time_filters(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token, service_start_time="", service_stop_time="")
    query = find_documents(
        patient.xad_pid, token=token, service_start_time_from="20240101", service_stop_time_to="20240201"
    )
    reply = community.send(query)
    expect(reply).is_success().meets(
        unique_ids(reply) == {published.entry.unique_id}, published.entry.unique_id, unique_ids(reply)
    )


@pytest.mark.parametrize(
    ("pattern", "is_found"),
    [
        ("%Mustermann%", True),
        ("^Mustermann^Max%", True),
        ("Nobody%", False),
        ("^Mus_ermann^M_x%", True),
        ("_%X", False),
    ],
)
@requirement("XDS-ITI18-017")
def test_author_person_is_matched_like_sql_like(
    community: Community, patient: RegisteredPatient, token: bytes, pattern: str, is_found: bool
) -> None:
    author = replace(PHYSICIAN, person="^Mustermann^Max")
    published = community.publish(patient, token=token, authors=(author,))
    reply = community.send(find_documents(patient.xad_pid, token=token, author_persons=[pattern]))
    expected = {published.entry.unique_id} if is_found else set()
    expect(reply).is_success().meets(unique_ids(reply) == expected, str(expected), unique_ids(reply))


@requirement("XDS-ITI18-018")
def test_a_quote_in_a_value_is_doubled(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published = community.publish(patient, token=token, authors=(replace(PHYSICIAN, person="^O'Neill^Pat"),))
    reply = community.send(find_documents(patient.xad_pid, token=token, author_persons=["%O'Neill%"]))
    expect(reply).is_success().meets(
        unique_ids(reply) == {published.entry.unique_id}, published.entry.unique_id, unique_ids(reply)
    )


@requirement("XDS-ITI18-019")
@pytest.mark.parametrize("values", [["('{a}','{b}')"], ["('{a}')", "('{b}')"]], ids=["one-Value", "two-Values"])
def test_several_values_of_one_slot_mean_or(
    community: Community, patient: RegisteredPatient, token: bytes, values: list[str]
) -> None:
    expected = {community.publish(patient, token=token, event_codes=(code,)).entry.unique_id for code in (CT, MR)}
    community.publish(patient, token=token)
    written = "".join(
        f"<rim:Value>{value.format(a='CT^^1.2.840.10008.2.16.4', b='MR^^1.2.840.10008.2.16.4')}</rim:Value>"
        for value in values
    )
    query = find_documents(patient.xad_pid, token=token, event_codes=[CT])
    query = query.replaced(
        f"{slot('$XDSDocumentEntryEventCodeList')}/rim:ValueList", f"<rim:ValueList>{written}</rim:ValueList>"
    )
    reply = community.send(query)
    expect(reply).is_success().meets(unique_ids(reply) == expected, str(expected), unique_ids(reply))


@requirement("XDS-ITI18-020")
def test_several_slots_of_one_name_mean_and(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    _, magnetic, both = (
        community.publish(patient, token=token, event_codes=codes).entry.unique_id for codes in ((CT,), (MR,), (CT, MR))
    )
    narrow = finds(community, patient, token, event_codes=AllOf([CT], [MR]))
    wide = finds(community, patient, token, event_codes=AllOf([CT, MR], [MR]))
    reply = community.send(find_documents(patient.xad_pid, token=token, event_codes=AllOf([CT], [MR])))
    expect(reply).meets(narrow == {both}, "only the entry with CT and MR", narrow)
    expect(reply).meets(wide == {magnetic, both}, "the entries with MR", wide)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([NORMAL], {"normal"}), ([RESTRICTED], {"restricted"}), ([NORMAL, SECRET], {"normal", "secret"})],
    ids=["normal", "restricted", "normal-or-secret"],
)
@requirement("XDS-ITI18-021")
def test_confidentiality_is_filtered(
    community: Community, patient: RegisteredPatient, token: bytes, codes: list[Code], expected: set[str]
) -> None:
    levels = {"normal": NORMAL, "restricted": RESTRICTED, "secret": SECRET}
    names = {
        community.publish(patient, token=token, confidentiality_codes=(code,)).entry.unique_id: name
        for name, code in levels.items()
    }
    reply = community.send(find_documents(patient.xad_pid, token=token, confidentiality_codes=codes))
    found = {names.get(unique_id, unique_id) for unique_id in unique_ids(reply)}
    expect(reply).is_success().meets(found == expected, str(expected), found)
