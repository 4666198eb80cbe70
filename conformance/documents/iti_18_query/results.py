"""What a query result contains, as sets the tests compare."""

from fixtures.epr.message import Reply
from fixtures.epr.xds_read import query_response


def entries(reply: Reply) -> set[str]:
    """entryUUIDs of the DocumentEntries of an answer."""
    return {document.entry_uuid for document in query_response(reply).documents}


def unique_ids(reply: Reply) -> set[str]:
    """uniqueIds of the DocumentEntries of an answer."""
    return {document.unique_id for document in query_response(reply).documents}


def packages(reply: Reply) -> set[str]:
    """uniqueIds of the SubmissionSets of an answer."""
    return {package.unique_id for package in query_response(reply).submission_sets}


def references(reply: Reply) -> set[str]:
    """Ids of the ObjectRefs of an answer."""
    return {reference.id for reference in query_response(reply).object_refs}
