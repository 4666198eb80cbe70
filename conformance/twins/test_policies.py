"""Policy sets: PPQ-1 and PPQ-2 against PPQ-3, PPQ-4 and PPQ-5; and what they mean for documents."""

from dataclasses import replace

import pytest

from conformance.fhir.policies import Consents, says_all, says_this
from conformance.policies.records import day, says, shows
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.client.documents import Published
from fixtures.epr.fhir_policies import adding
from fixtures.epr.queries import find_documents
from fixtures.policy.consent import consent
from fixtures.policy.patient_policy import PatientPolicy
from fixtures.suite import requirement, transaction

RESTRICTED = "access-level:restricted"


@pytest.fixture
def record(community: Community) -> Consents:
    """An open record."""
    return Consents(community, community.record())


def rights(record: Consents) -> list[PatientPolicy]:
    """One policy set of each template that is there more than once."""
    return [
        record.right(start=day(0), end=day(9)),
        record.policy("302", RESTRICTED, start=day(0)),
        record.policy("303"),
        record.policy("304", "access-level:delegation-and-normal", start=day(0)),
    ]


@requirement("FHIR-PPQ5-007", "POL-PPQ3-045")
@transaction("PPQ-1", "PPQ-5")
def test_what_ppq_1_adds_ppq_5_gives(record: Consents) -> None:
    sets = rights(record)
    record.add(*sets)
    reply = record.send(record.consents_of(record.spid))
    held = record.consents()
    other = [each for each in sets if not says_all(held.get(each.id), each)]
    expect(reply).meets(not other, "each as a Consent", f"no or other Consents for {other}")


@requirement("POL-PPQ3-045")
@transaction("PPQ-1", "PPQ-5")
def test_what_opens_a_record_by_ppq_1_ppq_5_gives(community: Community) -> None:
    record = Consents(community, community.patient())
    sets = record.onboard()
    reply = record.send(record.consents_of(record.spid, "PADM"))
    held = record.consents("PADM")
    other = [each for each in sets if not says_all(held.get(each.id), each)]
    expect(reply).meets(not other, "each as a Consent", f"no or other Consents for {other}")


@requirement("FHIR-PPQ5-007")
@transaction("PPQ-1", "PPQ-5")
def test_what_ppq_1_changes_and_deletes_ppq_5_gives_changed_and_no_more(record: Consents) -> None:
    right, ended = record.right(end=day(9)), record.right(who="7601999100219")
    record.add(right, ended)
    changed = replace(right, reference=RESTRICTED)
    record.community.accepted(lambda: record.updating(changed))
    record.community.accepted(lambda: record.deleting(ended.id))
    reply = record.send(record.consents_of(record.spid))
    held = record.consents()
    expect(reply).meets(says_this(held.get(right.id), changed), f"{changed}", held.get(right.id))
    expect(reply).meets(ended.id not in held, "no Consent of what was deleted", sorted(held))


@requirement("POL-PPQ3-045")
@transaction("PPQ-2", "PPQ-3")
@pytest.mark.parametrize("template", ["201", "202", "203"])
def test_what_opens_a_record_by_ppq_3_ppq_2_gives(community: Community, template: str) -> None:
    record = Consents(community, community.patient())
    policy = record.policy(template)
    community.fhir.accepted(record.posting(policy, by="PADM"))
    reply = community.send(record.by_patient())
    held = record.held()
    right = policy.id in held and says(held[policy.id], policy)
    expect(reply).meets(right, f"the policy set {policy}", sorted(held))


@requirement("FHIR-PPQ3-012", "POL-PPQ3-045")
@transaction("PPQ-2", "PPQ-3")
@pytest.mark.parametrize("place", range(4), ids=["301", "302", "303", "304"])
def test_what_ppq_3_adds_ppq_2_gives(record: Consents, place: int) -> None:
    right = rights(record)[place]
    record.community.fhir.accepted(record.posting(right))
    reply = record.community.send(record.by_patient())
    found = record.held().get(right.id)
    expect(reply).meets(found is not None and says(found, right), f"the policy set {right}", sorted(record.held()))


@requirement("FHIR-PPQ3-012")
@transaction("PPQ-2", "PPQ-4")
def test_what_ppq_4_adds_ppq_2_gives(record: Consents) -> None:
    sets = rights(record)
    record.community.fhir.accepted(record.bundling(*(adding(consent(right)) for right in sets)))
    reply = record.community.send(record.by_patient())
    held = record.held()
    other = [each for each in sets if each.id not in held or not says(held[each.id], each)]
    expect(reply).meets(not other, "each as a policy set", f"no or other policy sets for {other}")


@requirement("FHIR-PPQ3-012", "POL-PPQ3-005")
@transaction("PPQ-1", "PPQ-2", "PPQ-3")
def test_what_ppq_3_changes_and_deletes_ppq_2_gives_changed_and_no_more(record: Consents) -> None:
    right, ended = record.right(end=day(9)), record.right(who="7601999100219")
    record.add(right, ended)
    changed = replace(right, reference=RESTRICTED)
    record.community.fhir.accepted(record.putting(changed))
    record.community.fhir.accepted(record.removing(ended.id))
    reply = record.community.send(record.by_patient())
    held = record.held()
    expect(reply).meets(right.id in held and says(held[right.id], changed), f"{changed}", sorted(held))
    expect(reply).meets(ended.id not in held, "no policy set of what was deleted", sorted(held))


@requirement("FHIR-PPQ5-007")
@transaction("PPQ-1", "PPQ-2", "PPQ-5")
@pytest.mark.parametrize("who", ["PAT", "HCP", "PADM"])
def test_both_faces_show_a_user_the_same(record: Consents, who: str) -> None:
    reply = record.send(record.consents_of(record.spid, who))
    said = record.community.send(record.by_patient(who))
    soap = sorted(shows(said))
    fhir = sorted(record.consents(who)) if reply.status == 200 else []
    expect(reply).meets(fhir == soap, f"the ids PPQ-2 shows: {soap}", fhir)


# --- what the policy sets mean ------------------------------------------------------------------------


def sees(record: Consents, document: Published) -> bool:
    """Whether the colleague finds the document."""
    query = find_documents(record.patient.xad_pid, token=record.token("colleague"))
    return document.is_found(record.community.send(query))


@requirement("FHIR-PPQ3-013")
@transaction("PPQ-3", "ITI-41", "ITI-18")
def test_a_right_of_ppq_3_opens_documents_and_its_end_closes_them(community: Community, record: Consents) -> None:
    document = community.publish(record.patient)
    right = record.right(who=record.colleague.gln)
    seen = [sees(record, document)]
    expect(record.send(record.posting(right))).is_ok(201)
    seen.append(sees(record, document))
    reply = record.send(record.removing(right.id))
    seen.append(sees(record, document))
    expect(reply).meets(seen == [False, True, False], "found only while the right was there", seen)


@requirement("FHIR-PPQ3-013")
@transaction("PPQ-3", "ITI-41", "ITI-18")
def test_an_exclusion_of_ppq_3_closes_documents(community: Community, record: Consents) -> None:
    document = community.publish(record.patient)
    gln = record.colleague.gln
    community.fhir.accepted(record.posting(record.right(who=gln)))
    seen = [sees(record, document)]
    reply = record.send(record.posting(record.right(who=gln, reference="exclusion-list")))
    expect(reply).is_ok(201)
    seen.append(sees(record, document))
    expect(reply).meets(seen == [True, False], "found before the exclusion, not after", seen)
