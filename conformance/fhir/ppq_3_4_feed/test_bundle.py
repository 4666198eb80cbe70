"""PPQ-4: policy sets are fed as one transaction, all or nothing (CH EPR FHIR 5.0.0, Bundle Feed)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.fhir.policies import Consents, says_this
from fixtures.checks.expect import expect
from fixtures.checks.fhirpath import evaluate
from fixtures.client import Community
from fixtures.epr.fhir_policies import adding, deleting, putting
from fixtures.epr.rest import Call
from fixtures.policy.consent import consent
from fixtures.policy.patient_policy import PatientPolicy, new_id, onboarding
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("PPQ-4", "PPQ-5")
STATUS = "entry.response.status.where(startsWith('{}'))"
OTHERS = ("7601999100219", "7601999100226")


def valid(record: Consents) -> Call:
    return record.bundling(adding(consent(record.right())))


@pytest.fixture
def pair(opened: Consents) -> Iterator[list[PatientPolicy]]:
    """Two rights that are stored."""
    rights = [opened.right(who=who) for who in OTHERS]
    call = opened.bundling(*(adding(consent(right)) for right in rights))
    opened.community.fhir.accepted(call)
    yield rights
    opened.take_back(call)


@requirement("FHIR-PPQ4-001", "POL-PPQ4-001")
def test_the_policy_sets_of_the_onboarding_are_stored(community: Community) -> None:
    record = Consents(community, community.patient())
    sets = onboarding(record.spid)
    reply = record.send(record.bundling(*(adding(consent(each)) for each in sets), by="PADM"))
    expect(reply).is_ok().reads("type", "transaction-response").has(STATUS.format("201"), times=3)
    held = record.consents("PADM")
    right = len(held) == 3 and all(says_this(held.get(each.id), each) for each in sets)
    expect(reply).meets(right, "PPQ-5 with the three policy sets", sorted(held))


@requirement("FHIR-PPQ4-001", "POL-PPQ4-002")
def test_rights_are_replaced(opened: Consents, pair: list[PatientPolicy]) -> None:
    changed = [replace(right, reference="access-level:restricted") for right in pair]
    reply = opened.send(opened.bundling(*(putting(consent(right), right.id) for right in changed)))
    expect(reply).is_ok().has(STATUS.format("200"), times=2)
    held = opened.consents()
    expect(reply).meets(all(says_this(held.get(each.id), each) for each in changed), "both replaced", sorted(held))


@requirement("POL-PPQ4-001", "POL-PPQ4-002")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["known-first", "new-first"])
def test_a_known_policy_set_is_replaced_and_a_new_one_added(
    opened: Consents, pair: list[PatientPolicy], order: tuple[int, int]
) -> None:
    known, new = replace(pair[0], reference="access-level:restricted"), opened.right(who="7601999100233")
    sets, statuses = [(known, new)[place] for place in order], [("200", "201")[place] for place in order]
    reply = opened.send(opened.bundling(*(putting(consent(right), right.id) for right in sets)))
    told = [str(one)[:3] for one in evaluate(reply.resource or {}, "entry.response.status")]
    expect(reply).is_ok().reads("type", "transaction-response").meets(told == statuses, str(statuses), told)
    held = opened.consents()
    right = says_this(held.get(known.id), known) and says_this(held.get(new.id), new)
    expect(reply).meets(right, f"PPQ-5 with {sets}", sorted(held))


@requirement("FHIR-PPQ4-001", "POL-PPQ4-003")
def test_rights_are_deleted(opened: Consents, pair: list[PatientPolicy]) -> None:
    reply = opened.send(opened.bundling(*(deleting(right.id) for right in pair)))
    expect(reply).is_ok().has("entry.response.status.where(matches('^20[04]'))", times=2)
    held = opened.consents()
    expect(reply).meets(not {each.id for each in pair} & held.keys(), "both deleted", sorted(held))


@requirement("FHIR-PPQ4-002", "POL-PPQ4-004")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_wrong_entry_and_nothing_is_stored(opened: Consents, place: int) -> None:
    call = opened.bundling(*(adding(consent(opened.right(who=who))) for who in (*OTHERS, "7601999100233")))
    changed = call.with_value(f"entry[{place}].resource.status", "inactive")
    opened.refused(changed, baseline=valid(opened))


@requirement("FHIR-PPQ4-003", "POL-PPQ4-005")
def test_methods_are_not_mixed(opened: Consents, pair: list[PatientPolicy]) -> None:
    changed = valid(opened).with_item("entry", deleting(pair[0].id), "a DELETE beside a POST")
    opened.refused(changed, 422, 400, baseline=valid(opened))


def uuid_of(policy: PatientPolicy) -> str:
    return policy.id.rpartition(":")[2]


Entry = Callable[[PatientPolicy, PatientPolicy], tuple[Mapping[str, Any], str]]
#: (an entry about a policy set that is new, or stored; its wrong url)
URLS: Mapping[str, Entry] = {
    "post-with-identifier": lambda new, _: (adding(consent(new)), f"Consent?identifier={new.id}"),
    "post-by-logical-id": lambda new, _: (adding(consent(new)), f"Consent/{uuid_of(new)}"),
    "put-without-identifier": lambda new, _: (putting(consent(new), new.id), "Consent"),
    "put-by-logical-id": lambda new, _: (putting(consent(new), new.id), f"Consent/{uuid_of(new)}"),
    "put-by-bare-uuid": lambda new, _: (putting(consent(new), new.id), f"Consent?identifier={uuid_of(new)}"),
    "delete-by-logical-id": lambda _, stored: (deleting(stored.id), f"Consent/{uuid_of(stored)}"),
    "delete-by-bare-uuid": lambda _, stored: (deleting(stored.id), f"Consent?identifier={uuid_of(stored)}"),
}


@requirement("FHIR-PPQ4-004", "POL-PPQ4-007")
@pytest.mark.parametrize("form", URLS)
def test_the_url_of_an_entry_has_its_form(opened: Consents, pair: list[PatientPolicy], form: str) -> None:
    entry, url = URLS[form](opened.right(), pair[0])
    changed = opened.bundling(entry).with_value("entry[0].request.url", url)
    opened.refused(changed, 422, 400, baseline=valid(opened))


@requirement("FHIR-PPQ4-005", "POL-PPQ4-008")
def test_url_and_consent_of_an_entry_name_the_same(opened: Consents) -> None:
    right = opened.right()
    call = opened.bundling(putting(consent(right), right.id))
    changed = call.with_value("entry[0].request.url", f"Consent?identifier={new_id()}")
    opened.refused(changed, 422, 400, baseline=valid(opened))
