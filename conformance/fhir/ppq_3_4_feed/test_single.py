"""PPQ-3: one policy set is added, replaced or deleted (CH EPR FHIR 5.0.0, Mobile Privacy Policy Feed)."""

from dataclasses import replace

import pytest

from conformance.fhir.policies import Consents, found_in, says_this
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.policy.patient_policy import new_id
from fixtures.suite import requirement, transaction

pytestmark = pytest.mark.transaction("PPQ-3", "PPQ-5")


@requirement("FHIR-PPQ3-001")
def test_a_consent_is_added(opened: Consents) -> None:
    right = opened.right(start=day(0), end=day(9))
    reply = opened.send(opened.posting(right))
    expect(reply).is_ok(201).has_header("Location")
    found = opened.consents().get(right.id)
    expect(reply).meets(says_this(found, right), f"PPQ-5 with {right}", found)


@requirement("FHIR-PPQ3-002", "POL-PPQ3-002")
def test_a_put_adds_what_is_unknown_and_replaces_what_is_known(opened: Consents) -> None:
    right = opened.right(end=day(9))
    expect(opened.send(opened.putting(right))).is_ok(201)
    before = len(opened.consents())
    longer = replace(right, end=day(20))
    reply = opened.send(opened.putting(longer))
    expect(reply).is_ok()
    held = opened.consents()
    expect(reply).meets(says_this(held.get(right.id), longer), f"PPQ-5 with {longer}", held.get(right.id))
    expect(reply).meets(len(held) == before, f"{before} policy sets as before", len(held))


@requirement("FHIR-PPQ3-003", "POL-PPQ3-004")
def test_url_and_body_name_the_same_policy_set(opened: Consents) -> None:
    call = opened.putting(opened.right())
    changed = opened.putting(opened.right(who="7601999100226")).with_query("identifier", new_id(), "another id")
    opened.refused(changed, 422, 400, baseline=call)


@requirement("FHIR-PPQ3-004")
def test_a_put_names_its_policy_set_in_the_url(opened: Consents) -> None:
    call, changed = (opened.putting(opened.right(who=who)) for who in ("7601999100219", "7601999100226"))
    opened.refused(changed.without_query("identifier"), 400, 412, 405, 422, baseline=call)


@requirement("FHIR-PPQ3-005", "POL-PPQ3-005")
def test_a_policy_set_is_deleted(opened: Consents) -> None:
    right = opened.right()
    opened.community.fhir.accepted(opened.posting(right))
    reply = opened.send(opened.removing(right.id))
    expect(reply).is_ok(200, 204)
    held = opened.consents()
    expect(reply).meets(right.id not in held, "PPQ-5 without it", sorted(held))


@requirement("FHIR-PPQ3-006")
def test_the_deletion_of_an_unknown_policy_set_is_no_mistake_of_the_server(opened: Consents) -> None:
    reply = opened.send(opened.removing(new_id()))
    expect(reply).meets(reply.status in (200, 204, 404), "HTTP 204, 200 or 404", reply.says)


@requirement("POL-PPQ3-006")
def test_the_deletion_of_an_unknown_policy_set_changes_nothing(opened: Consents) -> None:
    opened.community.fhir.accepted(opened.posting(opened.right()))
    before = opened.consents()
    reply = opened.send(opened.removing(new_id()))
    is_right = reply.status in (200, 204) or (reply.status == 404 and reply.kind == "OperationOutcome")
    expect(reply).meets(is_right, "HTTP 200 or 204, or 404 with an OperationOutcome", reply.says)
    after = opened.consents()
    expect(reply).meets(before == after, f"the policy sets unchanged: {sorted(before)}", sorted(after))


@requirement("POL-PPQ3-007")
def test_an_id_that_is_stored_is_not_added_again(opened: Consents) -> None:
    right = opened.right(end=day(9))
    opened.community.fhir.accepted(opened.posting(right))
    reply = opened.send(opened.posting(replace(right, reference="access-level:restricted")))
    expect(reply).is_refused(409, 422, 400, 412, usual=["duplicate", "conflict", "business-rule"])
    found = opened.send(opened.consent_with(right.id))
    held = found_in(found)
    expect(found).meets([says_this(one, right) for one in held] == [True], f"once, and as it was: {right}", held)


@requirement("FHIR-PPQ3-007", "POL-PPQ3-009")
def test_a_deletion_without_identifier_deletes_nothing(record: Consents) -> None:
    right = record.right()
    record.community.fhir.accepted(record.posting(right))
    changed = record.removing(right.id).without_query("identifier")
    record.refused(changed, baseline=record.posting(record.right(who="7601999100219")))


@requirement("FHIR-PPQ3-009")
def test_meta_profile_need_not_be_there(opened: Consents) -> None:
    reply = opened.send(opened.posting(opened.right()).without("meta"))
    expect(reply).meets(reply.status in (200, 201, 422), "HTTP 201", reply.says)
    expect(reply).prefers(reply.status != 422, "HTTP 201", reply.says)


@requirement("FHIR-PPQ3-010", "POL-PPQ3-042")
def test_a_professional_gives_himself_no_right(opened: Consents) -> None:
    own = opened.right(who=opened.gln, reference="access-level:restricted")
    call = opened.posting(opened.right())
    opened.refused(opened.posting(own, by="HCP"), 403, 401, baseline=call, usual=["forbidden", "security"])


@requirement("FHIR-PPQ3-001")
@transaction("PPQ-3", "PPQ-5")
def test_a_consent_is_taken_in_xml(opened: Consents) -> None:
    right = opened.right(end=day(9))
    reply = opened.send(opened.posting(right).in_xml())
    expect(reply).is_ok(201)
    found = opened.consents().get(right.id)
    expect(reply).meets(says_this(found, right), f"PPQ-5 with {right}", found)
