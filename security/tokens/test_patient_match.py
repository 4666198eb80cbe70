"""A token opens the record it was issued for, and no other (EPRO-FDHA Annex 5 Amendment 1, section 1.6)."""

from collections.abc import Callable

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.message import Message
from fixtures.epr.paths import external_identifier
from fixtures.epr.queries import find_documents, find_submission_sets, get_all, get_documents
from fixtures.epr.xds import retrieve
from fixtures.suite import requirement
from security.conftest import Scene
from security.tokens.attack import commented, edited
from security.tokens.signatures import RESOURCE


def _about_victim(name: str, scene: Scene) -> Message:
    queries = {"FindDocuments": find_documents, "FindSubmissionSets": find_submission_sets, "GetAll": get_all}
    return queries[name](scene.victim.xad_pid, token=scene.token)  # type: ignore[operator,no-any-return]


@pytest.mark.parametrize("name", ["FindDocuments", "FindSubmissionSets", "GetAll"])
@requirement("XUA-ITI40-065", "POL-ENF-003", "XDS-ACC-015")
def test_a_query_about_another_patient_gives_nothing(community: Community, scene: Scene, name: str) -> None:
    reply = community.send(_about_victim(name, scene), baseline=scene.valid)
    expect(reply).discloses_nothing([scene.treasure.entry.unique_id, scene.treasure.submission_set.unique_id])


@pytest.mark.parametrize("by", ["entry_uuids", "unique_ids"])
@requirement("XUA-ITI40-066")
def test_a_document_of_another_patient_is_not_found_by_its_id(community: Community, scene: Scene, by: str) -> None:
    entry = scene.treasure.entry
    ids = {"entry_uuids": [entry.entry_uuid], "unique_ids": [entry.unique_id]}[by]
    query = get_documents(
        token=scene.token, entry_uuids=ids if by == "entry_uuids" else (), unique_ids=ids if by == "unique_ids" else ()
    )
    reply = community.send(query, baseline=scene.valid)
    expect(reply).discloses_nothing([entry.hash, scene.victim.xad_pid])


@requirement("XUA-ITI40-067", "XDS-ACC-015")
def test_a_document_of_another_patient_is_not_retrieved(community: Community, scene: Scene) -> None:
    valid = retrieve([scene.published.request], token=scene.token)
    both = retrieve([scene.published.request, scene.treasure.request], token=scene.token)
    reply = community.send(both, baseline=valid)
    expect(reply).discloses_nothing([scene.treasure.content])
    alone = community.send(retrieve([scene.treasure.request], token=scene.token))
    expect(alone).discloses_nothing([scene.treasure.content])


@requirement("XUA-ITI40-068", "XDS-ITI41-013")
def test_nothing_is_published_in_the_record_of_another_patient(community: Community, scene: Scene) -> None:
    sent = community.submission(scene.patient, token=scene.token)
    foreign = sent.message
    for name in ("patientId", "SubmissionSet.patientId"):
        foreign = foreign.with_attribute(external_identifier(name), "value", scene.victim.xad_pid)
    reply = community.send(foreign, baseline=sent.message)
    expect(reply).refuses()
    theirs = community.token("PAT", scene.victim)
    left = community.send(get_documents(token=theirs, unique_ids=[sent.entry.unique_id]))
    expect(left).lacks("//rim:ExtrinsicObject")


@requirement("XUA-ITI40-070", "XDS-ACC-016")
def test_a_technical_user_reads_nothing(community: Community, scene: Scene) -> None:
    token = community.token("TCU", scene.patient)
    found = community.send(find_documents(scene.patient.xad_pid, token=token), baseline=scene.valid)
    expect(found).discloses_nothing([scene.published.entry.unique_id])
    reply = community.send(retrieve([scene.published.request], token=token))
    expect(reply).discloses_nothing([scene.published.content])


@requirement("XDS-ACC-017")
def test_a_technical_user_publishes(community: Community, scene: Scene) -> None:
    token = community.token("TCU", scene.patient)
    expect(community.send(community.submission(scene.patient, token=token).message)).is_success()


@requirement("XDS-ACC-023")
def test_emergency_access_does_not_write(community: Community, scene: Scene) -> None:
    token = community.token("HCP", scene.patient, purpose="EMER")
    valid = community.submission(scene.patient, token=scene.token).message
    expect(community.send(community.submission(scene.patient, token=token).message, baseline=valid)).refuses()


@requirement("XDS-ACC-004")
def test_a_patient_sees_and_reads_every_level(community: Community, scene: Scene) -> None:
    from fixtures.epr.ebrim import NORMAL, RESTRICTED, SECRET

    token = community.token("PAT", scene.patient)
    published = [
        community.publish(scene.patient, token=token, confidentiality_codes=(level,))
        for level in (NORMAL, RESTRICTED, SECRET)
    ]
    found = community.send(find_documents(scene.patient.xad_pid, token=token))
    expect(found).is_success().has("//rim:ExtrinsicObject", times=4)
    expect(community.send(retrieve([one.request for one in published], token=token))).is_success()


BARE = {"no-header": lambda message: message.without("//wsse:Security")}
BARE |= {"empty-header": lambda message: message.with_security(b"", "empty wsse:Security")}
bare = pytest.mark.parametrize("without", BARE.values(), ids=BARE)


@bare
@requirement("XUA-ITI40-010", "XDS-SOAP-016")
def test_a_query_without_assertion_discloses_nothing(
    community: Community, scene: Scene, without: Callable[[Message], Message]
) -> None:
    reply = community.send(without(scene.valid), baseline=scene.valid)
    expect(reply).refuses().discloses_nothing([scene.published.entry.unique_id])


@bare
@requirement("XUA-ITI40-011", "XDS-SOAP-016")
def test_a_document_is_not_retrieved_without_assertion(
    community: Community, scene: Scene, without: Callable[[Message], Message]
) -> None:
    valid = retrieve([scene.published.request], token=scene.token)
    expect(community.send(without(valid), baseline=valid)).refuses().discloses_nothing([scene.published.content])


@bare
@requirement("XUA-ITI40-012", "XDS-SOAP-016")
def test_a_document_is_not_published_without_assertion(
    community: Community, scene: Scene, without: Callable[[Message], Message]
) -> None:
    sent = community.submission(scene.patient, token=scene.token)
    other = community.submission(scene.patient, token=scene.token).message
    expect(community.send(without(sent.message), baseline=other)).refuses()
    left = community.accepted(get_documents(token=scene.token, unique_ids=[sent.entry.unique_id]))
    expect(left).lacks("//rim:ExtrinsicObject")


@bare
@requirement("XUA-ITI40-040")
@pytest.mark.parametrize("name", ["ITI-18", "ITI-41", "ITI-43"])
def test_a_missing_assertion_is_answered_by_a_fault(
    community: Community, scene: Scene, name: str, without: Callable[[Message], Message]
) -> None:
    valid = {
        "ITI-18": scene.valid,
        "ITI-43": retrieve([scene.published.request], token=scene.token),
        "ITI-41": community.submission(scene.patient, token=scene.token).message,
    }[name]
    expect(community.send(without(valid), baseline=valid)).is_token_refusal()


PLACES = {
    "NameID": ("XUA-ITI40-099", "saml2:Subject/saml2:NameID"),
    "resource-id": ("XUA-ITI40-100", RESOURCE),
}


@pytest.mark.parametrize(
    "xpath", [pytest.param(xpath, id=name, marks=pytest.mark.requirement(row)) for name, (row, xpath) in PLACES.items()]
)
def test_a_comment_changes_neither_user_nor_patient(community: Community, scene: Scene, xpath: str) -> None:
    split = edited(scene.token, commented(xpath))
    reply = community.send(scene.valid.with_security(split, f"a comment in {xpath}"), baseline=scene.valid)
    said = expect(reply).outcome
    expect(reply).meets(said.status == "Success" or said.kind == "fault", "the same answer, or a fault", said.says)
    about = find_documents(scene.victim.xad_pid, token=split)
    expect(community.send(about)).discloses_nothing([scene.treasure.entry.unique_id])
