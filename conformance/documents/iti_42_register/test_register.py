"""Registering the documents of another repository: ITI-42 (IHE ITI TF-2 3.42)."""

import pytest

from conformance.documents.submitting import entry_of, set_of, stored
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import Folder
from fixtures.epr.names import RESPONSE_ACTION
from fixtures.epr.paths import classification, slot, slot_value
from fixtures.epr.xds import register
from fixtures.suite import requirement, transaction


@requirement("XDS-ITI42-001")
@transaction("ITI-42", "ITI-18")
def test_a_repository_registers_its_document(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    submission = community.submission(patient, token=token, transaction="ITI-42")
    reply = community.send(submission.message)
    expect(reply).is_success().reads("//wsa:Action", RESPONSE_ACTION["ITI-42"])
    (entry,) = stored(community, token, submission.entry.unique_id)
    own = community.target.repository_unique_id
    expect(reply).meets(entry.repository_unique_id == own, own, entry.repository_unique_id)


@pytest.mark.parametrize("name", ["hash", "size", "repositoryUniqueId"])
@requirement("XDS-ITI42-002")
def test_what_the_repository_knows_is_required(
    community: Community, patient: RegisteredPatient, token: bytes, name: str
) -> None:
    submission = community.submission(patient, token=token, transaction="ITI-42")
    reply = community.send(submission.message.without(slot(name)), baseline=submission.message)
    expect(reply).is_failure("XDSRegistryMetadataError")


@pytest.mark.parametrize(
    ("xpath", "value"),
    [(classification("classCode"), None), (slot_value("DocumentEntry.creationTime"), "20231301")],
    ids=["classCode-missing", "malformed-creationTime"],
)
@requirement("XDS-ITI42-003")
def test_a_metadata_error_has_the_code_of_the_registry(
    community: Community, patient: RegisteredPatient, token: bytes, xpath: str, value: str | None
) -> None:
    message = community.submission(patient, token=token, transaction="ITI-42").message
    changed = message.without(xpath) if value is None else message.with_text(xpath, value)
    reply = community.send(changed, baseline=message)
    expect(reply).is_failure("XDSRegistryMetadataError").lacks("//rs:RegistryError[contains(@errorCode, 'Repository')]")


@requirement("XDS-ITI42-003")
def test_a_folder_has_the_code_of_the_registry(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    valid = community.submission(patient, token=token, transaction="ITI-42").message
    entry = entry_of(community, patient, repository_unique_id=community.target.repository_unique_id)
    folders = [Folder(patient_id=patient.xad_pid)]
    message = register(set_of(community, patient), [entry.describing(b"%PDF-1.4")], token=token, folders=folders)
    expect(community.send(message, baseline=valid)).is_failure("XDSRegistryMetadataError")


@requirement("XDS-ITI42-004")
def test_a_node_that_is_no_repository_cannot_register(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    message = community.submission(patient, token=token, transaction="ITI-42").message
    reply = community.send(message, baseline=message, tls="other_source")
    expect(reply).refuses()


@requirement("XDS-ITI42-004", "XDS-SOAP-016")
def test_registration_needs_an_assertion(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    message = community.submission(patient, token=token, transaction="ITI-42").message
    reply = community.send(message.without("//wsse:Security", "no wsse:Security"), baseline=message)
    expect(reply).refuses()


@requirement("XDS-ITI42-005")
def test_a_foreign_repository_id_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    message = community.submission(patient, token=token, transaction="ITI-42").message
    reply = community.send(message.with_text(slot_value("repositoryUniqueId"), "1.2.3.4.5"), baseline=message)
    expect(reply).is_failure("XDSRegistryMetadataError", "XDSUnknownRepositoryId")
