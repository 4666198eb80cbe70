"""FindDocuments: which entries come back (IHE ITI TF-2 3.18.4.1.2.3.7.1)."""

import pytest

from conformance.documents.iti_18_query.results import entries, references, unique_ids
from conformance.documents.related import related
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.names import APPROVED, DEPRECATED, RPLC, STABLE, cx
from fixtures.epr.queries import find_documents, get_documents
from fixtures.epr.xds_read import query_response
from fixtures.suite import requirement


@requirement("XDS-ITI18-001")
def test_find_documents_returns_exactly_the_approved_documents_of_the_patient(
    community: Community, patient: RegisteredPatient, other_patient: RegisteredPatient, token: bytes
) -> None:
    published = {community.publish(patient, token=token).entry.unique_id for _ in range(2)}
    community.publish(other_patient, token=community.token("PAT", other_patient))
    reply = community.send(find_documents(patient.xad_pid, token=token))
    expect(reply).is_success().meets(unique_ids(reply) == published, f"uniqueIds {published}", unique_ids(reply))


@requirement("XDS-ITI18-005")
def test_object_ref_returns_the_ids_of_leaf_class_and_no_metadata(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    community.publish(patient, token=token)
    leaves = entries(community.send(find_documents(patient.xad_pid, token=token)))
    reply = community.send(find_documents(patient.xad_pid, token=token, return_type="ObjectRef"))
    expect(reply).is_success().lacks("//rim:ExtrinsicObject")
    expect(reply).meets(references(reply) == leaves != set(), f"ObjectRefs {leaves}", references(reply))


@requirement("XDS-ITI18-006")
def test_leaf_class_returns_complete_entries(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    community.publish(patient, token=token)
    reply = community.send(find_documents(patient.xad_pid, token=token))
    expect(reply).is_success().has("//rim:ExtrinsicObject", times=1).lacks("//rim:ObjectRef")
    expect(reply).has("//rim:ExtrinsicObject[rim:Slot and rim:Classification and rim:ExternalIdentifier]", times=1)


@requirement("XDS-ITI18-008")
def test_no_match_is_a_success_with_an_empty_list(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    reply = community.send(find_documents(patient.xad_pid, token=token))
    expect(reply).is_success().has("//rim:RegistryObjectList", times=1).lacks("//rim:RegistryObjectList/*")


@requirement("XDS-ITI18-009")
def test_an_unknown_patient_id_gives_nothing_or_its_error_and_always_the_same(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    query = find_documents(cx("never-fed-2f6c", patient.mpi_domain), token=token)
    first, second = community.send(query, baseline=find_documents(patient.xad_pid, token=token)), community.send(query)
    says = [expect(reply).outcome for reply in (first, second)]
    allowed = [(one.status, one.errors) in (("Success", ()), ("Failure", ("XDSUnknownPatientId",))) for one in says]
    expect(first).meets(allowed[0] or says[0].kind == "fault", "empty Success or XDSUnknownPatientId", says[0].says)
    expect(first).lacks("//rim:ExtrinsicObject | //rim:ObjectRef")
    expect(second).meets(says[0].errors == says[1].errors, "the same answer twice", says[1].says)


@requirement("XDS-ITI18-010")
def test_a_status_that_is_not_understood_is_ignored(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token)
    reply = community.send(find_documents(patient.xad_pid, token=token, status=(APPROVED, "urn:test:foo")))
    expect(reply).is_success().meets(
        unique_ids(reply) == {published.entry.unique_id}, published.entry.unique_id, unique_ids(reply)
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param((APPROVED,), {"new"}, id="Approved"),
        pytest.param((DEPRECATED,), {"old"}, id="Deprecated"),
        pytest.param((APPROVED, DEPRECATED), {"old", "new"}, id="both"),
    ],
)
@requirement("XDS-ITI18-011")
def test_deprecated_documents_come_on_request(
    community: Community, patient: RegisteredPatient, token: bytes, status: tuple[str, ...], expected: set[str]
) -> None:
    old = community.publish(patient, token=token)
    new = related(community, patient, token, RPLC, old)
    names = {old.entry.unique_id: "old", new.entry.unique_id: "new"}
    reply = community.send(find_documents(patient.xad_pid, token=token, status=status))
    found = {names.get(unique_id, unique_id) for unique_id in unique_ids(reply)}
    expect(reply).is_success().meets(found == expected, str(expected), found)


@requirement("XDS-ITI18-023")
def test_stable_entries_are_the_default(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    community.publish(patient, token=token)
    default = community.send(find_documents(patient.xad_pid, token=token))
    reply = community.send(find_documents(patient.xad_pid, token=token, object_types=(STABLE,)))
    expect(reply).is_success().meets(entries(reply) == entries(default) != set(), str(entries(default)), entries(reply))
    expect(default).lacks(f"//rim:ExtrinsicObject[@objectType!='{STABLE}']")


@requirement("XDS-ITI18-038")
def test_metadata_level_1_changes_nothing(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published = community.publish(patient, token=token)
    reply = community.send(find_documents(patient.xad_pid, token=token, metadata_level="1"))
    expect(reply).is_success().meets(
        unique_ids(reply) == {published.entry.unique_id}, published.entry.unique_id, unique_ids(reply)
    )


@requirement("XDS-ITI18-041")
def test_the_home_of_the_community_is_accepted_on_the_query(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token)
    home = community.target.home_community_id
    reply = community.send(get_documents(token=token, unique_ids=[published.entry.unique_id], home=home))
    expect(reply).is_success().meets(
        unique_ids(reply) == {published.entry.unique_id}, published.entry.unique_id, unique_ids(reply)
    )


@requirement("XDS-ITI18-042")
def test_many_results_come_complete_or_with_too_many_results(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = {community.publish(patient, token=token).entry.entry_uuid for _ in range(30)}
    reply = community.send(find_documents(patient.xad_pid, token=token))
    complete = expect(reply).outcome.status == "Success" and entries(reply) == published
    too_many = expect(reply).outcome.errors == ("XDSTooManyResults",) and not query_response(reply).documents
    expect(reply).meets(complete or too_many, "all 30 entries, or XDSTooManyResults", expect(reply).outcome.says)
    refs = community.send(find_documents(patient.xad_pid, token=token, return_type="ObjectRef"))
    expect(refs).is_success().meets(references(refs) == published, "30 ObjectRefs", len(references(refs)))


@requirement("XDS-ITI18-045")
@pytest.mark.parametrize(
    "value",
    ["' OR '1'='1", "''", "1=1 --", "%27", "'] | //rim:ExtrinsicObject | //*['", "'); DROP TABLE entries; --", "%"],
)
def test_a_patient_id_is_data_and_not_code(
    community: Community, patient: RegisteredPatient, other_patient: RegisteredPatient, token: bytes, value: str
) -> None:
    stranger = community.publish(other_patient, token=community.token("PAT", other_patient))
    community.publish(patient, token=token)
    baseline = find_documents(patient.xad_pid, token=token)
    reply = community.send(find_documents(value, token=token), baseline=baseline)
    expect(reply).lacks("//rim:ExtrinsicObject | //rim:ObjectRef").discloses_nothing([stranger.entry.unique_id])


@requirement("XDS-ITI18-045")
@pytest.mark.parametrize("value", ["' OR '1'='1", "%') OR ('1'='1", "[^x]%", "\\%"])
def test_an_author_pattern_is_data_and_not_code(
    community: Community, patient: RegisteredPatient, other_patient: RegisteredPatient, token: bytes, value: str
) -> None:
    stranger = community.publish(other_patient, token=community.token("PAT", other_patient))
    community.publish(patient, token=token)
    baseline = find_documents(patient.xad_pid, token=token)
    query = find_documents(patient.xad_pid, token=token, author_persons=[value])
    reply = community.send(query, baseline=baseline)
    expect(reply).lacks("//rim:ExtrinsicObject").discloses_nothing([stranger.entry.unique_id])


@requirement("PAT-SPID-007", "XDS-META-011")
def test_entries_carry_the_master_patient_id_and_never_the_epr_spid(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    community.publish(patient, token=token)
    reply = community.send(find_documents(patient.xad_pid, token=token))
    ids = {document.patient_id for document in query_response(reply).documents}
    expect(reply).is_success().meets(ids == {patient.xad_pid}, patient.xad_pid, ids)
