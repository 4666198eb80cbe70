"""How requests are read and errors told: unknown patients, malformed requests, encodings (CH:ADR)."""

from dataclasses import replace

import pytest

from conformance.policies.records import GROUP, NOBODY, SOMEBODY, Record, day, decided
from fixtures.checks.expect import expect
from fixtures.epr.adr import policy_set
from fixtures.epr.message import Message, Reply
from fixtures.epr.names import EPR_PURPOSE_OF_USE, ORGANIZATION_ID, PURPOSE_OF_USE, ROLE
from fixtures.epr.policy_names import (
    CURRENT_DATE,
    DATE,
    NOT_HOLDER,
    POLICIES,
    QUALIFIER,
    SAML_REQUESTER,
    SAML_RESPONDER,
    SPID,
    START_DATE,
)
from fixtures.epr.valuesets import Code
from fixtures.policy.patient_policy import new_id
from fixtures.suite import requirement, transaction

NORMAL, RESTRICTED = "access-level:normal", "access-level:restricted"
QUERY = "//xsamlp:XACMLAuthzDecisionQuery"
PERMIT = "//ctx:Decision[normalize-space() = 'Permit']"


def attribute(id_: str) -> str:
    return f"//ctx:Attribute[@AttributeId='{id_}']"


def permits(reply: Reply) -> int:
    """On how many of the three levels documents may be accessed."""
    return decided(reply).decisions.count("Permit")


@pytest.fixture(scope="module")
def granted(opened: Record) -> Record:
    """SOMEBODY may read up to restricted, the group normal."""
    opened.add(opened.policy("301", RESTRICTED), opened.policy("302", NORMAL))
    return opened


def reading(record: Record, id_: str = SOMEBODY, *groups: str) -> Message:
    """May this professional read the documents?"""
    return record.asking(record.subject("HCP", id_=id_, organizations=groups), record.documents(), "ITI-18")


# --- errors -------------------------------------------------------------------------------------


@requirement("POL-ADR-004")
def test_a_request_without_token_gets_no_decision(granted: Record) -> None:
    valid = reading(granted)
    reply = granted.community.send(valid.without("//wsse:Security"), baseline=valid)
    expect(reply).is_token_refusal().lacks("//ctx:Result")


@requirement("POL-ADR-015")
@pytest.mark.parametrize("action", ["ITI-18", "ITI-42", "PPQ-2"])
@pytest.mark.parametrize("role", ["PAT", "HCP", "DADM"])
@transaction("CH:ADR")
def test_a_patient_without_policies_is_not_held(record: Record, role: str, action: str) -> None:
    reply = record.community.send(record.asking(record.subject(role), record.documents(), action))
    said = decided(reply)
    found = {(result.decision, result.status) for result in said.results}
    expect(reply).meets(said.status == NOT_HOLDER, f"status {NOT_HOLDER}", said.status)
    expect(reply).meets(found == {("Indeterminate", NOT_HOLDER)}, f"Indeterminate, {NOT_HOLDER}", found)
    expect(reply).meets(reply.status == 200, "HTTP 200", reply.status)


@requirement("POL-ADR-016")
@transaction("CH:ADR", "PPQ-1")
def test_a_known_and_an_unknown_patient_are_told_apart(granted: Record, other: Record) -> None:
    resources = [policy_set(each.spid, new_id(), f"{POLICIES}{NORMAL}") for each in (granted, other)]
    reply = granted.community.send(granted.asking(granted.subject("PADM"), resources, "PPQ-2"))
    said = decided(reply)
    found = {result.resource_id: result.decision for result in said.results}
    expected = {resources[0].id: "Permit", resources[1].id: "Indeterminate"}
    expect(reply).meets(found == expected, str(expected), found)
    expect(reply).meets(said.status == SAML_RESPONDER, SAML_RESPONDER, said.status)


@requirement("POL-ADR-017")
@pytest.mark.parametrize("flaw", ["no-patient", "no-date"])
@transaction("CH:ADR", "PPQ-1")
def test_a_defective_resource_is_a_mistake_of_the_requester(granted: Record, flaw: str) -> None:
    resource = policy_set(granted.spid, new_id(), f"{POLICIES}{NORMAL}", day(0), day(1))
    valid = granted.asking(granted.subject("PAT"), [resource], "PPQ-1-ADD")
    changes = {
        "no-patient": lambda: valid.without(attribute(SPID)),
        "no-date": lambda: valid.with_text(f"{attribute(START_DATE)}/ctx:AttributeValue", "tomorrow"),
    }
    reply = granted.community.send(changes[flaw](), baseline=valid)
    said = expect(reply).lacks(PERMIT).outcome
    expect(reply).meets(said.kind == "fault" or said.status == SAML_REQUESTER, SAML_REQUESTER, said.says)


MALFORMED = {
    "no-action": lambda message: message.without("//ctx:Action"),
    "no-environment": lambda message: message.without("//ctx:Environment"),
    "no-resource": lambda message: message.without("//ctx:Resource"),
    "version": lambda message: message.with_attribute(QUERY, "Version", "1.1"),
    "no-id": lambda message: message.without(f"{QUERY}/@ID"),
}


@requirement("POL-ADR-018")
@pytest.mark.parametrize("name", MALFORMED)
@transaction("CH:ADR", "PPQ-1")
def test_a_malformed_request_is_refused(granted: Record, name: str) -> None:
    valid = reading(granted)
    reply = granted.community.send(MALFORMED[name](valid), baseline=valid)
    expect(reply).refuses().lacks(PERMIT)


@requirement("POL-ADR-026")
@transaction("CH:ADR")
def test_the_administrator_may_begin(record: Record) -> None:
    resource = policy_set(record.spid, new_id(), f"{POLICIES}access-level:full")
    reply = record.community.send(record.asking(record.subject("PADM"), [resource], "PPQ-1-ADD"))
    decisions = decided(reply).decisions
    expect(reply).is_success().meets(decisions == ("Permit",), "Permit", decisions)


# --- how values are compared ----------------------------------------------------------------------

OTHERS = ("urn:oid:2.999.756.1.77.8", "urn:oid:2.999.756.1.77.9")


def as_several_attributes(message: Message) -> Message:
    values = "".join(
        f'<ctx:Attribute AttributeId="{ORGANIZATION_ID}" DataType="http://www.w3.org/2001/XMLSchema#anyURI">'
        f"<ctx:AttributeValue>{group}</ctx:AttributeValue></ctx:Attribute>"
        for group in (*OTHERS, GROUP)
    )
    cut = message.without(attribute(ORGANIZATION_ID), "")
    for place, value in enumerate(values.replace("</ctx:Attribute><", "</ctx:Attribute>\n<").split("\n")):
        cut = cut.with_child("//ctx:Subject", value, "one Attribute for each organisation", at=4 + place)
    return cut


@requirement("POL-ADR-021")
@pytest.mark.parametrize("several", [False, True], ids=["values", "attributes"])
@transaction("CH:ADR", "PPQ-1")
def test_any_organisation_of_the_professional_counts(granted: Record, several: bool) -> None:
    message = reading(granted, NOBODY, *OTHERS, GROUP)
    changed = {False: lambda: message, True: lambda: as_several_attributes(message)}[several]()
    reply = granted.community.send(changed)
    expect(reply).is_success().meets(permits(reply) == 1, "Permit on the level normal", decided(reply).decisions)


@requirement("POL-ADR-022")
@pytest.mark.parametrize("name", ["displayName", "codeSystemName"])
@transaction("CH:ADR", "PPQ-1")
def test_names_beside_a_code_do_not_matter(granted: Record, name: str) -> None:
    message = reading(granted).with_attribute("//ctx:Subject//hl7:CodedValue", name, "anything")
    reply = granted.community.send(message)
    expect(reply).is_success().meets(permits(reply) == 2, "Permit on two levels", decided(reply).decisions)


@requirement("POL-ADR-022", "POL-ADR-025")
@pytest.mark.parametrize("name", [ROLE, PURPOSE_OF_USE], ids=["role", "purpose"])
@transaction("CH:ADR", "PPQ-1")
def test_a_code_of_another_coding_system_is_another_code(granted: Record, name: str) -> None:
    message = reading(granted).with_attribute(f"{attribute(name)}//hl7:CodedValue", "codeSystem", "2.999.756.1.99")
    reply = granted.community.send(message)
    found = set(decided(reply).decisions)
    expect(reply).is_success().meets(found == {"NotApplicable"}, "NotApplicable three times", found)


@requirement("POL-ADR-025")
@pytest.mark.parametrize(("code", "system"), [("BOSS", ""), ("PADM", "2.999.756.1.99")], ids=["invented", "system"])
@transaction("CH:ADR", "PPQ-1")
def test_an_unknown_role_may_do_nothing(granted: Record, code: str, system: str) -> None:
    known = granted.subject("PADM")
    subject = replace(known, role=Code(code, system or known.role.system))
    resource = policy_set(granted.spid, new_id(), f"{POLICIES}{NORMAL}")
    reply = granted.community.send(granted.asking(subject, [resource], "PPQ-1-DELETE"))
    decisions = decided(reply).decisions
    expect(reply).is_success().meets(decisions == ("NotApplicable",), "NotApplicable", decisions)


@requirement("POL-ADR-023")
@transaction("CH:ADR", "PPQ-1")
def test_white_space_around_an_action_does_not_matter(granted: Record) -> None:
    action = "urn:ihe:iti:2007:RegistryStoredQuery"
    message = reading(granted).with_text("//ctx:Action//ctx:AttributeValue", f"\n   {action}\n  ", "padded action")
    reply = granted.community.send(message)
    expect(reply).is_success().meets(permits(reply) == 2, "Permit on two levels", decided(reply).decisions)


@requirement("POL-ADR-023")
@transaction("CH:ADR", "PPQ-1")
def test_white_space_around_a_reference_does_not_matter(record: Record) -> None:
    sets = record.adding(record.policy("201"), record.policy("301", RESTRICTED))
    padded = sets.with_text("//xacml:PolicySet[2]/xacml:PolicySetIdReference", f"\n {POLICIES}{RESTRICTED} ", "padded")
    record.community.accepted(lambda: padded)
    reply = record.community.send(reading(record))
    expect(reply).is_success().meets(permits(reply) == 2, "Permit on two levels", decided(reply).decisions)


@requirement("POL-ADR-024")
@transaction("CH:ADR", "PPQ-1")
def test_an_action_outside_the_stack_is_not_permitted(granted: Record) -> None:
    valid = granted.asking(granted.subject("PAT"), granted.documents(), "ITI-18")
    action = "urn:ihe:iti:2010:DeleteDocumentSet"
    reply = granted.community.send(valid.with_text("//ctx:Action//ctx:AttributeValue", action), baseline=valid)
    found = set(decided(reply).decisions)
    expect(reply).is_success().meets(found == {"NotApplicable"}, "NotApplicable three times", found)


@requirement("POL-ADR-029")
@transaction("CH:ADR", "PPQ-1")
def test_the_day_the_requester_claims_does_not_count(granted: Record) -> None:
    granted.add(granted.policy("301", NORMAL, who="7601999100257", start=day(-9), end=day(-1)))
    claim = (
        f'<ctx:Attribute AttributeId="{CURRENT_DATE}" DataType="{DATE}"><ctx:AttributeValue>{day(-1).isoformat()}'
        "</ctx:AttributeValue></ctx:Attribute>"
    )
    message = reading(granted, "7601999100257").with_child("//ctx:Environment", claim, "a claimed current-date")
    expect(granted.community.send(message)).lacks(PERMIT)


# --- whose policy it is -----------------------------------------------------------------------------


@requirement("POL-STACK-023")
@transaction("CH:ADR", "PPQ-1")
def test_a_right_counts_for_its_patient_only(granted: Record, other: Record) -> None:
    other.onboard()
    reply = granted.community.send(reading(other))
    found = set(decided(reply).decisions)
    expect(reply).is_success().meets(found == {"NotApplicable"}, "NotApplicable three times", found)


STRANGERS = {
    "other-gln": {"id": NOBODY},
    "other-qualifier": {"qualifier": QUALIFIER["representative-id"]},
    "other-role": {"role": Code("REP", "2.16.756.5.30.1.127.3.10.6")},
    "other-purpose-system": {"purpose": Code("NORM", f"{EPR_PURPOSE_OF_USE}.1")},
}


@requirement("POL-STACK-023")
@pytest.mark.parametrize("name", STRANGERS)
@transaction("CH:ADR", "PPQ-1")
def test_a_right_counts_for_its_subject_only(granted: Record, name: str) -> None:
    subject = replace(granted.subject("HCP"), **STRANGERS[name])  # type: ignore[arg-type]
    reply = granted.community.send(granted.asking(subject, granted.documents(), "ITI-18"))
    found = set(decided(reply).decisions)
    expect(reply).is_success().meets(found == {"NotApplicable"}, "NotApplicable three times", found)


@requirement("POL-STACK-023")
@transaction("CH:ADR", "PPQ-1")
def test_the_patient_is_the_patient_under_the_own_qualifier_only(granted: Record) -> None:
    subject = replace(granted.subject("PAT"), qualifier=QUALIFIER["gln"])
    reply = granted.community.send(granted.asking(subject, granted.documents(), "ITI-18"))
    found = set(decided(reply).decisions)
    expect(reply).is_success().meets(found == {"NotApplicable"}, "NotApplicable three times", found)
