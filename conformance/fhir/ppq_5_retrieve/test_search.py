"""PPQ-5: policy sets are found by patient and by id, by who may read them (CH EPR FHIR 5.0.0)."""

import pytest

from conformance.fhir.policies import Consents, found_in, says_this
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.policy.consent_read import id_of
from fixtures.policy.patient_policy import PatientPolicy, new_id
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("PPQ-3", "PPQ-5")


@pytest.fixture
def sets(record: Consents) -> list[PatientPolicy]:
    """Policy sets of every template a patient adds, with dates where the template allows them."""
    chosen = [
        record.right(start=day(0), end=day(9)),
        record.policy("301", "exclusion-list", who="7601999100219"),
        record.policy("302", "access-level:normal", start=day(0)),
        record.policy("303"),
        record.policy("304", "access-level:delegation-and-normal", start=day(0)),
    ]
    for each in chosen:
        record.community.fhir.accepted(record.posting(each))
    return chosen


@requirement("FHIR-PPQ5-001")
def test_every_policy_set_of_the_patient_is_found_as_it_was_fed(record: Consents, sets: list[PatientPolicy]) -> None:
    reply = record.send(record.consents_of(record.spid))
    expect(reply).is_ok().is_a("Bundle").reads("type", "searchset")
    found = {id_of(each): each for each in found_in(reply)}
    other = [each for each in sets if not says_this(found.get(each.id), each)]
    expect(reply).meets(not other, "each as it was fed", f"other content in place of {other}")
    strangers = f"entry.resource.ofType(Consent).where(patient.identifier.value != '{record.spid}')"
    expect(reply).lacks(strangers)


@requirement("FHIR-PPQ5-002")
def test_a_policy_set_is_found_by_id(record: Consents, sets: list[PatientPolicy]) -> None:
    reply = record.send(record.consent_with(sets[1].id))
    found = [id_of(each) for each in found_in(reply)]
    expect(reply).is_ok().meets(found == [sets[1].id], sets[1].id, found)


@requirement("FHIR-PPQ5-002")
def test_an_unknown_id_finds_nothing(opened: Consents) -> None:
    call = opened.consent_with(next(iter(opened.consents())))
    reply = opened.send(call.with_query("identifier", new_id()), baseline=call)
    expect(reply).is_ok().is_empty()


@requirement("FHIR-PPQ5-003")
def test_a_search_without_criterion_gives_nobodys_policy_sets(community: Community, opened: Consents) -> None:
    other = Consents(community, community.record())
    community.fhir.accepted(other.posting(other.right()))
    call = opened.consents_of(opened.spid)
    reply = opened.send(call.without_query("patient:identifier"), baseline=call)
    patients = {each.get("patient", {}).get("identifier", {}).get("value") for each in found_in(reply)}
    expect(reply).meets(len(patients) < 2, "no policy sets of several patients", sorted(map(str, patients)))
    refused = reply.status in (400, 401, 403, 422) or (reply.status == 200 and not patients)
    expect(reply).prefers(refused, "HTTP 400, 401 or 403, or an empty Bundle", reply.says)


@requirement("FHIR-PPQ5-004")
def test_a_policy_set_of_another_patient_is_not_found_by_id(community: Community, opened: Consents) -> None:
    other = Consents(community, community.record())
    theirs = other.right()
    community.fhir.accepted(other.posting(theirs))
    call = opened.consent_with(next(iter(opened.consents())))
    reply = opened.send(call.with_query("identifier", theirs.id, "of another patient"), baseline=call)
    expect(reply).is_denied().discloses_nothing([other.spid])
