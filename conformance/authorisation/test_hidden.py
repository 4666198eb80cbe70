"""A document one may not see is one that does not exist: in every stored query, and for whoever knows its ids."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from conformance.authorisation.charts import Chart, Charts, traces
from fixtures.checks.expect import expect
from fixtures.client import new_oid
from fixtures.epr import queries
from fixtures.epr.ebrim import RESTRICTED
from fixtures.epr.message import Message, Reply
from fixtures.epr.names import APND, RPLC
from fixtures.epr.xds import retrieve
from fixtures.epr.xds_read import retrieve_response
from fixtures.suite import requirement, transaction

Ask = Callable[[Chart, bytes, str], Message]


def _entries(chart: Chart, level: str) -> Sequence[str]:
    return [chart.documents[level].entry.entry_uuid]


def _words(reply: Reply) -> str:
    """What the answer says, without what differs between any two answers."""
    return _DIFFERENT.sub("*", expect(reply).outcome.says)


ASKED: dict[str, Ask] = {
    "FindDocuments": lambda chart, token, _: queries.find_documents(chart.patient.xad_pid, token=token),
    "FindDocuments-ObjectRef": lambda chart, token, _: queries.find_documents(
        chart.patient.xad_pid, token=token, return_type="ObjectRef"
    ),
    "FindSubmissionSets": lambda chart, token, _: queries.find_submission_sets(chart.patient.xad_pid, token=token),
    "GetAll": lambda chart, token, _: queries.get_all(chart.patient.xad_pid, token=token),
    "GetDocuments-by-entryUUID": lambda chart, token, level: queries.get_documents(
        token=token, entry_uuids=_entries(chart, level)
    ),
    "GetDocuments-by-uniqueId": lambda chart, token, level: queries.get_documents(
        token=token, unique_ids=[chart.documents[level].entry.unique_id]
    ),
    "GetDocuments-ObjectRef": lambda chart, token, level: queries.get_documents(
        token=token, unique_ids=[chart.documents[level].entry.unique_id], return_type="ObjectRef"
    ),
    "GetAssociations": lambda chart, token, level: queries.get_associations(_entries(chart, level), token=token),
    "GetDocumentsAndAssociations": lambda chart, token, level: queries.get_documents_and_associations(
        token=token, entry_uuids=_entries(chart, level)
    ),
    "GetSubmissionSets": lambda chart, token, level: queries.get_submission_sets(_entries(chart, level), token=token),
    "GetSubmissionSetAndContents": lambda chart, token, level: queries.get_submission_set_and_contents(
        token=token, unique_id=chart.documents[level].submission_set.unique_id
    ),
    "GetRelatedDocuments": lambda chart, token, level: queries.get_related_documents(
        [RPLC, APND], token=token, entry_uuid=chart.documents[level].entry.entry_uuid
    ),
}
#: octets by which ids of other lengths and the like may change an answer
SIZE_CLASS = 128
#: UUIDs, OIDs, times and numbers: they differ between any two answers
_DIFFERENT = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|\d[\d.:+TZ-]*")
hidden = pytest.mark.parametrize("level", ["restricted", "secret"])


@hidden
@pytest.mark.parametrize("query", ASKED)
@requirement("XDS-ACC-011", "POL-ENF-002")
@transaction("PPQ-1", "ITI-41", "ITI-18")
def test_no_query_betrays_a_hidden_document(charts: Charts, query: str, level: str) -> None:
    chart = charts["right-normal"]
    message = ASKED[query](chart, chart.token("HCP"), level)
    reply = chart.community.send(message)
    expect(reply).is_success().discloses_nothing(traces(chart.documents[level], message))


@requirement("XDS-ACC-012")
@transaction("PPQ-1", "ITI-41", "ITI-18")
def test_asking_for_a_level_does_not_open_it(charts: Charts) -> None:
    chart = charts["right-normal"]
    query = queries.find_documents(chart.patient.xad_pid, token=chart.token("HCP"), confidentiality_codes=[RESTRICTED])
    reply = chart.community.send(query)
    expect(reply).is_success().lacks("//rim:ExtrinsicObject | //rim:ObjectRef")
    expect(reply).lacks("//query:AdhocQueryResponse[@totalResultCount > 0]")


@hidden
@requirement("XDS-ACC-013")
@transaction("PPQ-1", "ITI-41", "ITI-43")
def test_a_hidden_document_is_answered_like_an_unknown_one(charts: Charts, level: str) -> None:
    chart = charts["right-normal"]
    request, token = chart.documents[level].request, chart.token("HCP")
    unknown = chart.community.send(retrieve([replace(request, document_unique_id=new_oid())], token=token))
    reply = chart.community.send(retrieve([request], token=token))
    expect(unknown).is_failure("XDSDocumentUniqueIdError")
    expect(reply).is_failure("XDSDocumentUniqueIdError").lacks("//xds:DocumentResponse")
    said = (reply.status, expect(reply).outcome.errors)
    expect(reply).meets(
        said == (unknown.status, expect(unknown).outcome.errors), "the answer to an unknown document", said
    )


@hidden
@requirement("XDS-ACC-031")
@transaction("PPQ-1", "ITI-41", "ITI-43")
def test_the_words_about_a_hidden_document_are_those_about_an_unknown_one(charts: Charts, level: str) -> None:
    chart = charts["right-normal"]
    request, token = chart.documents[level].request, chart.token("HCP")
    unknown = chart.community.send(retrieve([replace(request, document_unique_id=new_oid())], token=token))
    reply = chart.community.send(retrieve([request], token=token))
    said, wanted = _words(reply), _words(unknown)
    expect(reply).meets(said == wanted, f"what is said of an unknown document: {wanted}", said)
    more = len(reply.body) - len(unknown.body)
    expect(reply).meets(abs(more) <= SIZE_CLASS, f"as many octets as there, give or take {SIZE_CLASS}", f"{more:+d}")


@hidden
@requirement("XDS-ACC-014")
@transaction("PPQ-1", "ITI-41", "ITI-43")
def test_a_mixed_request_gives_what_may_be_seen(charts: Charts, level: str) -> None:
    chart = charts["right-normal"]
    requests = [chart.documents[name].request for name in ("normal", level)]
    reply = chart.community.send(retrieve(requests, token=chart.token("HCP")))
    expect(reply).is_partial_success("XDSDocumentUniqueIdError").has("//rs:RegistryError", times=1)
    contents = [document.content for document in retrieve_response(reply).documents]
    expect(reply).meets(contents == [chart.documents["normal"].content], "the normal document alone", len(contents))
