"""Submitting documents and looking what became of them."""

from collections.abc import Callable, Sequence
from typing import Any

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient, Submission
from fixtures.epr.ebrim import DocumentEntry, SubmissionSet, provider_role
from fixtures.epr.message import Message, Reply
from fixtures.epr.names import cx
from fixtures.epr.queries import get_documents
from fixtures.epr.xds import Document, provide_and_register
from fixtures.epr.xds_read import ReadEntry, query_response

#: ITI-41 is answered by the repository, which forwards registry errors: both flavours are right
METADATA = ("XDSRepositoryMetadataError", "XDSRegistryMetadataError")
Change = Callable[[Message], Message]


def stored(community: Community, token: bytes, *unique_ids: str) -> tuple[ReadEntry, ...]:
    """The entries the registry has under these uniqueIds."""
    return query_response(community.accepted(get_documents(token=token, unique_ids=unique_ids))).documents


def refused(
    community: Community,
    patient: RegisteredPatient,
    token: bytes,
    change: Change,
    codes: Sequence[str] = METADATA,
    *,
    tolerated: Sequence[str] = (),
    submission: Submission | None = None,
) -> Reply:
    """Submit a valid document with one change: it is refused with one of ``codes``, and nothing is stored."""
    sent = submission or community.submission(patient, token=token)
    reply = community.send(change(sent.message), baseline=sent.message)
    expect(reply).is_failure(*codes, tolerated=tolerated)
    left = [entry.unique_id for entry in stored(community, token, sent.entry.unique_id)]
    expect(reply).meets(not left, "nothing stored", f"the registry has {left}")
    return reply


def entry_of(community: Community, patient: RegisteredPatient, **fields: Any) -> DocumentEntry:
    """A valid DocumentEntry as the patient publishes it; ``fields`` are what shall be otherwise."""
    described: dict[str, Any] = {"patient_id": patient.xad_pid, "original_provider_role": provider_role("PAT")}
    described["source_patient_id"] = cx(patient.local_id, community.target.domains.local)
    return DocumentEntry(**(described | fields))


def set_of(community: Community, patient: RegisteredPatient, **fields: Any) -> SubmissionSet:
    """A valid SubmissionSet of the patient."""
    described: dict[str, Any] = {"patient_id": patient.xad_pid, "source_id": community.target.domains.sender}
    return SubmissionSet(**(described | fields))


def several(
    community: Community, patient: RegisteredPatient, token: bytes, entries: Sequence[DocumentEntry]
) -> Message:
    """One submission of several small PDF documents, one for each entry."""
    documents = [Document(entry, f"%PDF-1.4 {entry.unique_id}".encode()) for entry in entries]
    return provide_and_register(set_of(community, patient), documents, token=token)
