"""Who may feed policy sets of a patient, and of which patient (facts: who may write policies)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conformance.policies.ppq_1_feed.feeding import unchanged
from conformance.policies.records import Record, day
from fixtures.checks.expect import expect
from fixtures.epr.assertion import Assertion
from fixtures.epr.message import Message
from fixtures.epr.saml import xua
from fixtures.suite import requirement
from fixtures.trust.forgery import stray

NORMAL, RESTRICTED = "access-level:normal", "access-level:restricted"
NO_TOKEN = ("wsse:InvalidSecurity", "wsse:SecurityTokenUnavailable", "wsse:InvalidSecurityToken")
OPERATIONS = ("add", "update", "delete")


def feed(record: Record, operation: str, by: str) -> Message:
    """The policy administrator has added a right; ``by`` adds another, changes it or deletes it."""
    right = record.policy("301", NORMAL)
    record.add(right)
    if operation == "add":
        return record.adding(record.policy("301", NORMAL), by=by)
    return (
        record.updating(replace(right, reference=RESTRICTED), by=by)
        if operation == "update"
        else record.deleting(right.id, by=by)
    )


@requirement("POL-PPQ1-074")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_patient_manages_the_own_policies(opened: Record, operation: str) -> None:
    expect(opened.community.send(feed(opened, operation, "PAT"))).is_success()


@requirement("POL-PPQ1-075")
def test_a_representative_manages_policies_while_assigned(record: Record) -> None:
    record.onboard(record.policy("303", who=record.name_id("REP"), start=day(0), end=day(1)))
    expect(record.community.send(record.adding(record.policy("301", NORMAL), by="REP"))).is_success()


@requirement("POL-PPQ1-075")
@pytest.mark.parametrize("validity", [(-9, -1), (1, 9), ()], ids=["ended", "not-begun", "never"])
def test_a_representative_without_valid_303_is_refused(record: Record, validity: tuple[int, ...]) -> None:
    record.onboard()
    assigned = [
        record.policy("303", who=record.name_id("REP"), start=day(start), end=day(end))
        for start, end in [validity][: len(validity)]
    ]
    for each in assigned:
        record.community.send(record.adding(each))  # a repository may refuse what has ended
    unchanged(record, record.adding(record.policy("301", NORMAL), by="REP"))


@requirement("POL-PPQ1-073")
@pytest.mark.parametrize("role", ["HCP", "PAT", "REP", "DADM"])
def test_nobody_but_the_administrator_onboards(record: Record, role: str) -> None:
    unchanged(record, record.adding(record.policy("201"), by=role))


@requirement("POL-PPQ1-076")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_professional_without_delegation_is_refused(opened: Record, operation: str) -> None:
    opened.add(opened.policy("301", RESTRICTED, who=opened.gln))
    unchanged(opened, feed(opened, operation, "HCP"))


@requirement("POL-PPQ1-084")
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("role", ["DADM", "ASS", "TCU"])
def test_document_administrator_assistant_and_technical_user_are_refused(
    opened: Record, role: str, operation: str
) -> None:
    unchanged(opened, feed(opened, operation, role))


@requirement("POL-PPQ1-071", "XUA-ITI40-069")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_token_is_of_the_patient_of_the_policies(opened: Record, other: Record, operation: str) -> None:
    other.onboard()
    foreign = feed(opened, operation, "PADM").with_security(other.token("PADM"), "token for another patient")
    unchanged(opened, foreign)


@requirement("POL-PPQ1-015")
def test_an_update_does_not_move_a_policy_set_to_another_patient(opened: Record, other: Record) -> None:
    other.onboard()
    right = opened.policy("301", NORMAL)
    opened.add(right)
    moved = other.updating(replace(right, spid=other.spid))
    unchanged(opened, moved)
    expect(unchanged(other, moved)).meets(not other.holds(right.id), "not among those of the other patient", right.id)


@requirement("POL-PPQ1-018")
def test_policy_sets_of_two_patients_in_one_feed_are_refused(opened: Record, other: Record) -> None:
    other.onboard()
    feed = opened.adding(opened.policy("301", NORMAL), other.policy("301", NORMAL))
    unchanged(opened, feed)
    unchanged(other, feed)


@requirement("POL-PPQ1-070", "XUA-ITI40-017")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_feed_without_token_is_refused(opened: Record, operation: str) -> None:
    reply = unchanged(opened, feed(opened, operation, "PADM").without("//wsse:Security"))
    expect(reply).is_token_refusal(*NO_TOKEN)


@requirement("POL-PPQ1-070")
def test_a_feed_with_an_expired_token_is_refused(opened: Record) -> None:
    def old(assertion: Assertion) -> Assertion:
        now = datetime.now(UTC)
        return assertion.replaced(not_before=now - timedelta(hours=2), not_on_or_after=now - timedelta(hours=1))

    content = opened.community.token_content("PADM", opened.patient)
    token = opened.community.trusted_token(content, change=old)
    unchanged(opened, opened.adding(opened.policy("301", NORMAL)).with_security(token, "expired token"))


@requirement("POL-PPQ1-070")
def test_a_feed_with_a_token_of_an_untrusted_issuer_is_refused(opened: Record) -> None:
    content = opened.community.token_content("PADM", opened.patient)
    token = xua(content, issuer="https://xap.example.org/").signed(stray(rsa_bits=2048))
    unchanged(opened, opened.adding(opened.policy("301", NORMAL)).with_security(token, "token of an unknown issuer"))
