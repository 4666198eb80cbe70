"""Replacing, appending, transforming (IHE ITI TF-2 3.42.4.1.3.3.3; TF-3 4.2.2.2)."""

import pytest

from conformance.documents.related import related
from conformance.documents.submitting import METADATA, stored
from fixtures.checks.expect import expect
from fixtures.client import Community, Published, RegisteredPatient
from fixtures.epr.ebrim import SECRET, Association, new_uuid
from fixtures.epr.message import Reply
from fixtures.epr.names import APND, RPLC, XFRM, XFRM_RPLC
from fixtures.epr.queries import get_related_documents
from fixtures.epr.xds import retrieve
from fixtures.epr.xds_read import query_response, retrieve_response
from fixtures.suite import requirement


def status_of(community: Community, token: bytes, published: Published) -> str:
    """Approved or Deprecated."""
    (entry,) = stored(community, token, published.entry.unique_id)
    return entry.status.rpartition(":")[2]


def relate(
    community: Community, patient: RegisteredPatient, token: bytes, kind: str, target: str, source: str = ""
) -> tuple[Reply, str]:
    """Send a submission with an association; the reply, and the uniqueId of its document. Baseline: a plain one."""
    new = new_uuid()
    association = Association(type=kind, source=source or new, target=target)
    sent = community.submission(patient, token=token, entry_uuid=new, associations=[association])
    reply = community.send(sent.message, baseline=community.submission(patient, token=token).message)
    return reply, sent.entry.unique_id


@requirement("XDS-ITI41-049")
def test_a_replacement_deprecates_the_old_document(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    old = community.publish(patient, token=token)
    new = related(community, patient, token, RPLC, old)
    found = (status_of(community, token, old), status_of(community, token, new))
    expect(new.reply).meets(found == ("Deprecated", "Approved"), "old Deprecated, new Approved", found)
    reply = community.send(get_related_documents([RPLC], token=token, entry_uuid=old.entry.entry_uuid))
    expect(reply).is_success().has(f"//rim:Association[@associationType='{RPLC}']", times=1)


@requirement("XDS-ITI41-049", "XDS-ITI43-014")
def test_both_documents_of_a_replacement_are_retrievable(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    old = community.publish(patient, token=token, content=b"%PDF-1.4 old")
    new = related(community, patient, token, RPLC, old, content=b"%PDF-1.4 new")
    reply = community.send(retrieve([old.request, new.request], token=token))
    contents = {document.content for document in retrieve_response(reply).documents}
    expect(reply).is_success().meets(contents == {b"%PDF-1.4 old", b"%PDF-1.4 new"}, "old and new", contents)


@pytest.mark.parametrize("kind", [RPLC, APND], ids=["RPLC", "APND"])
@requirement("XDS-ITI41-050")
def test_a_deprecated_document_takes_no_relationship(
    community: Community, patient: RegisteredPatient, token: bytes, kind: str
) -> None:
    old = community.publish(patient, token=token)
    related(community, patient, token, RPLC, old)
    reply, unique_id = relate(community, patient, token, kind, old.entry.entry_uuid)
    expect(reply).is_failure("XDSRegistryDeprecatedDocumentError")
    expect(reply).meets(not stored(community, token, unique_id), "nothing stored", "an entry")


@pytest.mark.parametrize("kind", [RPLC, APND], ids=["RPLC", "APND"])
@requirement("XDS-ITI41-051")
def test_a_relationship_to_an_unknown_entry_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, kind: str
) -> None:
    reply, unique_id = relate(community, patient, token, kind, new_uuid())
    expect(reply).is_failure("UnresolvedReferenceException")
    expect(reply).meets(not stored(community, token, unique_id), "nothing stored", "an entry")


@requirement("XDS-ITI41-052")
def test_the_source_of_a_relationship_is_in_the_submission(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    first, second = (community.publish(patient, token=token) for _ in range(2))
    source = first.entry.entry_uuid
    reply, unique_id = relate(community, patient, token, RPLC, second.entry.entry_uuid, source)
    expect(reply).is_failure("UnresolvedReferenceException", *METADATA)
    left = (stored(community, token, unique_id), status_of(community, token, second))
    expect(reply).meets(left == ((), "Approved"), "nothing stored, target Approved", left)


@requirement("XDS-ITI41-053")
def test_a_document_of_another_patient_cannot_be_replaced(
    community: Community, patient: RegisteredPatient, other_patient: RegisteredPatient, token: bytes, hcp: bytes
) -> None:
    theirs = community.token("PAT", other_patient)
    foreign = community.publish(other_patient, token=theirs)
    reply, unique_id = relate(community, patient, hcp, RPLC, foreign.entry.entry_uuid)
    expect(reply).is_failure("XDSPatientIdDoesNotMatch", "UnresolvedReferenceException")
    left = (stored(community, token, unique_id), status_of(community, theirs, foreign))
    expect(reply).meets(left == ((), "Approved"), "nothing stored, target Approved", left)


@requirement("XDS-ITI41-054")
def test_a_document_one_may_not_see_cannot_be_replaced(
    community: Community, patient: RegisteredPatient, token: bytes, hcp: bytes
) -> None:
    secret = community.publish(patient, token=token, confidentiality_codes=(SECRET,))
    reply, _ = relate(community, patient, hcp, RPLC, secret.entry.entry_uuid)
    expect(reply).refuses()
    found = status_of(community, token, secret)
    expect(reply).meets(found == "Approved", "the target still Approved", found)


@pytest.mark.parametrize("kind", [APND, XFRM], ids=["APND", "XFRM"])
@requirement("XDS-ITI41-055")
def test_append_and_transform_keep_both_documents_approved(
    community: Community, patient: RegisteredPatient, token: bytes, kind: str
) -> None:
    parent = community.publish(patient, token=token)
    child = related(community, patient, token, kind, parent)
    reply = community.send(get_related_documents([kind], token=token, entry_uuid=child.entry.entry_uuid))
    found = {entry.entry_uuid: entry.status.rpartition(":")[2] for entry in query_response(reply).documents}
    expected = {parent.entry.entry_uuid: "Approved", child.entry.entry_uuid: "Approved"}
    expect(reply).is_success().meets(found == expected, str(expected), found)


@requirement("XDS-ITI41-056")
def test_transform_and_replace_deprecates_the_target(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    old = community.publish(patient, token=token)
    new = related(community, patient, token, XFRM_RPLC, old)
    found = (status_of(community, token, old), status_of(community, token, new))
    expect(new.reply).meets(found == ("Deprecated", "Approved"), "old Deprecated, new Approved", found)


@requirement("XDS-ITI41-057")
def test_a_replacement_cascades_to_appendices(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    parent = community.publish(patient, token=token)
    child = related(community, patient, token, APND, parent)
    new = related(community, patient, token, RPLC, parent)
    found = tuple(status_of(community, token, one) for one in (parent, child, new))
    expected = ("Deprecated", "Deprecated", "Approved")
    expect(new.reply).meets(found == expected, "parent and child Deprecated, new Approved", found)
