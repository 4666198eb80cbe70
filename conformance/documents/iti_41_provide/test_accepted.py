"""Valid submissions are accepted, and Success means queryable and retrievable (IHE ITI TF-2 3.41.4.1.3)."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.documents.submitting import entry_of, set_of, several, stored
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import DELETION_NOT_REQUESTED, NORMAL, RESTRICTED, SECRET, complete, provider_role
from fixtures.epr.ebrim_read import differences
from fixtures.epr.names import DELETION_STATUS, ORIGINAL_PROVIDER_ROLE
from fixtures.epr.paths import classification, document_entry, slot_value
from fixtures.epr.queries import find_submission_sets, get_documents
from fixtures.epr.valuesets import Code
from fixtures.epr.xds import Document, DocumentRequest, inlined, provide_and_register, retrieve
from fixtures.epr.xds_read import query_response, retrieve_response
from fixtures.epr.xml import text
from fixtures.suite import requirement


@requirement("XDS-ITI41-001", "XDS-MTOM-001")
def test_a_professional_publishes_one_document(community: Community, patient: RegisteredPatient, hcp: bytes) -> None:
    expect(community.send(community.submission(patient, token=hcp).message)).is_success()


@requirement("XDS-ITI41-002")
def test_several_documents_in_one_submission_are_all_found(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    entries = [entry_of(community, patient) for _ in range(3)]
    reply = community.send(several(community, patient, token, entries))
    expect(reply).is_success()
    found = {entry.unique_id for entry in stored(community, token, *(entry.unique_id for entry in entries))}
    expect(reply).meets(found == {entry.unique_id for entry in entries}, "three entries", found)
    sets = query_response(community.send(find_submission_sets(patient.xad_pid, token=token))).submission_sets
    expect(reply).meets(len(sets) == 1, "one SubmissionSet", len(sets))


@requirement("XDS-ITI41-003")
def test_success_means_at_once_queryable_and_retrievable(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token)
    found = community.send(get_documents(token=token, unique_ids=[published.entry.unique_id]))
    expect(found).is_success().has("//rim:ExtrinsicObject[contains(@status, ':Approved')]", times=1)
    reply = community.send(retrieve([published.request], token=token))
    contents = [document.content for document in retrieve_response(reply).documents]
    expect(reply).is_success().meets(contents == [published.content], "the octets that were sent", len(contents))


@requirement("XDS-ITI41-004", "XDS-META-006", "XDS-META-007")
def test_the_repository_adds_hash_size_and_its_own_id(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token, content=b"%PDF-1.4 Befund")
    reply = community.send(get_documents(token=token, unique_ids=[published.entry.unique_id]))
    (entry,) = query_response(reply).documents
    sha1 = hashlib.sha1(b"%PDF-1.4 Befund", usedforsecurity=False).hexdigest()
    expect(reply).meets(entry.hash.lower() == sha1, f"hash {sha1}", entry.hash)
    expect(reply).meets(entry.size == "15", "size 15", entry.size)
    own = community.target.repository_unique_id
    expect(reply).meets(entry.repository_unique_id == own, own, entry.repository_unique_id)


@requirement("XDS-ITI41-005")
def test_a_submitted_repository_id_is_replaced(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published = community.publish(patient, token=token, repository_unique_id="1.2.3.4")
    reply = community.send(get_documents(token=token, unique_ids=[published.entry.unique_id]))
    (entry,) = query_response(reply).documents
    own = community.target.repository_unique_id
    expect(reply).meets(entry.repository_unique_id == own, own, entry.repository_unique_id)


@pytest.mark.parametrize("case", [str.lower, str.upper], ids=["lower-case", "upper-case"])
@requirement("XDS-ITI41-006")
def test_a_right_hash_is_accepted_in_any_letter_case(
    community: Community, patient: RegisteredPatient, token: bytes, case: Callable[[str], str]
) -> None:
    content = b"%PDF-1.4 Verlauf"
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    submission = community.submission(patient, token=token, content=content, hash=digest, size=str(len(content)))
    expect(community.send(submission.message.with_text(slot_value("hash"), case(digest)))).is_success()


@pytest.mark.parametrize("display", ["Bericht einer klinischen Begegnung", "Something else altogether"])
@requirement("XDS-ITI41-028")
def test_display_names_are_not_checked(
    community: Community, patient: RegisteredPatient, token: bytes, display: str
) -> None:
    message = community.submission(patient, token=token).message
    renamed = message.with_attribute(
        f"{classification('classCode')}/rim:Name/rim:LocalizedString", "value", display, "other display"
    )
    expect(community.send(renamed)).is_success()


@requirement("XDS-ITI41-043")
def test_a_submitted_status_is_ignored(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    submission = community.submission(patient, token=token)
    status = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
    reply = community.send(submission.message.with_attribute(document_entry(), "status", status))
    expect(reply).is_success()
    (entry,) = stored(community, token, submission.entry.unique_id)
    expect(reply).meets(entry.status.endswith(":Approved"), "Approved", entry.status)


@requirement("XDS-ITI41-044")
def test_symbolic_ids_are_replaced_by_uuids(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    entry = entry_of(community, patient, entry_uuid="Document01")
    package = set_of(community, patient, entry_uuid="SubmissionSet01")
    reply = community.send(provide_and_register(package, [Document(entry, b"%PDF-1.4 01")], token=token))
    expect(reply).is_success()
    found = community.send(get_documents(token=token, unique_ids=[entry.unique_id]))
    expect(found).has("//rim:ExtrinsicObject[starts-with(@id, 'urn:uuid:')]", times=1)
    expect(found).lacks("//rim:Classification[@classifiedObject != ancestor::rim:ExtrinsicObject/@id]")


@requirement("XDS-ITI41-045")
def test_uuid_ids_are_kept(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published = community.publish(patient, token=token)
    reply = community.send(get_documents(token=token, entry_uuids=[published.entry.entry_uuid]))
    expect(reply).is_success().has(f"//rim:ExtrinsicObject[@id='{published.entry.entry_uuid}']", times=1)


@requirement("XDS-ITI41-058")
def test_the_swiss_slots_are_saved(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    role = provider_role("PAT")
    published = community.publish(
        patient, token=token, original_provider_role=role, deletion_status=DELETION_NOT_REQUESTED
    )
    expect(published.reply).lacks("//rs:RegistryError[@errorCode='XDSExtraMetadataNotSaved']")
    reply = community.send(get_documents(token=token, unique_ids=[published.entry.unique_id]))
    expect(reply).reads(f"//rim:Slot[@name='{ORIGINAL_PROVIDER_ROLE}']//rim:Value", role)
    expect(reply).reads(f"//rim:Slot[@name='{DELETION_STATUS}']//rim:Value", DELETION_NOT_REQUESTED)


@requirement("XDS-ITI41-059")
def test_other_extra_metadata_is_saved_or_a_warning_says_it_is_not(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    submission = community.submission(patient, token=token, extra_slots=(("urn:example:test:note", ("seen",)),))
    reply = community.send(submission.message)
    expect(reply).meets(expect(reply).outcome.status == "Success", "status Success", expect(reply).outcome.says)
    found = community.send(get_documents(token=token, unique_ids=[submission.entry.unique_id]))
    assert found.root is not None
    is_saved = text(found.root, "//rim:Slot[@name='urn:example:test:note']//rim:Value") == "seen"
    warned = "XDSExtraMetadataNotSaved" in expect(reply).outcome.warnings
    expect(reply).meets(is_saved or warned, "the slot, or XDSExtraMetadataNotSaved", expect(reply).outcome.says)


@requirement("XDS-ITI41-061")
def test_reference_ids_are_stored(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    ids = ("2.999.7.1^^^^urn:ihe:iti:xds:2016:studyInstanceUID", "A-42^^^&2.999.7&ISO^urn:ihe:iti:xds:2013:accession")
    published = community.publish(patient, token=token, reference_ids=ids)
    reply = community.send(get_documents(token=token, unique_ids=[published.entry.unique_id]))
    (entry,) = query_response(reply).documents
    expect(reply).meets(set(entry.reference_ids) == set(ids), str(ids), entry.reference_ids)


@requirement("XDS-ITI18-043")
def test_stored_metadata_come_back_as_submitted(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    entry = complete(entry_of(community, patient))
    message = provide_and_register(set_of(community, patient), [Document(entry, b"%PDF-1.4 all")], token=token)
    community.accepted(lambda: message)
    reply = community.send(get_documents(token=token, unique_ids=[entry.unique_id]))
    (found,) = query_response(reply).documents
    ours = replace(entry, hash="", size="", repository_unique_id="")
    difference = differences(ours, found)
    expect(reply).is_success().meets(not difference, "every submitted attribute unchanged", difference)


@requirement("XDS-ITI18-043")
def test_a_submission_set_comes_back_as_submitted(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    recipients = ("Spital^^^^^&2.999.756.1.10&ISO^^^^2.999.756.1.10.1|7601000000000^Rochat^Luc^^^^^^&2.51.1.3&ISO",)
    ours = set_of(community, patient, title="Austritt", comments="Suite au séjour", intended_recipients=recipients)
    published = community.publish(patient, token=token, submission_set=ours)
    reply = community.send(find_submission_sets(patient.xad_pid, token=token))
    (found,) = query_response(reply).submission_sets
    difference = differences(published.submission_set, found)
    expect(reply).is_success().meets(not difference, "every submitted attribute unchanged", difference)


@pytest.mark.parametrize("title", ["Bericht äéß 🩺", "Résumé d’hospitalisation — Hôpital du Valais"])
@requirement("XDS-ITI41-066")
def test_a_title_comes_back_unchanged(
    community: Community, patient: RegisteredPatient, token: bytes, title: str
) -> None:
    published = community.publish(patient, token=token, title=title)
    reply = community.send(get_documents(token=token, unique_ids=[published.entry.unique_id]))
    (entry,) = query_response(reply).documents
    expect(reply).meets(entry.title == title, title, entry.title)


@requirement("XDS-ITI41-064")
def test_an_empty_document_is_refused_or_described_as_empty(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    submission = community.submission(patient, token=token, content=b"")
    reply = community.send(submission.message, baseline=community.submission(patient, token=token).message)
    said = expect(reply).outcome
    found = [(entry.hash.lower(), entry.size) for entry in stored(community, token, submission.entry.unique_id)]
    empty = [("da39a3ee5e6b4b0d3255bfef95601890afd80709", "0")]
    right = (said.status == "Failure" and not found) or (said.status == "Success" and found == empty)
    expect(reply).meets(right, "Failure, or hash and size of no octets", (said.says, found))


@requirement("XDS-ITI41-065")
def test_a_large_document_is_stored_whole_or_refused_in_order(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    content = b"%PDF-1.4\n" + bytes(range(256)) * 80_000
    submission = community.submission(patient, token=token, content=content)
    reply = community.send(submission.message, baseline=community.submission(patient, token=token).message)
    said = expect(reply).outcome
    refused = said.errors in (("XDSRepositoryOutOfResources",), ("XDSRepositoryError",)) or reply.status == 413
    found = [(entry.hash.lower(), entry.size) for entry in stored(community, token, submission.entry.unique_id)]
    whole = [(hashlib.sha1(content, usedforsecurity=False).hexdigest(), str(len(content)))]
    right = (refused and not found) or (said.status == "Success" and found == whole)
    expected = "Success and hash and size of all octets, XDSRepositoryOutOfResources, XDSRepositoryError or HTTP 413"
    expect(reply).meets(right, expected, (said.says, found))


@pytest.mark.parametrize("level", [NORMAL, RESTRICTED, SECRET], ids=["normal", "restricted", "secret"])
@requirement("XDS-ACC-019")
def test_a_patient_publishes_at_any_level(
    community: Community, patient: RegisteredPatient, token: bytes, level: Code
) -> None:
    submission = community.submission(patient, token=token, confidentiality_codes=(level,))
    expect(community.send(submission.message)).is_success()


@requirement("XDS-MTOM-010")
def test_an_inline_document_in_an_mtom_request_is_accepted(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    submission = community.submission(patient, token=token)
    expect(community.send(inlined(submission.message))).is_success()
    (entry,) = stored(community, token, submission.entry.unique_id)
    reply = community.send(
        retrieve([DocumentRequest(community.target.repository_unique_id, entry.unique_id)], token=token)
    )
    contents = [document.content for document in retrieve_response(reply).documents]
    expect(reply).meets(contents == [submission.content], "the decoded octets", len(contents))
