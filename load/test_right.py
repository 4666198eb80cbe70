"""The cheap judgement: what is spelled unusually is right, and what is wrong is wrong in any spelling."""

import base64

import pytest

from fixtures.epr.message import soap_envelope
from fixtures.epr.names import FAILURE, NS, SUCCESS
from load import right, right_rest
from load.step import Answer, Judge

SOAP, JSON = "application/soap+xml", "application/fhir+json"
SPID = "761337610000000013"


def soap(payload: str) -> Answer:
    return Answer(200, soap_envelope("urn:a", payload.encode()), SOAP)


def fhir(resource: str) -> Answer:
    return Answer(200, resource.encode(), JSON, {"content-type": JSON})


def registry(status: str) -> Answer:
    return soap(f'<rs:RegistryResponse xmlns:rs="{NS["rs"]}" status="{status}"/>')


def found(status: str, documents: int, element: str = "rim:ExtrinsicObject") -> Answer:
    entry = f'<{element} id="urn:uuid:1"/>'
    return soap(
        f'<q:AdhocQueryResponse xmlns:q="{NS["query"]}" xmlns:rim="{NS["rim"]}" status="{status}">'
        f"<rim:RegistryObjectList>{entry * documents}</rim:RegistryObjectList></q:AdhocQueryResponse>"
    )


def references(*names: str) -> str:
    return ",".join(f'{{"resource": {{"resourceType": "{name}", "id": "1"}}}}' for name in names)


def bundle(kind: str, entries: str, more: str = "") -> Answer:
    return fhir(f'{{ "resourceType" : "Bundle", "type": "{kind}", {more} "entry": [{entries}] }}')


DOCUMENT = "Document\\u0052eference"
PERSON = f'{{"resource": {{"resourceType": "Patient", "identifier": [{{"value": "\\u0037{SPID[1:]}"}}]}}}}'
EVENT = (
    f'{{"resource": {{"resourceType": "AuditEvent", "entity": [{{"what": {{"identifier": {{"value": "{SPID}"}}}}}}]}}}}'
)
CONSENT = (
    f'{{"resource": {{"resourceType": "Consent", "patient": {{"identifier": {{"value": "\\u0037{SPID[1:]}"}}}}}}}}'
)
CREATED = '{"response": {"status" : "201 Created"}}'
MORE = '"total": 4, "link": [{"relation": "next", "url": "http://localhost/2"}],'

RIGHT: list[tuple[str, Judge, Answer]] = [
    ("ITI-41", right.registered(), registry(SUCCESS)),
    ("ITI-41, character reference", right.registered(), registry(SUCCESS.replace("S", "&#83;"))),
    ("ITI-18", right.finds(2), found(SUCCESS, 2)),
    ("ITI-18, character reference", right.finds(2), found(SUCCESS.replace("o", "&#x6f;"), 2)),
    ("ITI-67", right_rest.finds_references(2), bundle("searchset", references("DocumentReference", DOCUMENT))),
    ("ITI-67, first page", right_rest.finds_references(4), bundle("searchset", references(DOCUMENT), MORE)),
    ("ITI-119", right_rest.says("ITI-119", SPID), bundle("searchset", PERSON)),
    ("ITI-81", right_rest.shows_trail(SPID, 2), bundle("searchset", f"{EVENT}, {EVENT}")),
    ("PPQ-5", right_rest.has_consents(SPID), bundle("searchset", CONSENT)),
    ("ITI-65", right_rest.is_provided(3), bundle("transaction-response", ",".join([CREATED] * 3))),
]
WRONG: list[tuple[str, Judge, Answer]] = [
    ("ITI-41", right.registered(), registry(FAILURE)),
    ("ITI-41 not even SOAP", right.registered(), Answer(200, b"<html/>", "text/html")),
    ("ITI-18 one too few", right.finds(2), found(SUCCESS, 1)),
    ("ITI-18 others", right.finds(2), found(SUCCESS, 2, "rim:ObjectRef")),
    ("ITI-43", right.has_document(b"octets"), registry(SUCCESS)),
    ("ITI-45", right.names("ITI-45", "P-1"), registry(SUCCESS)),
    ("GetXUA", right.issues_token(SPID), registry(SUCCESS)),
    ("PPQ-2", right.has_policy_sets(SPID), registry(SUCCESS)),
    ("PPQ-1", right.is_fed(), registry(SUCCESS)),
    ("ITI-67 one too few", right_rest.finds_references(2), bundle("searchset", references("DocumentReference"))),
    ("ITI-67 one too many", right_rest.finds_references(1), bundle("searchset", references(DOCUMENT, DOCUMENT))),
    ("ITI-67 not even JSON", right_rest.finds_references(1), fhir("{")),
    ("ITI-68", right_rest.is_document(b"octets"), Answer(200, b"octet", "text/plain")),
    ("ITI-119", right_rest.says("ITI-119", "761337610000000099"), bundle("searchset", PERSON)),
    ("ITI-81 of somebody else", right_rest.shows_trail("7613", 1), bundle("searchset", EVENT.replace(SPID, "9"))),
    ("ITI-81 fewer than before", right_rest.shows_trail(SPID, 2), bundle("searchset", EVENT)),
    ("PPQ-5 none", right_rest.has_consents(SPID), bundle("searchset", "")),
    ("ITI-65 two of three", right_rest.is_provided(3), bundle("transaction-response", ",".join([CREATED] * 2))),
    ("ITI-65", right_rest.is_provided(1), fhir('{"resourceType": "OperationOutcome"}')),
    ("ITI-71", right_rest.issues_access_token(SPID), fhir('{"error": "invalid_grant"}')),
]


def named(cases: list[tuple[str, Judge, Answer]]) -> list[object]:
    return [pytest.param(judge, answer, id=name) for name, judge, answer in cases]


@pytest.mark.parametrize(("judge", "answer"), named(RIGHT))
def test_right_in_any_spelling(judge: Judge, answer: Answer) -> None:
    assert judge(answer) == ""


@pytest.mark.parametrize(("judge", "answer"), named(WRONG))
def test_wrong_is_told(judge: Judge, answer: Answer) -> None:
    assert judge(answer)


def token(person: str) -> Answer:
    claims = f'{{"extensions": {{"ihe_iua": {{"person_id": "{person}"}}}}}}'
    said = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
    return fhir(f'{{"access_token": "e30.{said}.x", "token_type": "Bearer"}}')


def test_a_token_is_for_the_patient_it_names() -> None:
    judge = right_rest.issues_access_token(SPID)
    assert judge(token(f"{SPID}^^^&2.16.756.5.30.1.127.3.10.3&ISO")) == ""
    wrong = judge(token("761337610000000099^^^&2.16.756.5.30.1.127.3.10.3&ISO"))
    assert wrong == "a token for another patient"  # and not the token itself


def test_a_token_nobody_can_read_is_taken_for_one() -> None:
    assert right_rest.issues_access_token(SPID)(fhir('{"access_token": "opaque"}')) == ""
