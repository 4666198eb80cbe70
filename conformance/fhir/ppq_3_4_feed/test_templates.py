"""PPQ-3: a policy set of each template is added, one that is there is replaced or deleted, whatever its template."""

from dataclasses import replace

import pytest

from conformance.fhir.policies import Consents, read_back, says_this
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("PPQ-3", "PPQ-5")


@requirement("POL-PPQ3-001")
@pytest.mark.parametrize("template", ["201", "202", "203"])
def test_an_administrator_adds_what_opens_a_record(community: Community, template: str) -> None:
    record = Consents(community, community.patient())
    added = record.policy(template)
    reply = record.send(record.posting(added, by="PADM"))
    expect(reply).is_ok(201).has_header("Location")
    found = record.consents("PADM").get(added.id)
    expect(reply).meets(says_this(found, added), f"PPQ-5 with {added}", found)


@requirement("POL-PPQ3-001")
@pytest.mark.parametrize("template", ["301", "302", "303", "304"])
def test_a_patient_adds_what_gives_rights(opened: Consents, template: str) -> None:
    added = opened.policy(template, end=day(9))
    reply = opened.send(opened.posting(added))
    expect(reply).is_ok(201).has_header("Location")
    found = opened.consents().get(added.id)
    expect(reply).meets(says_this(found, added), f"PPQ-5 with {added}", found)


@requirement("POL-PPQ3-002")
def test_a_put_replaces_the_level_of_emergencies(record: Consents) -> None:
    changed = replace(record.stored("202"), reference="access-level:restricted")
    reply = record.send(record.putting(changed))
    expect(reply).is_ok()
    held = record.consents()
    expect(reply).meets(says_this(held.get(changed.id), changed), f"PPQ-5 with {changed}", held.get(changed.id))
    ids = [policy.id for policy in map(read_back, held.values()) if policy is not None and policy.template == "202"]
    expect(reply).meets(ids == [changed.id], "one policy set of template 202", ids)


@requirement("POL-PPQ3-003")
@pytest.mark.parametrize("template", ["301", "302", "303", "304"])
def test_a_put_adds_what_is_unknown(opened: Consents, template: str) -> None:
    added = opened.policy(template, end=day(9))
    reply = opened.send(opened.putting(added))
    expect(reply).is_ok(201)
    found = opened.consents().get(added.id)
    expect(reply).meets(says_this(found, added), f"PPQ-5 with {added}", found)


@requirement("POL-PPQ3-005")
def test_emergency_access_is_deleted(record: Consents) -> None:
    id_ = record.stored("202").id
    reply = record.send(record.removing(id_))
    expect(reply).is_ok(200, 204)
    held = record.consents()
    expect(reply).meets(id_ not in held, "PPQ-5 without it", sorted(held))
    found = record.send(record.consent_with(id_))
    expect(found).is_ok().is_empty()
