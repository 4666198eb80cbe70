"""Policy sets are added, changed and deleted, and exactly these (EPRO-FDHA Annex 5 Amendment 2.1, 3.3)."""

from dataclasses import replace

import pytest

from conformance.policies.ppq_1_feed.feeding import reference, unchanged
from conformance.policies.records import Record, day, decided, says, shows
from fixtures.checks.expect import expect
from fixtures.epr.message import Message
from fixtures.epr.policy_names import POLICIES
from fixtures.epr.policy_read import unknown_policy_set_id
from fixtures.epr.ppq import POLICY_SET, POLICY_SET_ID_REFERENCE
from fixtures.policy.patient_policy import new_id
from fixtures.suite import requirement, transaction

NORMAL, RESTRICTED = "access-level:normal", "access-level:restricted"


@requirement("POL-PPQ1-007")
def test_an_added_policy_set_is_stored(record: Record) -> None:
    policy = record.policy("201")
    reply = record.community.send(record.adding(policy))
    expect(reply).is_success()
    by_id, by_patient = (record.community.send(query) for query in (record.by_id(policy.id), record.by_patient()))
    expect(by_id).meets(shows(by_id) == (policy.id,), f"the policy set {policy.id}", shows(by_id))
    held = record.held()
    right = [says(each, policy) for each in held.values()] == [True]
    expect(by_patient).meets(right, f"what was sent: {policy}", sorted(held))


@requirement("POL-PPQ1-008", "POL-PPQ1-072")
def test_all_policy_sets_of_the_onboarding_are_stored(record: Record) -> None:
    sets = [record.policy(number) for number in ("201", "202", "203")]
    reply = record.community.send(record.adding(*sets))
    expect(reply).is_success()
    held = sorted(record.held())
    expect(reply).meets(held == sorted(each.id for each in sets), "the three policy sets", held)


@requirement("POL-PPQ1-009")
def test_a_stored_id_is_not_added_again(opened: Record) -> None:
    right = opened.policy("301", NORMAL)
    opened.add(right)
    unchanged(opened, opened.adding(replace(right, reference=RESTRICTED)))


@requirement("POL-PPQ1-010")
def test_an_update_replaces_the_policy_set_under_its_id(record: Record) -> None:
    _, emergency, _ = record.onboard()
    reply = record.community.send(record.updating(replace(emergency, reference=RESTRICTED)))
    expect(reply).is_success()
    held = record.held()
    found = {id_: reference(each) for id_, each in held.items()}
    expect(reply).meets(found.get(emergency.id) == f"{POLICIES}{RESTRICTED}", f"{RESTRICTED} under the id", found)
    expect(reply).meets(len(held) == 3, "three policy sets as before", sorted(held))


@requirement("POL-PPQ1-012")
def test_a_deleted_policy_set_is_gone(record: Record) -> None:
    _, emergency, _ = record.onboard()
    reply = record.community.send(record.deleting(emergency.id))
    expect(reply).is_success().meets(not record.holds(emergency.id), "no such policy set", "it is still there")


@requirement("POL-PPQ1-011")
def test_an_update_of_an_unknown_policy_set_is_the_declared_fault(opened: Record) -> None:
    right, unknown = opened.policy("301", NORMAL), new_id()
    opened.add(right)
    valid = opened.updating(right)
    reply = opened.community.send(valid.with_attribute(POLICY_SET, "PolicySetId", unknown), baseline=valid)
    expect(reply).is_fault().has("//env:Fault/env:Detail/epr:UnknownPolicySetId", times=1)
    expect(reply).meets(not opened.holds(unknown), "nothing stored", f"the repository has {unknown}")


@requirement("POL-PPQ1-013")
def test_a_deletion_of_an_unknown_policy_set_is_the_declared_fault(opened: Record) -> None:
    right = opened.policy("301", NORMAL)
    opened.add(right)
    reply = opened.community.send(opened.deleting(right.id).with_text(POLICY_SET_ID_REFERENCE, new_id()))
    expect(reply).is_fault().has("//env:Fault/env:Detail/epr:UnknownPolicySetId", times=1)
    expect(reply).meets(opened.holds(right.id), "the stored policy set still there", "it was deleted")


@pytest.mark.parametrize("operation", ["delete", "update"])
@requirement("POL-PPQ1-014")
def test_a_feed_with_one_unknown_id_changes_nothing(opened: Record, operation: str) -> None:
    right = opened.policy("301", NORMAL)
    opened.add(right)
    unknown = opened.policy("301", NORMAL, who="7601999100226")
    feeds = {
        "delete": lambda: opened.deleting(right.id, unknown.id),
        "update": lambda: opened.updating(replace(right, reference=RESTRICTED), unknown),
    }
    reply = unchanged(opened, feeds[operation]())
    expect(reply).meets(unknown_policy_set_id(reply) is not None, "UnknownPolicySetId", expect(reply).outcome.says)


@requirement("POL-PPQ1-017")
def test_an_unknown_operation_is_a_fault(opened: Record) -> None:
    valid = opened.adding(opened.policy("301", NORMAL))

    def invented(message: Message) -> Message:
        return message.with_text("//wsa:Action", message.action.replace("Add", "Replace"), "operation ReplacePolicy")

    changed = invented(valid).replaced("//env:Body/*", "<epr:ReplacePolicyRequest/>", "body ReplacePolicyRequest")
    reply = opened.community.send(changed, baseline=valid)
    expect(reply).is_fault().meets(400 <= reply.status < 600, "HTTP 4xx or 5xx", reply.status)


@requirement("POL-PPQ1-019")
@transaction("PPQ-1", "CH:ADR")
def test_a_change_acts_on_the_next_decision(opened: Record) -> None:
    who = "7601999100233"
    right = opened.policy("301", NORMAL, who=who)
    question = opened.asking(opened.subject("HCP", id_=who), opened.documents(), "ITI-18")
    said = []
    for feed in (
        opened.adding(right),
        opened.updating(replace(right, reference=RESTRICTED)),
        opened.deleting(right.id),
    ):
        opened.community.accepted(lambda feed=feed: feed)  # type: ignore[misc]
        reply = opened.community.send(question)
        said.append(decided(reply).decisions.count("Permit"))
    expect(reply).meets(said == [1, 2, 0], "one level after Add, two after Update, none after Delete", said)


@requirement("POL-PPQ1-020")
@pytest.mark.parametrize("operation", ["add", "update", "delete"])
def test_a_base_set_is_not_writable(opened: Record, operation: str) -> None:
    base = f"{POLICIES}{NORMAL}"
    right = opened.policy("301", RESTRICTED, id_=base)
    feeds = {"add": opened.adding, "update": opened.updating}
    unchanged(opened, feeds[operation](right) if operation in feeds else opened.deleting(base))


@requirement("POL-PPQ1-021")
def test_the_patient_does_not_delete_the_own_201(record: Record) -> None:
    own, _, _ = record.onboard()
    unchanged(record, record.deleting(own.id, by="PAT"))


@requirement("POL-PPQ1-022")
def test_the_patient_does_not_delete_the_203(record: Record) -> None:
    _, _, provide = record.onboard()
    unchanged(record, record.deleting(provide.id, by="PAT"))


@requirement("POL-PPQ1-023")
@pytest.mark.parametrize(("number", "level"), [("201", ""), ("202", RESTRICTED), ("203", "provide-level:restricted")])
def test_templates_201_to_203_are_there_once(opened: Record, number: str, level: str) -> None:
    before = len(opened.held())
    reply = opened.community.send(opened.adding(opened.policy(number, level)))
    after = len(opened.held())
    expect(reply).meets(before == after, f"{before} policy sets, one {number} among them", after)


@requirement("POL-PPQ1-047")
@transaction("PPQ-1", "CH:ADR")
def test_a_policy_set_that_has_ended_is_refused_or_without_effect(opened: Record) -> None:
    who = "7601999100240"
    opened.community.send(opened.adding(opened.policy("301", NORMAL, who=who, end=day(-1))))
    reply = opened.community.send(opened.asking(opened.subject("HCP", id_=who), opened.documents(), "ITI-18"))
    expect(reply).lacks("//ctx:Decision[normalize-space() = 'Permit']")
