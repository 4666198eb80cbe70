"""Submissions whose parts do not fit together are refused whole (IHE ITI TF-2 3.41.4.1.3, 3.42.4.1.3)."""

from dataclasses import replace

import pytest

from conformance.documents.submitting import METADATA, entry_of, refused, set_of, several, stored
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import Folder, new_oid
from fixtures.epr.message import Message
from fixtures.epr.mtom import Part, include
from fixtures.epr.names import cx
from fixtures.epr.paths import association, classification, document, external_identifier, node, slot, slot_value
from fixtures.epr.xds import Document, DocumentRequest, provide_and_register, retrieve
from fixtures.epr.xml import serialise
from fixtures.suite import requirement

LENIENT = (*METADATA, "XDSRegistryError")


@requirement("XDS-ITI41-007")
def test_a_wrong_hash_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    plain = community.submission(patient, token=token)
    described = plain.entry.describing(plain.content)
    submission = community.submission(
        patient, token=token, content=plain.content, hash=described.hash, size=described.size
    )
    wrong = described.hash[:-1] + ("0" if described.hash[-1] != "0" else "1")
    refused(
        community,
        patient,
        token,
        lambda message: message.with_text(slot_value("hash"), wrong, "last digit of hash"),
        submission=submission,
    )


@requirement("XDS-ITI41-008")
def test_a_wrong_size_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    plain = community.submission(patient, token=token)
    described = plain.entry.describing(plain.content)
    submission = community.submission(
        patient, token=token, content=plain.content, hash=described.hash, size=described.size
    )
    larger = str(len(plain.content) + 1)
    refused(
        community,
        patient,
        token,
        lambda message: message.with_text(slot_value("size"), larger, "size one too large"),
        submission=submission,
    )


@requirement("XDS-ITI41-009")
def test_an_entry_without_document_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    def without(message: Message) -> Message:
        return message.without(document()).with_parts((), "no Document")

    refused(community, patient, token, without, ("XDSMissingDocument",))


@requirement("XDS-ITI41-009")
def test_a_document_of_another_id_leaves_the_entry_without_document(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    def renamed(message: Message) -> Message:
        return message.with_attribute(document(), "id", "urn:uuid:11111111-2222-4333-8444-555555555555")

    refused(community, patient, token, renamed, ("XDSMissingDocument",), tolerated=("XDSMissingDocumentMetadata",))


@requirement("XDS-ITI41-010")
def test_a_document_without_entry_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    def with_second(message: Message) -> Message:
        part = Part(b"%PDF-1.4 stray", "stray@eprobe.example", "application/pdf")
        element = f'<xds:Document id="stray">{include(part)}</xds:Document>'
        changed = message.with_child("//xds:ProvideAndRegisterDocumentSetRequest", element, "a second Document")
        return replace(changed, parts=(*changed.parts, part))

    refused(community, patient, token, with_second, ("XDSMissingDocumentMetadata",))


@requirement("XDS-ITI41-014")
def test_two_entries_with_one_unique_id_are_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    unique_id = new_oid()
    twice = [entry_of(community, patient, unique_id=unique_id) for _ in range(2)]
    valid = several(community, patient, token, [entry_of(community, patient) for _ in range(2)])
    reply = community.send(several(community, patient, token, twice), baseline=valid)
    expect(reply).is_failure("XDSRepositoryDuplicateUniqueIdInMessage", "XDSRegistryDuplicateUniqueIdInMessage")
    expect(reply).meets(not stored(community, token, unique_id), "nothing stored", unique_id)


@requirement("XDS-ITI41-014")
def test_submission_set_and_entry_with_one_unique_id_are_refused(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    submission = community.submission(patient, token=token)
    codes = ("XDSRepositoryDuplicateUniqueIdInMessage", "XDSRegistryDuplicateUniqueIdInMessage")

    def same(message: Message) -> Message:
        path = external_identifier("SubmissionSet.uniqueId")
        return message.with_attribute(path, "value", submission.entry.unique_id, "uniqueId of the entry")

    refused(community, patient, token, same, codes, submission=submission)


@requirement("XDS-ITI41-037")
def test_no_submission_set_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    refused(community, patient, token, lambda message: message.without(node()), tolerated=("XDSRegistryError",))


@requirement("XDS-ITI41-037")
def test_two_submission_sets_are_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    second = community.submission(patient, token=token).message
    package = next(iter(second.payload.iter("{*}RegistryPackage")))
    xml = serialise(package).decode()
    refused(
        community,
        patient,
        token,
        lambda message: message.with_child("//rim:RegistryObjectList", xml, "a second SubmissionSet"),
        tolerated=("XDSRegistryError",),
    )


@requirement("XDS-ITI41-038")
def test_an_entry_without_has_member_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    refused(
        community,
        patient,
        token,
        lambda message: message.without(association("HasMember"), "no HasMember"),
        tolerated=("XDSRegistryError",),
    )


@pytest.mark.parametrize("is_absent", [True, False], ids=["no-slot", "value-Foo"])
@requirement("XDS-ITI41-039")
def test_has_member_without_submission_set_status_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, is_absent: bool
) -> None:
    changes = {
        True: lambda message: message.without(slot("SubmissionSetStatus")),
        False: lambda message: message.with_text(slot_value("SubmissionSetStatus"), "Foo"),
    }
    refused(community, patient, token, changes[is_absent])


@requirement("XDS-ITI41-040")
def test_a_folder_is_rejected_with_its_documents(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    entry = entry_of(community, patient)
    folder = Folder(patient_id=patient.xad_pid)
    documents = [Document(entry, b"%PDF-1.4 folder")]
    message = provide_and_register(set_of(community, patient), documents, token=token, folders=[folder])
    reply = community.send(message, baseline=community.submission(patient, token=token).message)
    expect(reply).is_failure(*LENIENT)
    expect(reply).meets(not stored(community, token, entry.unique_id), "nothing stored", entry.unique_id)


@requirement("XDS-ITI41-047", "XDS-ITI43-016")
def test_a_submission_is_stored_whole_or_not_at_all(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    good, bad = (entry_of(community, patient) for _ in range(2))
    message = several(community, patient, token, [good, bad])
    wrong = message.with_attribute(
        f"({classification('classCode')})[2]", "nodeRepresentation", "000000000", "second classCode"
    )
    valid = several(community, patient, token, [entry_of(community, patient) for _ in range(2)])
    reply = community.send(wrong, baseline=valid)
    expect(reply).is_failure(*METADATA)
    left = stored(community, token, good.unique_id, bad.unique_id)
    expect(reply).meets(not left, "neither entry", [entry.unique_id for entry in left])
    requests = [DocumentRequest(community.target.repository_unique_id, one.unique_id) for one in (good, bad)]
    expect(community.send(retrieve(requests, token=token))).is_failure("XDSDocumentUniqueIdError")


@requirement("XDS-ITI41-011", "XDS-ITI41-062")
@pytest.mark.parametrize("domain", ["mpi", "foreign"])
def test_an_unknown_patient_is_refused_with_the_code_of_the_registry(
    community: Community, patient: RegisteredPatient, token: bytes, domain: str
) -> None:
    unknown = cx("never-fed-2f6c", patient.mpi_domain if domain == "mpi" else "2.999.999.1")

    def foreign(message: Message) -> Message:
        for name in ("patientId", "SubmissionSet.patientId"):
            message = message.with_attribute(external_identifier(name), "value", unknown, f"{name} {unknown}")
        return message

    submission = community.submission(patient, token=token)
    reply = community.send(foreign(submission.message), baseline=community.submission(patient, token=token).message)
    denied = expect(reply).outcome.kind == "fault"
    expect(reply).meets(
        denied or expect(reply).outcome.errors[:1] == ("XDSUnknownPatientId",),
        "status Failure with XDSUnknownPatientId",
        expect(reply).outcome.says,
    )
    expect(reply).meets(not stored(community, token, submission.entry.unique_id), "nothing stored", "an entry")


@requirement("XDS-ITI41-012")
def test_entry_and_submission_set_of_different_patients_are_refused(
    community: Community, patient: RegisteredPatient, other_patient: RegisteredPatient, token: bytes
) -> None:
    def mixed(message: Message) -> Message:
        path = external_identifier("patientId")
        return message.with_attribute(path, "value", other_patient.xad_pid, "patientId of another patient")

    refused(community, patient, token, mixed, ("XDSPatientIdDoesNotMatch",))
