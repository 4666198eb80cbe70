"""ITI-68: who may not see a document does not get it, whatever URL he knows (CH:ADR for each retrieval)."""

import pytest

from conformance.fhir.shelf import Shelf
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.client.records import NORMAL as NORMAL_LEVEL
from fixtures.client.records import right
from fixtures.epr.ebrim import SECRET
from fixtures.suite import requirement, transaction

pytestmark = pytest.mark.transaction("ITI-68", "ITI-65", "ITI-67")
CONTENT = b"%PDF-1.4\r\nsecret of the patient \x00\xff\r\n"


@requirement("FHIR-ITI68-007")
def test_the_url_of_another_patients_document_opens_nothing(shelf: Shelf) -> None:
    other = Shelf(shelf.community, shelf.community.record())
    call = other.retrieval(other.publish(content=CONTENT))
    reply = shelf.send(call.with_token(shelf.token(), "token for another patient"), baseline=call)
    expect(reply).is_refused(401, 403, 404).discloses_nothing([CONTENT])


@requirement("FHIR-ITI68-008", "POL-ENF-017")
@transaction("PPQ-1")
def test_a_secret_document_is_not_given_to_a_professional(community: Community) -> None:
    shelf = Shelf(community, community.record([right(community.user("HCP").gln, NORMAL_LEVEL)]))
    secret = shelf.publish(content=CONTENT, confidentiality_codes=(SECRET,))
    reply = shelf.send(shelf.retrieval(secret, "HCP"), baseline=shelf.retrieval(secret))
    expect(reply).is_refused(401, 403, 404).discloses_nothing([CONTENT])


@requirement("FHIR-ITI68-008", "POL-ENF-017")
@transaction("PPQ-1")
def test_a_professional_without_right_gets_nothing(community: Community) -> None:
    shelf = Shelf(community, community.record([]))
    published = shelf.publish(content=CONTENT)
    reply = shelf.send(shelf.retrieval(published, "HCP"), baseline=shelf.retrieval(published))
    expect(reply).is_refused(401, 403, 404).discloses_nothing([CONTENT])
