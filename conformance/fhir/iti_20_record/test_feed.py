"""ITI-20 by FHIR: the audit record repository takes events, one or several, and nobody changes them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.fhir_audit_feed import record_audit_event, record_audit_events, search_event
from fixtures.epr.fhir_json import Resource
from fixtures.epr.rest import Call, metadata
from fixtures.suite import requirement, transaction

#: what the base resource demands (FHIR R4, AuditEvent)
NEEDED = ("agent", "recorded", "source", "type")


@pytest.fixture
def event(community: Community) -> Callable[[], Resource]:
    """A new event of a patient of its own."""
    patient = community.patient()
    url, site = community.url("ITI-20"), community.target.domains.sender
    return lambda: search_event(patient.spid, site=site, url=url)


@pytest.fixture
def token(community: Community) -> str:
    return community.fhir.basic_token()


@requirement("FHIR-ITI20-001", "AUD-FEED-002")
@transaction("ITI-20")
def test_an_event_is_created(community: Community, event: Callable[[], Resource], token: str) -> None:
    expect(community.fhir.send(record_audit_event(event(), token=token))).is_ok(201)


@requirement("AUD-FEED-005")
@transaction("ITI-20")
def test_an_event_in_xml_is_created(community: Community, event: Callable[[], Resource], token: str) -> None:
    expect(community.fhir.send(record_audit_event(event(), token=token).in_xml())).is_ok(201)


@requirement("FHIR-ITI20-002", "AUD-FEED-003")
@transaction("ITI-20")
def test_a_batch_is_answered_entry_by_entry(community: Community, event: Callable[[], Resource], token: str) -> None:
    batch = record_audit_events([event() for _ in range(3)], token=token)
    reply = community.fhir.send(batch)
    expect(reply).is_ok(200).reads("type", "batch-response").has(
        "entry.response.where(status.startsWith('201'))", times=3
    )


@requirement("AUD-FEED-004")
@transaction("ITI-20")
def test_entries_of_a_batch_fail_for_themselves(
    community: Community, event: Callable[[], Resource], token: str
) -> None:
    batch = record_audit_events([event(), event()], token=token).without("entry[1].resource.recorded")
    reply = community.fhir.send(batch)
    expect(reply).meets(reply.status == 200, "HTTP 200", reply.says)
    expect(reply).has("entry[0].response.where(status.startsWith('201'))", times=1)
    expect(reply).has("entry[1].response.where(status.startsWith('4'))", times=1)


@requirement("FHIR-ITI20-003", "AUD-FEED-009")
@transaction("ITI-20")
def test_nobody_records_without_token_or_certificate(
    community: Community, event: Callable[[], Resource], token: str
) -> None:
    valid = record_audit_event(event(), token=token)
    reply = community.fhir.send(valid.without_token(), baseline=lambda: record_audit_event(event(), token=token))
    expect(reply).is_unauthorised()


@requirement("FHIR-ITI20-004", "AUD-FEED-007")
@transaction("ITI-20")
@pytest.mark.parametrize("element", NEEDED)
def test_an_event_without_what_it_needs_is_refused(
    community: Community, event: Callable[[], Resource], token: str, element: str
) -> None:
    valid = record_audit_event(event(), token=token)
    reply = community.fhir.send(valid.without(element), baseline=lambda: record_audit_event(event(), token=token))
    expect(reply).is_refused(400, 422, usual=("required", "invalid", "structure", "value", "invariant"))


@requirement("FHIR-ITI20-005", "AUD-FEED-011")
@transaction("ITI-20")
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_event_is_not_changed(community: Community, event: Callable[[], Resource], token: str, method: str) -> None:
    created = community.fhir.accepted(record_audit_event(event(), token=token))
    location = created.headers.get("location", "").partition("/_history")[0]
    identifier = location.rpartition("/")[2] or str((created.resource or {}).get("id", "unknown"))
    body = {**event(), "id": identifier} if method == "PUT" else None
    change = Call("ITI-20", method, f"AuditEvent/{identifier}", resource=body, token=token)
    expect(community.fhir.send(change)).is_refused(405, 404, 403, 501)


@requirement("AUD-FEED-001")
@transaction("ITI-20")
def test_the_capabilities_tell_of_the_feed(community: Community) -> None:
    reply = community.fhir.send(metadata())
    created = "rest.resource.where(type = 'AuditEvent').interaction.where(code = 'create')"
    expect(reply).is_ok().has(created)


@requirement("AUD-FEED-006")
@transaction("ITI-20")
def test_a_body_that_cannot_be_read_is_refused(community: Community, event: Callable[[], Resource], token: str) -> None:
    valid = record_audit_event(event(), token=token)
    broken = valid.with_body(b'{"resourceType": "AuditEvent", "type": {', "truncated JSON")
    reply = community.fhir.send(broken, baseline=lambda: record_audit_event(event(), token=token))
    expect(reply).is_refused(400, usual=("structure", "invalid"), tolerated=[422])


@requirement("AUD-FEED-006")
@transaction("ITI-20")
def test_a_patient_is_no_event(community: Community, event: Callable[[], Resource], token: str) -> None:
    valid = record_audit_event(event(), token=token)
    patient = replace(valid, resource={"resourceType": "Patient"}, changes=("a Patient",))
    reply = community.fhir.send(patient, baseline=lambda: record_audit_event(event(), token=token))
    expect(reply).is_refused(400, 422, usual=("structure", "invalid"))


@requirement("AUD-FEED-008")
@transaction("ITI-20")
def test_another_content_type_is_refused(community: Community, event: Callable[[], Resource], token: str) -> None:
    valid = record_audit_event(event(), token=token)
    plain = valid.with_header("Content-Type", "text/plain")
    reply = community.fhir.send(plain, baseline=lambda: record_audit_event(event(), token=token))
    expect(reply).is_refused(415, usual=("not-supported",), tolerated=[400])


@requirement("AUD-FEED-010")
@transaction("ITI-20")
def test_a_token_that_is_none_is_refused(community: Community, event: Callable[[], Resource], token: str) -> None:
    valid = record_audit_event(event(), token=token)
    other = valid.with_token("no-token-at-all", "no token")
    reply = community.fhir.send(other, baseline=lambda: record_audit_event(event(), token=token))
    expect(reply).is_unauthorised()
