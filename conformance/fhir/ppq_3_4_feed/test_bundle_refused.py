"""PPQ-4: a Bundle that breaks PpqmFeedRequestBundle, or may not be fed, changes nothing (CH EPR FHIR 5.0.0)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.fhir.policies import Consents
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.client.fhir import refusal
from fixtures.epr.fhir_policies import adding, deleting, putting
from fixtures.epr.rest import Call
from fixtures.policy.consent import consent
from fixtures.policy.patient_policy import PatientPolicy, new_id
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("PPQ-4", "PPQ-5")
DENIED: Mapping[str, Any] = {"usual": ["forbidden", "security", "login"]}


def bundle(record: Consents, *policies: PatientPolicy, by: str = "PAT") -> Call:
    return record.bundling(*(adding(consent(policy)) for policy in policies), by=by)


@pytest.fixture
def valid(opened: Consents) -> Call:
    """One new right."""
    return bundle(opened, opened.right())


@pytest.fixture
def known(opened: Consents) -> Iterator[PatientPolicy]:
    """A right that is stored."""
    right = opened.right(who="7601999100219")
    call = bundle(opened, right)
    opened.community.fhir.accepted(call)
    yield right
    opened.take_back(call)


@requirement("POL-PPQ4-006")
def test_an_entry_that_reads_is_refused(opened: Consents, valid: Call, known: PatientPolicy) -> None:
    call = opened.bundling(deleting(known.id)).with_value("entry[0].request.method", "GET")
    opened.refused(call, 422, 400, baseline=valid)


@requirement("POL-PPQ4-006")
def test_an_entry_that_patches_is_refused(opened: Consents, valid: Call, known: PatientPolicy) -> None:
    call = opened.bundling(putting(consent(replace(known, reference="access-level:restricted")), known.id))
    opened.refused(call.with_value("entry[0].request.method", "PATCH"), 422, 400, baseline=valid)


@requirement("POL-PPQ4-009")
@pytest.mark.parametrize("kind", ["batch", "collection", "document"])
def test_a_bundle_that_is_no_transaction_is_refused(opened: Consents, valid: Call, kind: str) -> None:
    call = bundle(opened, opened.right()).with_value("type", kind)
    opened.refused(call, 422, 400, baseline=valid)


@requirement("POL-PPQ4-009")
def test_a_bundle_without_entry_is_refused(opened: Consents, valid: Call) -> None:
    opened.refused(bundle(opened, opened.right()).without("entry"), 422, 400, baseline=valid)


CONDITIONS: Mapping[str, tuple[str, Callable[[PatientPolicy], Mapping[str, Any]]]] = {
    "ifNoneExist": (f"identifier={new_id()}", lambda right: adding(consent(right))),
    "ifNoneMatch": ('W/"1"', lambda right: putting(consent(right), right.id)),
    "ifMatch": ('W/"1"', lambda right: putting(consent(right), right.id)),
    "ifModifiedSince": ("2020-01-01T00:00:00Z", lambda right: adding(consent(right))),
}


@requirement("POL-PPQ4-010")
@pytest.mark.parametrize("condition", CONDITIONS)
def test_an_entry_with_a_condition_is_refused(opened: Consents, valid: Call, condition: str) -> None:
    value, entry = CONDITIONS[condition]
    call = opened.bundling(entry(opened.right())).with_value(f"entry[0].request.{condition}", value)
    opened.refused(call, 422, 400, baseline=valid)


PATIENT = {"resourceType": "Patient", "active": True}
RESOURCES: Mapping[str, Callable[[Call], Call]] = {
    "patient": lambda call: call.with_value("entry[0].resource", PATIENT, "a Patient"),
    "patient-beside": lambda call: call.with_item(
        "entry", {"resource": PATIENT, "request": {"method": "POST", "url": "Consent"}}, "a Patient beside a Consent"
    ),
    "template-305": lambda call: call.with_value("entry[0].resource.identifier[1].value", "305"),
    "no-policy-set-id": lambda call: call.without("entry[0].resource.identifier[0]"),
    "prohibited": lambda call: call.with_value("entry[0].resource.provision.type", "permit"),
}


@requirement("POL-PPQ4-011")
@pytest.mark.parametrize("form", RESOURCES)
def test_an_entry_without_a_conforming_consent_is_refused(opened: Consents, valid: Call, form: str) -> None:
    opened.refused(RESOURCES[form](bundle(opened, opened.right())), 422, 400, baseline=valid)


# --- all or nothing -------------------------------------------------------------------------------


@requirement("POL-PPQ4-004", "POL-PPQ4-012")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["permitted-first", "forbidden-first"])
def test_one_right_that_may_not_be_passed_on_stops_all(record: Consents, order: tuple[int, int]) -> None:
    dates = {"start": day(0), "end": day(9)}
    delegation = record.policy("304", "access-level:delegation-and-normal", who=record.gln, **dates)
    record.community.fhir.accepted(bundle(record, delegation))
    rights = record.right(**dates), record.right(reference="access-level:restricted", **dates)
    permitted = bundle(record, record.right(who="7601999100219", **dates), by="HCP")
    call = bundle(record, *(rights[place] for place in order), by="HCP")
    record.refused(call, 403, 401, baseline=permitted, **DENIED)


@requirement("POL-PPQ4-004")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["known-first", "unknown-first"])
def test_the_deletion_of_a_known_and_an_unknown_policy_set_is_done_or_refused_as_a_whole(
    opened: Consents, known: PatientPolicy, order: tuple[int, int]
) -> None:
    before = opened.consents()
    ids = known.id, new_id()
    reply = opened.send(opened.bundling(*(deleting(ids[place]) for place in order)))
    after = opened.consents()
    left = before if refusal(reply) else {id_: one for id_, one in before.items() if id_ != known.id}
    expect(reply).meets(after == left, f"what is told: {reply.says}", sorted(before.keys() ^ after.keys()))
    expect(reply).meets(reply.status < 500, "success, or HTTP 4xx", reply.says, "HTTP status")


# --- who may not ----------------------------------------------------------------------------------


@requirement("POL-PPQ4-012")
def test_a_bundle_without_token_is_refused(opened: Consents, valid: Call) -> None:
    call = bundle(opened, opened.right()).without_token()
    opened.refused(call, 401, baseline=valid, usual=["login", "security", "forbidden", "unknown"])


@requirement("POL-PPQ4-012")
def test_a_bundle_for_another_patient_than_that_of_the_token_is_refused(
    community: Community, opened: Consents, valid: Call
) -> None:
    other = Consents(community, community.record())
    call = bundle(other, other.right()).with_token(opened.access(), "token for another patient")
    other.refused(call, 401, 403, 422, baseline=valid)


@requirement("POL-PPQ4-012")
@pytest.mark.parametrize("role", ["HCP", "DADM", "TCU"])
def test_a_bundle_of_who_has_no_right_to_feed_is_refused(opened: Consents, valid: Call, role: str) -> None:
    opened.refused(bundle(opened, opened.right(), by=role), 403, 401, baseline=valid, **DENIED)
