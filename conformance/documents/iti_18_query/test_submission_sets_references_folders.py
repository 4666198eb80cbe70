"""FindSubmissionSets, FindDocumentsByReferenceId, and the Folder queries that are empty in the Swiss EPR."""

from typing import Any

import pytest

from conformance.documents.iti_18_query.results import packages, unique_ids
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import PROCEDURE, SubmissionSet, new_oid
from fixtures.epr.message import Message
from fixtures.epr.names import DEPRECATED
from fixtures.epr.queries import (
    AllOf,
    find_documents_by_reference_id,
    find_folders,
    find_submission_sets,
    get_folder_and_contents,
    get_folders,
    get_folders_for_document,
)
from fixtures.epr.valuesets import Code
from fixtures.suite import requirement

ORDER = "urn:ihe:iti:xds:2013:order"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, {"one", "two"}, id="no-filter"),
        pytest.param({"source_ids": ["2.999.42.1"]}, {"one"}, id="sourceId"),
        pytest.param({"source_ids": ["2.999.42.1", "2.999.42.2"]}, {"one", "two"}, id="two-sourceIds"),
        pytest.param({"submission_time_from": "20250101", "submission_time_to": "20250601"}, {"one"}, id="time"),
        pytest.param({"submission_time_from": "20250601"}, {"two"}, id="time-from"),
        pytest.param({"author_person": "%Favre%"}, {"one", "two"}, id="authorPerson"),
        pytest.param({"author_person": "%Nobody%"}, set(), id="other-authorPerson"),
        pytest.param({"content_types": [PROCEDURE]}, {"one", "two"}, id="contentType"),
        pytest.param({"content_types": [Code("103693007", PROCEDURE.system)]}, set(), id="other-contentType"),
        pytest.param({"status": [DEPRECATED]}, set(), id="no-set-is-deprecated"),
    ],
)
@requirement("XDS-ITI18-024")
def test_find_submission_sets_returns_the_matching_sets(
    community: Community, patient: RegisteredPatient, token: bytes, filters: dict[str, Any], expected: set[str]
) -> None:
    sources = {"one": ("2.999.42.1", "20250314080000"), "two": ("2.999.42.2", "20260314080000")}
    names: dict[str, str] = {}
    for name, (source_id, time) in sources.items():
        package = SubmissionSet(patient_id=patient.xad_pid, source_id=source_id, submission_time=time)
        names[community.publish(patient, token=token, submission_set=package).submission_set.unique_id] = name
    reply = community.send(find_submission_sets(patient.xad_pid, token=token, **filters))
    found = {names.get(unique_id, unique_id) for unique_id in packages(reply)}
    expect(reply).is_success().meets(found == expected, str(expected), found)


@requirement("XDS-ITI18-024")
def test_find_submission_sets_returns_those_of_the_patient_only(
    community: Community, patient: RegisteredPatient, other_patient: RegisteredPatient, token: bytes
) -> None:
    ours = community.publish(patient, token=token).submission_set.unique_id
    community.publish(other_patient, token=community.token("PAT", other_patient))
    reply = community.send(find_submission_sets(patient.xad_pid, token=token))
    expect(reply).is_success().meets(packages(reply) == {ours}, ours, packages(reply))


@pytest.mark.parametrize("wanted", ["r1", "r1-or-r2", "r1-and-r2", "unknown"])
@requirement("XDS-ITI18-036")
def test_documents_are_found_by_reference_id(
    community: Community, patient: RegisteredPatient, token: bytes, wanted: str
) -> None:
    r1, r2, unknown = (f"{new_oid()}^^^&2.999.756.42.8&ISO^{ORDER}" for _ in range(3))
    first, second, both = (
        community.publish(patient, token=token, reference_ids=ids).entry.unique_id for ids in ((r1,), (r2,), (r1, r2))
    )
    cases: dict[str, tuple[Any, set[str]]] = {
        "r1": ([r1], {first, both}),
        "r1-or-r2": ([r1, r2], {first, second, both}),
        "r1-and-r2": (AllOf([r1], [r2]), {both}),
        "unknown": ([unknown], set()),
    }
    ids, expected = cases[wanted]
    reply = community.send(find_documents_by_reference_id(patient.xad_pid, ids, token=token))
    expect(reply).is_success().meets(unique_ids(reply) == expected, str(expected), unique_ids(reply))


FOLDER = "urn:uuid:11111111-2222-4333-8444-555555555555"


def _folder_query(name: str, patient: RegisteredPatient, entry_uuid: str, token: bytes) -> Message:
    return {
        "FindFolders": find_folders(patient.xad_pid, token=token),
        "GetFolders": get_folders(token=token, entry_uuids=[FOLDER]),
        "GetFolderAndContents": get_folder_and_contents(token=token, entry_uuid=FOLDER),
        "GetFoldersForDocument": get_folders_for_document(token=token, entry_uuid=entry_uuid),
    }[name]


@pytest.mark.parametrize("name", ["FindFolders", "GetFolders", "GetFolderAndContents", "GetFoldersForDocument"])
@requirement("XDS-ITI18-025")
def test_folder_queries_return_nothing(
    community: Community, patient: RegisteredPatient, token: bytes, name: str
) -> None:
    published = community.publish(patient, token=token)
    reply = community.send(_folder_query(name, patient, published.entry.entry_uuid, token))
    expect(reply).is_success().lacks("//rim:RegistryObjectList/*")
