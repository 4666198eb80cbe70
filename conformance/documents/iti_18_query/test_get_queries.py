"""Queries by identifier and by relation (IHE ITI TF-2 3.18.4.1.2.3.7.5 to 3.18.4.1.2.3.7.13)."""

from typing import Any

import pytest

from conformance.documents.iti_18_query.results import entries, packages, unique_ids
from conformance.documents.related import related
from conformance.documents.submitting import entry_of, set_of
from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import NORMAL, RESTRICTED, DocumentEntry
from fixtures.epr.names import APND, HAS_MEMBER, RPLC
from fixtures.epr.queries import (
    get_all,
    get_associations,
    get_documents,
    get_documents_and_associations,
    get_related_documents,
    get_submission_set_and_contents,
    get_submission_sets,
    slot,
)
from fixtures.epr.xds import Document, provide_and_register
from fixtures.epr.xds_read import query_response
from fixtures.suite import requirement


@pytest.mark.parametrize("by", ["entry_uuids", "unique_ids"])
@requirement("XDS-ITI18-028")
def test_get_documents_finds_exactly_the_named_entries(
    community: Community, patient: RegisteredPatient, token: bytes, by: str
) -> None:
    first, second, _ = (community.publish(patient, token=token).entry for _ in range(3))
    ids = {"entry_uuids": [first.entry_uuid, second.entry_uuid], "unique_ids": [first.unique_id, second.unique_id]}
    wanted: dict[str, Any] = {by: ids[by]}
    reply = community.send(get_documents(token=token, **wanted))
    expected = {first.entry_uuid, second.entry_uuid}
    expect(reply).is_success().meets(entries(reply) == expected, str(expected), entries(reply))


@requirement("XDS-ITI18-028")
def test_get_documents_takes_two_values_as_one_list(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    first, second = (community.publish(patient, token=token).entry.entry_uuid for _ in range(2))
    values = f"<rim:ValueList><rim:Value>('{first}')</rim:Value><rim:Value>('{second}')</rim:Value></rim:ValueList>"
    query = get_documents(token=token, entry_uuids=[first])
    reply = community.send(query.replaced(f"{slot('$XDSDocumentEntryEntryUUID')}/rim:ValueList", values))
    expect(reply).is_success().meets(entries(reply) == {first, second}, str({first, second}), entries(reply))


@requirement("XDS-ITI18-030")
def test_results_of_two_patients_are_refused_or_reduced_to_the_own_one(
    community: Community, patient: RegisteredPatient, other_patient: RegisteredPatient, token: bytes
) -> None:
    own = community.publish(patient, token=token).entry
    foreign = community.publish(other_patient, token=community.token("PAT", other_patient)).entry
    query = get_documents(token=token, entry_uuids=[own.entry_uuid, foreign.entry_uuid])
    reply = community.send(query, baseline=get_documents(token=token, entry_uuids=[own.entry_uuid]))
    said = expect(reply).outcome
    refused = said.errors == ("XDSResultNotSinglePatient",) and not query_response(reply).documents
    reduced = said.status == "Success" and entries(reply) == {own.entry_uuid}
    expect(reply).meets(refused or reduced, "XDSResultNotSinglePatient, or only the own entry", said.says)
    expect(reply).discloses_nothing([foreign.unique_id])


@requirement("XDS-ITI18-031")
def test_get_associations_returns_has_member(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    published, _ = (community.publish(patient, token=token) for _ in range(2))
    reply = community.send(get_associations([published.entry.entry_uuid], token=token))
    found = {(one.type, one.target) for one in query_response(reply).associations}
    expected = {(HAS_MEMBER, published.entry.entry_uuid)}
    expect(reply).is_success().meets(found == expected, str(expected), found)


@requirement("XDS-ITI18-032")
def test_get_documents_and_associations_returns_entry_has_member_and_replacement(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    old = community.publish(patient, token=token)
    new = related(community, patient, token, RPLC, old)
    reply = community.send(get_documents_and_associations(token=token, entry_uuids=[new.entry.entry_uuid]))
    found = {(one.type, one.target) for one in query_response(reply).associations}
    expected = {(HAS_MEMBER, new.entry.entry_uuid), (RPLC, old.entry.entry_uuid)}
    expect(reply).is_success().meets(entries(reply) == {new.entry.entry_uuid}, new.entry.entry_uuid, entries(reply))
    expect(reply).meets(found == expected, str(expected), found)


@requirement("XDS-ITI18-033")
def test_get_submission_sets_returns_each_set_with_its_association(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    first, second, _ = (community.publish(patient, token=token) for _ in range(3))
    query = get_submission_sets([first.entry.entry_uuid, second.entry.entry_uuid], token=token)
    reply = community.send(query)
    expected = {first.submission_set.unique_id, second.submission_set.unique_id}
    targets = {one.target for one in query_response(reply).associations}
    expect(reply).is_success().meets(packages(reply) == expected, str(expected), packages(reply))
    expect(reply).meets(targets == {first.entry.entry_uuid, second.entry.entry_uuid}, "two associations", targets)


def _two_levels(community: Community, patient: RegisteredPatient, token: bytes) -> tuple[str, DocumentEntry]:
    """One submission with a normal and a restricted document; the SubmissionSet's uniqueId and the normal entry."""
    normal, restricted = (entry_of(community, patient, confidentiality_codes=(code,)) for code in (NORMAL, RESTRICTED))
    package = set_of(community, patient)
    documents = [Document(normal, b"%PDF-1.4 normal"), Document(restricted, b"%PDF-1.4 restricted")]
    message = provide_and_register(package, documents, token=token)
    community.accepted(lambda: message)
    return package.unique_id, normal


@requirement("XDS-ITI18-034")
def test_get_submission_set_and_contents_returns_set_entries_and_their_associations(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    unique_id, _ = _two_levels(community, patient, token)
    reply = community.send(get_submission_set_and_contents(token=token, unique_id=unique_id))
    found = query_response(reply)
    expect(reply).is_success().meets(packages(reply) == {unique_id}, unique_id, packages(reply))
    expect(reply).meets(len(found.documents) == 2, "two entries", len(found.documents))
    expect(reply).meets(len(found.associations) == 2, "two associations", len(found.associations))


@requirement("XDS-ITI18-034")
def test_a_confidentiality_filter_also_hides_the_association_to_the_filtered_entry(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    unique_id, normal = _two_levels(community, patient, token)
    query = get_submission_set_and_contents(token=token, unique_id=unique_id, confidentiality_codes=[NORMAL])
    reply = community.send(query)
    expect(reply).is_success().meets(unique_ids(reply) == {normal.unique_id}, normal.unique_id, unique_ids(reply))
    targets = [one.target for one in query_response(reply).associations]
    expect(reply).meets(targets == [normal.entry_uuid], f"one association, to {normal.entry_uuid}", targets)


@requirement("XDS-ITI18-035")
def test_get_related_documents_returns_both_ends_and_the_association(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    old = community.publish(patient, token=token)
    new = related(community, patient, token, RPLC, old)
    reply = community.send(get_related_documents([RPLC], token=token, entry_uuid=new.entry.entry_uuid))
    expected = {old.entry.entry_uuid, new.entry.entry_uuid}
    associations = [one.type for one in query_response(reply).associations]
    expect(reply).is_success().meets(entries(reply) == expected, str(expected), entries(reply))
    expect(reply).meets(associations == [RPLC], "one RPLC association", associations)


@requirement("XDS-ITI18-035")
def test_get_related_documents_of_an_unrelated_document_is_empty(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    alone = community.publish(patient, token=token)
    reply = community.send(get_related_documents([RPLC], token=token, entry_uuid=alone.entry.entry_uuid))
    expect(reply).is_success().lacks("//rim:RegistryObjectList/*")


@requirement("XDS-ITI18-035")
def test_get_related_documents_follows_only_the_types_asked_for(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    new = related(community, patient, token, RPLC, community.publish(patient, token=token))
    reply = community.send(get_related_documents([APND], token=token, entry_uuid=new.entry.entry_uuid))
    expect(reply).is_success().lacks("//rim:RegistryObjectList/*")


@requirement("XDS-ITI18-026")
def test_get_all_returns_sets_entries_and_associations(
    community: Community, patient: RegisteredPatient, token: bytes
) -> None:
    published = [community.publish(patient, token=token) for _ in range(2)]
    reply = community.send(get_all(patient.xad_pid, token=token))
    sets = {one.submission_set.unique_id for one in published}
    members = {one.entry.entry_uuid for one in published}
    found = {one.target for one in query_response(reply).associations if one.type == HAS_MEMBER}
    expect(reply).is_success().meets(packages(reply) == sets, str(sets), packages(reply))
    expect(reply).meets(entries(reply) == members == found, "both entries with HasMember", (entries(reply), found))
