"""PPQ-5: policy sets are found by patient and by id, by who may read them (CH EPR FHIR 5.0.0)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.fhir.policies import Consents, found_in, says_this
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.fhir_policies import adding
from fixtures.policy.consent import consent
from fixtures.policy.consent_read import id_of
from fixtures.policy.patient_policy import PatientPolicy, new_id, onboarding
from fixtures.suite import requirement, transaction

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


@requirement("POL-PPQ5-001")
@transaction("PPQ-3", "PPQ-4", "PPQ-5")
def test_all_policy_sets_of_the_patient_are_found(community: Community) -> None:
    record = Consents(community, community.patient())
    sets = onboarding(record.spid)
    community.fhir.accepted(record.bundling(*(adding(consent(each)) for each in sets), by="PADM"))
    right = record.right()
    community.fhir.accepted(record.posting(right))
    reply = record.send(record.consents_of(record.spid))
    expected, found = sorted(each.id for each in (*sets, right)), sorted(id_of(each) for each in found_in(reply))
    expect(reply).is_ok().reads("type", "searchset").meets(found == expected, str(expected), found)


@requirement("FHIR-PPQ5-001")
def test_every_policy_set_of_the_patient_is_found_as_it_was_fed(record: Consents, sets: list[PatientPolicy]) -> None:
    reply = record.send(record.consents_of(record.spid))
    expect(reply).is_ok().is_a("Bundle").reads("type", "searchset")
    found = {id_of(each): each for each in found_in(reply)}
    other = [each for each in sets if not says_this(found.get(each.id), each)]
    expect(reply).meets(not other, "each as it was fed", f"other content in place of {other}")
    strangers = f"entry.resource.ofType(Consent).where(patient.identifier.value != '{record.spid}')"
    expect(reply).lacks(strangers)


@requirement("FHIR-PPQ5-002", "POL-PPQ5-002")
def test_a_policy_set_is_found_by_id(record: Consents, sets: list[PatientPolicy]) -> None:
    reply = record.send(record.consent_with(sets[1].id))
    found = [id_of(each) for each in found_in(reply)]
    expect(reply).is_ok().meets(found == [sets[1].id], sets[1].id, found)


@requirement("POL-PPQ5-002")
@pytest.mark.parametrize("case", [str.lower, str.upper], ids=["lower", "upper"])
def test_the_case_of_a_uuid_makes_no_difference(record: Consents, case: Callable[[str], str]) -> None:
    right = record.right()
    record.community.fhir.accepted(record.posting(right))
    uuid = case(right.id.removeprefix("urn:uuid:"))
    reply = record.send(record.consent_with(f"urn:uuid:{uuid}"))
    found = [id_of(each) for each in found_in(reply)]
    expect(reply).is_ok().meets(found == [right.id], right.id, found)


@requirement("FHIR-PPQ5-002", "POL-PPQ5-004")
def test_an_unknown_id_finds_nothing(opened: Consents) -> None:
    call = opened.consent_with(next(iter(opened.consents())))
    reply = opened.send(call.with_query("identifier", new_id()), baseline=call)
    expect(reply).is_ok().is_empty().reads("type", "searchset").lacks("total.where($this != 0)")


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


@requirement("POL-PPQ5-005")
@pytest.mark.parametrize("criterion", [(), (("status", "active"),)], ids=["none", "status"])
def test_a_search_without_patient_and_id_shows_no_other_patient(
    community: Community, opened: Consents, criterion: tuple[tuple[str, str], ...]
) -> None:
    other = Consents(community, community.record())
    community.fhir.accepted(other.posting(other.right()))
    call = opened.consents_of(opened.spid)
    reply = opened.send(replace(call, query=criterion, changes=("neither patient nor id",)), baseline=call)
    patients = {each.get("patient", {}).get("identifier", {}).get("value") for each in found_in(reply)}
    is_right = reply.status == 200 or (400 <= reply.status < 500 and reply.kind == "OperationOutcome")
    expect(reply).meets(is_right, "HTTP 200, or 4xx with an OperationOutcome", reply.says, "HTTP status")
    expect(reply).meets(patients <= {opened.spid}, f"policy sets of {opened.spid}, or none", sorted(map(str, patients)))


@requirement("FHIR-PPQ5-004", "POL-PPQ5-007")
def test_a_policy_set_of_another_patient_is_not_found_by_id(community: Community, opened: Consents) -> None:
    other = Consents(community, community.record())
    theirs = other.right()
    community.fhir.accepted(other.posting(theirs))
    call = opened.consent_with(next(iter(opened.consents())))
    reply = opened.send(call.with_query("identifier", theirs.id, "of another patient"), baseline=call)
    expect(reply).is_denied().discloses_nothing([other.spid])
