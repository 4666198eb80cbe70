"""Tokens and documents: whose record a token opens, and which kind of token (ITI-72 with ITI-67, ITI-68 and ITI-81)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.ebrim import SECRET
from fixtures.epr.fhir_documents import master_identifier, references_of
from fixtures.epr.fhir_patients import cross_reference
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement, transaction
from security.bearer import forging
from security.bearer.drawer import Drawer, filled
from security.bearer.forging import documents, trail

DENIED = (401, 403, 404)


def sent(drawer: Drawer, call: Call, valid: Call) -> RestReply:
    return drawer.community.fhir.send(call, baseline=valid)


# --- what a token opens ---------------------------------------------------------------------------


@requirement("XUA-OIDC-070", "FHIR-ITI72-012")
@transaction("ITI-83")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_basic_token_is_taken_whatever_the_case_of_its_scheme(drawer: Drawer, scheme: str) -> None:
    fhir = drawer.community.fhir
    query = cross_reference(drawer.community.target.domains.local, drawer.patient.local_id)
    expect(fhir.send(query.with_header("Authorization", f"{scheme} {fhir.basic_token()}"))).is_ok()


@requirement("XUA-OIDC-070")
@transaction("ITI-67")
def test_an_extended_token_finds_documents(drawer: Drawer) -> None:
    expect(drawer.community.fhir.send(drawer.search())).is_ok().has("entry.resource.ofType(DocumentReference)")


@requirement("XUA-OIDC-070")
@transaction("ITI-67", "ITI-68")
def test_an_extended_token_retrieves_documents(drawer: Drawer) -> None:
    reply = drawer.community.fhir.send(drawer.retrieval())
    expect(reply).is_ok().meets(reply.body == drawer.published.content, "the document", f"{len(reply.body)} octets")


@requirement("XUA-OIDC-070")
@transaction("ITI-81")
def test_an_extended_token_shows_the_trail(drawer: Drawer) -> None:
    expect(drawer.community.fhir.send(trail(drawer.patient, drawer.token("PAT")))).is_ok()


# --- whose record ---------------------------------------------------------------------------------


@requirement("FHIR-ITI72-013", "XUA-OIDC-082")
@transaction("ITI-67")
def test_a_token_for_one_record_finds_no_documents_of_another(drawer: Drawer, victim: Drawer) -> None:
    foreign = victim.search().with_token(drawer.token(), "token for another patient")
    reply = sent(drawer, foreign, drawer.search())
    expect(reply).is_unauthorised(tolerated=[403]).discloses_nothing(victim.secrets)


@requirement("XUA-OIDC-082")
@transaction("ITI-81")
def test_a_token_for_one_record_shows_no_trail_of_another(drawer: Drawer, victim: Drawer) -> None:
    own = drawer.token("PAT")
    reply = sent(drawer, trail(victim.patient, own), trail(drawer.patient, own))
    expect(reply).is_unauthorised(tolerated=[403]).discloses_nothing(victim.secrets)


@requirement("FHIR-ITI72-015", "XUA-OIDC-082")
@transaction("ITI-67", "ITI-68")
def test_a_token_for_one_record_retrieves_no_document_of_another(drawer: Drawer, victim: Drawer) -> None:
    valid = victim.retrieval()
    reply = sent(drawer, valid.with_token(drawer.token(), "token for another patient"), valid)
    expect(reply).is_refused(*DENIED).discloses_nothing([victim.published.content])


@requirement("XUA-OIDC-088")
@transaction("ITI-67")
@pytest.mark.parametrize("order", ["own first", "victim first"])
def test_a_patient_who_is_named_twice_opens_one_record_at_most(drawer: Drawer, victim: Drawer, order: str) -> None:
    fhir = drawer.community.fhir
    claims, key = fhir.authorization.trusted_claims("HCP", drawer.patient), fhir.authorization.trusted_key()
    named = [drawer.patient.spid, victim.patient.spid]
    token = forging.twice(key, claims, *(named if order == "own first" else reversed(named)))
    fhir.accepted(documents(drawer.patient, fhir.trusted_token("HCP", drawer.patient)))
    own, other = (fhir.send(documents(one.patient, token, "person_id twice")) for one in (drawer, victim))
    both = discloses(own, drawer) and discloses(other, victim)
    expect(other).meets(not both, "one record at most", "both are opened", "person_id")


def discloses(reply: RestReply, drawer: Drawer) -> bool:
    return drawer.published.entry.unique_id in map(master_identifier, references_of(reply))


# --- which kind of token --------------------------------------------------------------------------


@requirement("FHIR-ITI72-011", "XUA-OIDC-083")
@transaction("ITI-67")
def test_a_basic_token_finds_no_documents(drawer: Drawer) -> None:
    valid = drawer.search()
    reply = sent(drawer, valid.with_token(drawer.community.fhir.basic_token("HCP"), "a basic token"), valid)
    expect(reply).is_unauthorised(tolerated=[403]).discloses_nothing(drawer.secrets)


@requirement("FHIR-ITI72-011", "XUA-OIDC-083")
@transaction("ITI-67", "ITI-68")
def test_a_basic_token_retrieves_no_document(drawer: Drawer) -> None:
    valid = drawer.retrieval()
    reply = sent(drawer, valid.with_token(drawer.community.fhir.basic_token("HCP"), "a basic token"), valid)
    expect(reply).is_unauthorised(tolerated=[403]).discloses_nothing([drawer.published.content])


# --- what a refusal tells -------------------------------------------------------------------------


@requirement("FHIR-ITI72-016")
@transaction("ITI-67", "ITI-68")
def test_a_hidden_document_is_refused_like_one_that_is_not_there(community: Community) -> None:
    hidden = filled(community, "PAT", confidentiality_codes=(SECRET,))
    valid = hidden.retrieval("PAT", seen_by="PAT")
    call = valid.with_token(hidden.token(), "a professional")
    denied = sent(hidden, call, valid)
    absent = community.fhir.send(call.with_path(f"{call.path[:-4]}0000", "a changed identifier"))
    expect(denied).is_refused(*DENIED).discloses_nothing([hidden.published.content])
    told = [(reply.status, [issue.code for issue in reply.issues]) for reply in (denied, absent)]
    expect(denied).meets(told[0] == told[1], f"what is told where there is none: {told[1]}", told[0], "HTTP status")


@requirement("XUA-OIDC-095")
@transaction("ITI-67")
@pytest.mark.parametrize("kind", ["none", "altered", "basic", "another patient"])
def test_a_refusal_tells_no_token_and_no_internals(drawer: Drawer, victim: Drawer, kind: str) -> None:
    genuine = drawer.token()
    shown = {
        "none": "",
        "altered": f"{genuine[:-6]}AAAAAA",
        "basic": drawer.community.fhir.basic_token("HCP"),
        "another patient": victim.token(),
    }[kind]
    reply = sent(drawer, drawer.search().with_token(shown, kind), drawer.search())
    expect(reply).refuses().shows_no_internals().discloses_nothing(drawer.secrets)
    told = reply.body + "\n".join(reply.headers.values()).encode("utf-8", "replace")
    is_told = bool(shown) and shown.rpartition(".")[2].encode() in told
    expect(reply).meets(not is_told, "an answer without the token", "the signature of the token")
