"""Unique ids, repetition and concurrency (IHE ITI TF-2 3.42.4.1.3.3; TF-3 4.2.3.2.26)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.documents.submitting import METADATA, set_of, stored
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import Association, new_uuid
from fixtures.epr.names import RPLC
from fixtures.epr.queries import find_documents, find_submission_sets
from fixtures.epr.xds_read import query_response
from fixtures.suite import requirement


@requirement("XDS-ITI41-015")
def test_a_submission_set_id_is_used_once(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    first = community.publish(patient, token=token)
    package = set_of(community, patient, unique_id=first.submission_set.unique_id)
    second = community.submission(patient, token=token, submission_set=package)
    reply = community.send(second.message, baseline=community.submission(patient, token=token).message)
    expect(reply).is_failure("XDSDuplicateUniqueIdInRegistry")
    expect(reply).meets(not stored(community, token, second.entry.unique_id), "nothing stored", "an entry")


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        pytest.param(b"%PDF-1.4 two", ("XDSNonIdenticalHash",), id="equal-length"),
        pytest.param(b"%PDF-1.4 longer", ("XDSNonIdenticalHash", "XDSNonIdenticalSize"), id="other-length"),
    ],
)
@requirement("XDS-ITI41-016")
def test_a_document_id_with_other_content_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, content: bytes, codes: tuple[str, ...]
) -> None:
    first = community.publish(patient, token=token, content=b"%PDF-1.4 one")
    second = community.submission(patient, token=token, content=content, unique_id=first.entry.unique_id)
    reply = community.send(second.message, baseline=community.submission(patient, token=token).message)
    expect(reply).is_failure(*codes, tolerated=("XDSDuplicateUniqueIdInRegistry",))
    (entry,) = stored(community, token, first.entry.unique_id)
    expect(reply).meets(entry.hash.lower() == first.entry.hash, "the first document unchanged", entry.hash)


@requirement("XDS-ITI41-017")
def test_the_same_document_may_be_registered_twice(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    first = community.publish(patient, token=token)
    again = community.submission(patient, token=token, content=first.content, unique_id=first.entry.unique_id)
    reply = community.send(again.message)
    expect(reply).is_success()
    found = {entry.entry_uuid for entry in stored(community, token, first.entry.unique_id)}
    expect(reply).meets(found == {first.entry.entry_uuid, again.entry.entry_uuid}, "two entries", found)


@requirement("XDS-ITI41-046")
def test_an_entry_uuid_is_used_once(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    first = community.publish(patient, token=token)
    second = community.submission(patient, token=token, entry_uuid=first.entry.entry_uuid)
    reply = community.send(second.message, baseline=community.submission(patient, token=token).message)
    expect(reply).is_failure(*METADATA, "XDSDuplicateUniqueIdInRegistry", "XDSRegistryError")
    (entry,) = stored(community, token, first.entry.unique_id)
    expect(reply).meets(entry.hash.lower() == first.entry.hash, "the first entry unchanged", entry.hash)


@requirement("XDS-ITI41-068")
def test_a_repeated_request_is_not_stored_twice(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    submission = community.submission(patient, token=token)
    community.accepted(lambda: submission.message)
    reply = community.send(submission.message)
    expect(reply).is_failure("XDSDuplicateUniqueIdInRegistry")
    sets = query_response(community.accepted(find_submission_sets(patient.xad_pid, token=token))).submission_sets
    expect(reply).meets(len(sets) == 1, "one SubmissionSet", len(sets))


@requirement("XDS-ITI41-067")
def test_of_two_simultaneous_replacements_one_wins(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    old = community.publish(patient, token=token).entry.entry_uuid
    ids = [new_uuid(), new_uuid()]
    messages = [
        community.submission(
            patient, token=token, entry_uuid=id_, associations=[Association(type=RPLC, source=id_, target=old)]
        ).message
        for id_ in ids
    ]
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(community.send, messages))
    lost = [reply for reply in replies if expect(reply).outcome.status != "Success"]
    expect(replies[0]).meets(len(lost) == 1, "one Success and one Failure", [expect(r).outcome.says for r in replies])
    expect(lost[0]).is_failure("XDSRegistryDeprecatedDocumentError", "XDSRegistryBusy")
    approved = query_response(community.accepted(find_documents(patient.xad_pid, token=token))).documents
    expect(lost[0]).meets(len(approved) == 1, "one Approved successor", [entry.entry_uuid for entry in approved])
