"""ITI-67: only documents the user may see are found, counted and read (CH:ADR for each document)."""

import pytest

from conformance.fhir.shelf import Shelf
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.client.records import NORMAL as NORMAL_LEVEL
from fixtures.client.records import right
from fixtures.epr.ebrim import NORMAL, RESTRICTED, SECRET
from fixtures.epr.fhir_documents import read_document_reference
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-67", "ITI-65", "PPQ-1")


@pytest.fixture
def guarded(community: Community) -> Shelf:
    """A record that is open to the usual professional at level normal."""
    return Shelf(community, community.record([right(community.user("HCP").gln, NORMAL_LEVEL)]))


@requirement("FHIR-ITI67-025")
def test_a_professional_finds_what_his_right_covers(guarded: Shelf) -> None:
    normal, restricted, secret = (
        guarded.publish(confidentiality_codes=(level,)) for level in (NORMAL, RESTRICTED, SECRET)
    )
    reply = guarded.finds([normal], role="HCP")
    expect(reply).reads("total", 1)
    expect(reply).discloses_nothing([restricted.entry.unique_id, secret.entry.unique_id])
    guarded.finds([normal, restricted, secret], role="PAT")


@requirement("FHIR-ITI67-025")
def test_a_hidden_document_cannot_be_searched_for_by_identifier(guarded: Shelf) -> None:
    secret = guarded.publish(confidentiality_codes=(SECRET,))
    guarded.finds([], ("identifier", f"urn:ietf:rfc:3986|urn:oid:{secret.entry.unique_id}"), role="HCP")


@requirement("FHIR-ITI67-026")
def test_a_professional_without_right_finds_nothing(community: Community) -> None:
    shelf = Shelf(community, community.record([]))
    published = shelf.publish()
    reply = shelf.send(shelf.query(role="HCP"))
    expect(reply).is_denied().discloses_nothing([published.entry.unique_id])


@requirement("FHIR-ITI67-025", "FHIR-ITI67-028")
def test_a_hidden_document_cannot_be_read(guarded: Shelf) -> None:
    secret = guarded.publish(confidentiality_codes=(SECRET,))
    id_ = guarded.id_of(secret)
    reply = guarded.send(read_document_reference(id_, token=guarded.token("HCP")))
    expect(reply).is_denied().discloses_nothing([secret.entry.unique_id])
