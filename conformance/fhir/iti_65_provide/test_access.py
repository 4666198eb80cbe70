"""ITI-65: who may publish at which level is decided for every submission (CH:ADR)."""

import pytest

from conformance.fhir.shelf import ANY, Shelf
from fixtures.checks.expect import expect
from fixtures.checks.fhirpath import evaluate
from fixtures.client import Community
from fixtures.client.records import EXCLUDED, right
from fixtures.epr.ebrim import NORMAL, SECRET
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-65", "ITI-67", "PPQ-1")
DENIED = ("forbidden", "security", "login", "not-found")


@requirement("FHIR-ITI65-034")
def test_a_secret_document_is_above_the_provide_level_of_professionals(shelf: Shelf) -> None:
    sent = shelf.provision(role="HCP", confidentiality_codes=(SECRET,))
    reply = shelf.send(sent.call, baseline=lambda: shelf.provision(role="HCP").call)
    expect(reply).is_refused(403, 401, 404, usual=DENIED)
    shelf.has_none(reply, sent.entry.unique_id)


@requirement("POL-ENF-018")
def test_nothing_is_published_below_the_provide_level(community: Community) -> None:
    shelf = Shelf(community, community.record(provide="provide-level:restricted"))
    sent = shelf.provision(role="HCP", confidentiality_codes=(NORMAL,))
    reply = shelf.send(sent.call)
    documents = shelf.all_of(shelf.search(status=ANY))
    codes = [code for one in documents for code in evaluate(one, "securityLabel.coding.code")]
    expect(reply).meets(NORMAL.code not in codes, "nothing registered as normal", codes)
    expect(reply).meets(reply.status < 500, "refused, or taken at another level", reply.says, "HTTP status")


@requirement("FHIR-ITI65-034", "POL-ENF-018")
def test_who_is_on_the_exclusion_list_publishes_nothing(community: Community) -> None:
    excluded = [right(community.user("HCP").gln, EXCLUDED)]
    shelf = Shelf(community, community.record(excluded))
    sent = shelf.provision(role="HCP")
    reply = shelf.send(sent.call, baseline=shelf.fresh)
    expect(reply).is_refused(403, 401, 404, usual=DENIED)
    shelf.has_none(reply, sent.entry.unique_id)


@requirement("FHIR-ITI65-034")
def test_a_policy_administrator_publishes_nothing(shelf: Shelf) -> None:
    sent = shelf.provision(role="PAT")
    call = sent.call.with_token(shelf.token("PADM"), "token of a policy administrator")
    reply = shelf.send(call, baseline=shelf.fresh)
    expect(reply).is_refused(403, 401, 404, usual=DENIED, tolerated=[400, 422])
    shelf.has_none(reply, sent.entry.unique_id)
