"""Stored queries with missing, doubled or malformed parameters (IHE ITI TF-2 3.18.4.1.3; 3.18.4.1.2.3)."""

from collections.abc import Callable

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, Published, RegisteredPatient
from fixtures.epr.message import Message
from fixtures.epr.names import APPROVED, RPLC
from fixtures.epr.queries import (
    find_documents,
    find_documents_by_reference_id,
    find_submission_sets,
    get_all,
    get_associations,
    get_documents,
    get_documents_and_associations,
    get_related_documents,
    get_submission_set_and_contents,
    quoted,
    slot,
)
from fixtures.suite import requirement

ADHOC_QUERY = "//rim:AdhocQuery"
OPTION = "//query:ResponseOption"


@pytest.mark.parametrize(
    "missing",
    [
        pytest.param("$XDSDocumentEntryPatientId", marks=pytest.mark.requirement("XDS-ITI18-002"), id="PatientId"),
        pytest.param("$XDSDocumentEntryStatus", marks=pytest.mark.requirement("XDS-ITI18-003"), id="Status"),
    ],
)
def test_find_documents_without_a_required_parameter_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, missing: str
) -> None:
    query = find_documents(patient.xad_pid, token=token)
    reply = community.send(query.without(slot(missing)), baseline=query)
    expect(reply).is_failure("XDSStoredQueryMissingParam").lacks("//rim:ExtrinsicObject")


@requirement("XDS-ITI18-004")
def test_an_unknown_query_id_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    query = find_documents(patient.xad_pid, token=token)
    unknown = query.with_attribute(ADHOC_QUERY, "id", "urn:uuid:00000000-0000-4000-8000-000000000000")
    expect(community.send(unknown, baseline=query)).is_failure("XDSUnknownStoredQuery")


@pytest.mark.parametrize("return_type", ["RegistryObject", "LeafClassWithRepositoryItem"])
@requirement("XDS-ITI18-007")
def test_an_unknown_return_type_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, return_type: str
) -> None:
    community.publish(patient, token=token)
    query = find_documents(patient.xad_pid, token=token)
    reply = community.send(query.with_attribute(OPTION, "returnType", return_type), baseline=query)
    expectation = expect(reply).refuses().lacks("//rim:ExtrinsicObject")
    codes = expectation.outcome.errors
    expectation.meets(codes in ((), ("XDSRegistryError",)), "XDSRegistryError or a SOAP fault", codes)


@requirement("XDS-ITI18-010")
def test_only_statuses_that_are_not_understood_count_as_missing(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    query = find_documents(patient.xad_pid, token=token)
    changed = query.with_text(f"{slot('$XDSDocumentEntryStatus')}//rim:Value", "('urn:test:foo')", "unknown status")
    expect(community.send(changed, baseline=query)).is_failure("XDSStoredQueryMissingParam")


@pytest.mark.parametrize(
    ("parameter", "tolerated"),
    [("$XDSDocumentEntryPatientId", ()), ("$XDSDocumentEntryCreationTimeFrom", ("XDSRegistryError",))],
    ids=["PatientId", "CreationTimeFrom"],
)
@requirement("XDS-ITI18-022")
def test_a_single_valued_parameter_given_twice_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, parameter: str, tolerated: tuple[str, ...]
) -> None:
    query = find_documents(patient.xad_pid, token=token, creation_time_from="20200101")
    doubled = query.doubled(f"{slot(parameter)}/rim:ValueList/rim:Value", f"{parameter} with two Values")
    reply = community.send(doubled, baseline=query)
    expect(reply).is_failure("XDSStoredQueryParamNumber", tolerated=tolerated).lacks("//rim:ExtrinsicObject")


@pytest.mark.parametrize("missing", ["$XDSSubmissionSetPatientId", "$XDSSubmissionSetStatus"])
@requirement("XDS-ITI18-024")
def test_find_submission_sets_without_a_required_parameter_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, missing: str
) -> None:
    query = find_submission_sets(patient.xad_pid, token=token)
    expect(community.send(query.without(slot(missing)), baseline=query)).is_failure("XDSStoredQueryMissingParam")


@pytest.mark.parametrize(
    "missing", ["$patientId", "$XDSDocumentEntryStatus", "$XDSSubmissionSetStatus", "$XDSFolderStatus"]
)
@requirement("XDS-ITI18-027")
def test_get_all_without_a_required_parameter_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, missing: str
) -> None:
    query = get_all(patient.xad_pid, token=token)
    expect(community.send(query.without(slot(missing)), baseline=query)).is_failure("XDSStoredQueryMissingParam")


def _documents(published: Published, token: bytes) -> Message:
    return get_documents(token=token, entry_uuids=[published.entry.entry_uuid])


def _documents_and_associations(published: Published, token: bytes) -> Message:
    return get_documents_and_associations(token=token, entry_uuids=[published.entry.entry_uuid])


def _set_and_contents(published: Published, token: bytes) -> Message:
    return get_submission_set_and_contents(token=token, unique_id=published.submission_set.unique_id)


def _related(published: Published, token: bytes) -> Message:
    return get_related_documents([RPLC], token=token, entry_uuid=published.entry.entry_uuid)


GET_QUERIES = {
    "GetDocuments": (_documents, "$XDSDocumentEntry", "EntryUUID", "UniqueId"),
    "GetDocumentsAndAssociations": (_documents_and_associations, "$XDSDocumentEntry", "EntryUUID", "UniqueId"),
    "GetSubmissionSetAndContents": (_set_and_contents, "$XDSSubmissionSet", "UniqueId", "EntryUUID"),
    "GetRelatedDocuments": (_related, "$XDSDocumentEntry", "EntryUUID", "UniqueId"),
}
Build = Callable[[Published, bytes], Message]


@pytest.mark.parametrize(("build", "prefix", "given", "other"), GET_QUERIES.values(), ids=GET_QUERIES)
@requirement("XDS-ITI18-029")
def test_a_get_query_with_both_identifiers_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, build: Build, prefix: str, given: str, other: str
) -> None:
    published = community.publish(patient, token=token)
    query = build(published, token)
    both = query.doubled(slot(prefix + given)).with_attribute(
        f"({slot(prefix + given)})[2]", "name", prefix + other, f"both {given} and {other}"
    )
    expect(community.send(both, baseline=query)).is_failure("XDSStoredQueryParamNumber")


@pytest.mark.parametrize(("build", "prefix", "given", "other"), GET_QUERIES.values(), ids=GET_QUERIES)
@requirement("XDS-ITI18-029")
def test_a_get_query_without_identifier_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, build: Build, prefix: str, given: str, other: str
) -> None:
    query = build(community.publish(patient, token=token), token)
    reply = community.send(query.without(slot(prefix + given), f"neither {given} nor {other}"), baseline=query)
    expect(reply).is_failure("XDSStoredQueryMissingParam")


@requirement("XDS-ITI18-031")
def test_get_associations_without_uuid_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    query = get_associations([community.publish(patient, token=token).entry.entry_uuid], token=token)
    expect(community.send(query.without(slot("$uuid")), baseline=query)).is_failure("XDSStoredQueryMissingParam")


@requirement("XDS-ITI18-035")
def test_get_related_documents_without_association_types_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    query = _related(community.publish(patient, token=token), token)
    reply = community.send(query.without(slot("$AssociationTypes")), baseline=query)
    expect(reply).is_failure("XDSStoredQueryMissingParam")


@requirement("XDS-ITI18-037")
def test_find_documents_by_reference_id_without_reference_id_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    query = find_documents_by_reference_id(patient.xad_pid, ["1^^^&1.2&ISO^urn:ihe:iti:xds:2013:order"], token=token)
    reply = community.send(query.without(slot("$XDSDocumentEntryReferenceIdList")), baseline=query)
    expect(reply).is_failure("XDSStoredQueryMissingParam")


@requirement("XDS-ITI18-039")
def test_a_metadata_level_other_than_1_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    community.publish(patient, token=token)
    query = find_documents(patient.xad_pid, token=token, metadata_level="1")
    changed = query.with_text(f"{slot('$MetadataLevel')}//rim:Value", "2")
    expect(community.send(changed, baseline=query)).is_failure("XDSRegistryError").lacks("//rim:ExtrinsicObject")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        pytest.param("$XDSDocumentEntryPatientId", "{patient}", id="PatientId-without-quotes"),
        pytest.param("$XDSDocumentEntryPatientId", quoted("abc"), id="PatientId-not-CX"),
        pytest.param("$XDSDocumentEntryStatus", quoted(APPROVED), id="Status-without-parentheses"),
    ],
)
@requirement("XDS-ITI18-044")
def test_a_malformed_parameter_value_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, parameter: str, value: str
) -> None:
    query = find_documents(patient.xad_pid, token=token)
    malformed = query.with_text(f"{slot(parameter)}//rim:Value", value.format(patient=patient.xad_pid))
    reply = community.send(malformed, baseline=query)
    expect(reply).is_failure("XDSRegistryError", "XDSStoredQueryMissingParam")


@requirement("XCA-IGQ-012")
def test_an_unknown_home_on_the_query_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token)
    home = community.target.home_community_id
    query = get_documents(token=token, unique_ids=[published.entry.unique_id], home=home)
    reply = community.send(query.with_attribute(ADHOC_QUERY, "home", "urn:oid:2.999.9.9.9"), baseline=query)
    expect(reply).is_failure("XDSUnknownCommunity").lacks("//rim:ExtrinsicObject")
