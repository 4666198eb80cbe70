"""Which documents come back, and how failures are told (IHE ITI TF-2 3.43.4.1.3, 3.43.4.2)."""

from dataclasses import replace

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient, new_oid
from fixtures.epr.message import Message
from fixtures.epr.xds import DocumentRequest, retrieve
from fixtures.epr.xds_read import retrieve_response
from fixtures.suite import requirement


@requirement("XDS-ITI43-001", "XDS-META-013")
def test_one_document_comes_back_octet_for_octet(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token)
    reply = community.send(retrieve([published.request], token=token))
    (document,) = retrieve_response(reply).documents
    expect(reply).is_success().meets(document.content == published.content, "the octets that were sent", "others")
    expect(reply).meets(document.mime_type == published.entry.mime_type, published.entry.mime_type, document.mime_type)


@requirement("XDS-ITI43-002")
def test_several_documents_come_back_each_once(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published = [community.publish(patient, token=token, content=b"%%PDF-1.4 %d" % number) for number in range(3)]
    reply = community.send(retrieve([one.request for one in published], token=token))
    found = sorted((document.unique_id, document.content) for document in retrieve_response(reply).documents)
    expected = sorted((one.entry.unique_id, one.content) for one in published)
    expect(reply).is_success().meets(found == expected, f"each uniqueId with its octets: {expected}", found)


@requirement("XDS-ITI43-003", "XDS-ITI43-004")
@pytest.mark.parametrize("is_named", [True, False], ids=["with-home", "without-home"])
def test_the_answer_names_what_was_asked(
    community: Community, patient: RegisteredPatient, token: bytes, is_named: bool
) -> None:
    published = community.publish(patient, token=token)
    asked = published.request if is_named else replace(published.request, home_community_id="")
    reply = community.send(retrieve([asked], token=token))
    (document,) = retrieve_response(reply).documents
    said = (document.repository_unique_id, document.unique_id)
    expect(reply).meets(said == (asked.repository_unique_id, asked.document_unique_id), str(asked), said)
    homes = {True: (community.target.home_community_id,), False: ("", community.target.home_community_id)}[is_named]
    expect(reply).meets(document.home in homes, str(homes), document.home)


@requirement("XDS-ITI43-006")
def test_a_stable_document_gets_no_new_identifiers(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    reply = community.send(retrieve([community.publish(patient, token=token).request], token=token))
    expect(reply).is_success().lacks("//xds:NewRepositoryUniqueId | //xds:NewDocumentUniqueId")


@requirement("XDS-ITI43-007")
def test_an_unknown_document_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    known = community.publish(patient, token=token).request
    query = retrieve([known], token=token)
    reply = community.send(query.with_text("//xds:DocumentUniqueId", new_oid()), baseline=query)
    expect(reply).is_failure("XDSDocumentUniqueIdError").lacks("//xds:DocumentResponse")


@requirement("XDS-ITI43-008")
def test_an_unknown_repository_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    query = retrieve([community.publish(patient, token=token).request], token=token)
    reply = community.send(query.with_text("//xds:RepositoryUniqueId", "1.2.3.4.5"), baseline=query)
    expect(reply).is_failure("XDSUnknownRepositoryId").lacks("//xds:DocumentResponse")


@requirement("XDS-ITI43-009")
def test_a_mixed_request_gives_partial_success(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published = community.publish(patient, token=token)
    unknown = replace(published.request, document_unique_id=new_oid())
    reply = community.send(retrieve([published.request, unknown], token=token))
    expect(reply).is_partial_success("XDSDocumentUniqueIdError").has("//rs:RegistryError", times=1)
    found = [document.unique_id for document in retrieve_response(reply).documents]
    expect(reply).meets(found == [published.entry.unique_id], "the one document", found)


@requirement("XDS-ITI43-010")
def test_a_request_of_unknown_documents_only_is_a_failure(community: Community, token: bytes) -> None:
    request = DocumentRequest(community.target.repository_unique_id, new_oid())
    other = replace(request, document_unique_id=new_oid())
    reply = community.send(retrieve([request, other], token=token))
    expect(reply).is_failure("XDSDocumentUniqueIdError").has("//rs:RegistryError", times=2)
    expect(reply).lacks("//xds:DocumentResponse")


@requirement("XDS-ITI43-011")
def test_the_error_tells_which_document_failed(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published = community.publish(patient, token=token)
    unknown = new_oid()
    requests = [published.request, replace(published.request, document_unique_id=unknown)]
    expect(community.send(retrieve(requests, token=token))).has(
        f"//rs:RegistryError[contains(@codeContext, '{unknown}')]"
    )


@requirement("XDS-ITI43-012", "XCA-IGR-003")
def test_a_foreign_home_community_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    query = retrieve([community.publish(patient, token=token).request], token=token)
    reply = community.send(query.with_text("//xds:HomeCommunityId", "urn:oid:2.999.9.9.9"), baseline=query)
    tolerated = ("XDSUnknownRepositoryId", "XDSDocumentUniqueIdError")
    expect(reply).is_failure("XDSUnknownCommunity", tolerated=tolerated).lacks("//xds:DocumentResponse")


def _emptied(message: Message, name: str) -> Message:
    return message.with_text(f"//xds:{name}", "", f"empty {name}")


@pytest.mark.parametrize("is_empty", [False, True], ids=["absent", "empty"])
@pytest.mark.parametrize("name", ["RepositoryUniqueId", "DocumentUniqueId"])
@requirement("XDS-ITI43-013")
def test_an_incomplete_request_is_refused(
    community: Community, patient: RegisteredPatient, token: bytes, name: str, is_empty: bool
) -> None:
    query = retrieve([community.publish(patient, token=token).request], token=token)
    changed = _emptied(query, name) if is_empty else query.without(f"//xds:{name}")
    reply = community.send(changed, baseline=query)
    allowed = ("XDSRepositoryError", "XDSUnknownRepositoryId", "XDSDocumentUniqueIdError")
    codes = expect(reply).refuses().lacks("//xds:DocumentResponse").outcome.errors
    expect(reply).meets(all(code in allowed for code in codes), f"a fault, or one of {allowed}", codes)


@requirement("XDS-ITI43-013")
def test_a_request_for_nothing_is_refused(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    query = retrieve([community.publish(patient, token=token).request], token=token)
    reply = community.send(query.without("//xds:DocumentRequest"), baseline=query)
    expect(reply).refuses().lacks("//xds:DocumentResponse")


@requirement("XDS-ITI43-015")
def test_the_same_document_asked_twice_is_answered(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = community.publish(patient, token=token)
    reply = community.send(retrieve([published.request, published.request], token=token))
    contents = {document.content for document in retrieve_response(reply).documents}
    expect(reply).is_success().meets(contents == {published.content}, "the document, once or twice", len(contents))


@requirement("XDS-ITI43-017")
def test_a_hundred_documents_come_in_one_answer(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published = [community.publish(patient, token=token, content=b"%%PDF-1.4 %d" % number) for number in range(10)]
    requests = [one.request for one in published] * 10
    reply = community.send(retrieve(requests, token=token))
    contents = {document.content for document in retrieve_response(reply).documents}
    expect(reply).is_success().meets(contents == {one.content for one in published}, "every document", len(contents))


@requirement("XDS-ITI43-016")
def test_a_refused_submission_leaves_nothing_to_retrieve(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    submission = community.submission(patient, token=token)
    wrong = submission.message.without("//rim:ExtrinsicObject/rim:Slot[@name='creationTime']")
    expect(community.send(wrong)).is_failure()
    request = DocumentRequest(community.target.repository_unique_id, submission.entry.unique_id)
    expect(community.send(retrieve([request], token=token))).is_failure("XDSDocumentUniqueIdError")
