"""PPQ-1, PPQ-2 and CH:ADR for another patient, with policy sets that are there."""

from dataclasses import replace
from typing import Final

from conformance.replay.draft import Draft
from conformance.replay.tokens import recorded_user, renew_token
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.names import EPR_SPID, HOME_COMMUNITY_ID
from fixtures.epr.policy_names import RESOURCE_ID, SUBJECT_ID
from fixtures.epr.xml import Element, find_all, local_name, text, texts
from fixtures.policy.patient_policy import PatientPolicy, new_id, onboarding, patient_policy
from fixtures.policy.read import NoPatientPolicy, read_patient_policy

_SPID: Final = f".//hl7:InstanceIdentifier[@root='{EPR_SPID}']"
_SETS: Final = ".//saml2:Statement/xacml:PolicySet"
_REFERENCES: Final = (
    ".//saml2:Statement/xacml:PolicySetIdReference | .//xsamlp:XACMLPolicyQuery/xacml:PolicySetIdReference"
)
#: policy sets a record has once
SETUP: Final = ("201", "202", "203")


def adapt(draft: Draft, community: Community) -> None:
    """The message about a patient registered for it; the policy sets it refers to are added before."""
    patient = community.patient()
    draft.knows(patient, community.target.domains.local)
    _concerning(draft, community, patient)
    adds = any(local_name(child) == "AddPolicyRequest" for child in draft.body)
    recorded = [_read(element, patient) for element in find_all(draft.body, _SETS)]
    setup = {one.template for one in recorded} & set(SETUP)
    granted = [one for one in onboarding(patient.spid) if one.template not in setup]
    if not adds:
        granted += [*_renewed(draft, recorded), *_referred(draft, patient)]
    if granted:
        community.grant(patient, *granted)
        draft.say(f"added before: policy sets by template {', '.join(one.template for one in granted)}")
    _authorised(draft, community, patient, changes_setup=bool(setup))


def _concerning(draft: Draft, community: Community, patient: RegisteredPatient) -> None:
    """The EPR-SPID and the home community wherever they stand."""
    old = {str(each) for each in texts(draft.body, f"{_SPID}/@extension")}
    home = community.target.home_community_id
    draft.set_all(_SPID, lambda _: patient.spid, "EPR-SPID", "extension")
    draft.set_all("*/saml2:Issuer | */saml2:Assertion/saml2:Issuer", lambda _: home, "Issuer")
    draft.set_all(f".//ctx:Attribute[@AttributeId='{HOME_COMMUNITY_ID}']/*", lambda _: home, "homeCommunityId")
    for node in find_all(draft.body, f".//*[@AttributeId='{SUBJECT_ID}' or @AttributeId='{RESOURCE_ID}']"):
        # the value stands in an attribute of a request, or beside the designator of a policy set
        values = find_all(node, "ctx:AttributeValue | parent::*/xacml:AttributeValue")
        for value in values:
            said = text(value, ".")
            if old & set(said.split(":")):
                draft.set(
                    value, ":".join(patient.spid if part in old else part for part in said.split(":")), "EPR-SPID"
                )


def _read(element: Element, patient: RegisteredPatient) -> PatientPolicy:
    """What the policy set says; one that follows no template stands for a right of a professional."""
    try:
        return read_patient_policy(element)
    except NoPatientPolicy:
        return right(patient.spid)


def right(spid: str) -> PatientPolicy:
    """A policy set that any record may have."""
    return patient_policy("301", spid, "access-level:normal", who="7601999100202")


def _renewed(draft: Draft, recorded: list[PatientPolicy]) -> list[PatientPolicy]:
    """The policy sets an update replaces, under ids nobody has."""
    found = []
    for element, policy in zip(find_all(draft.body, _SETS), recorded, strict=True):
        fresh = new_id()
        draft.set(element, fresh, "PolicySetId", "PolicySetId")
        found.append(replace(policy, id=fresh))
    return found


def _referred(draft: Draft, patient: RegisteredPatient) -> list[PatientPolicy]:
    """A policy set for every id that is deleted or asked for."""
    found = []
    for node in find_all(draft.body, _REFERENCES):
        found.append(right(patient.spid))
        draft.set(node, found[-1].id, "PolicySetIdReference")
    return found


def _authorised(draft: Draft, community: Community, patient: RegisteredPatient, *, changes_setup: bool) -> None:
    """The recorded role where it may do this on the new record as well; else the policy administrator feeds."""
    role, _ = recorded_user(draft)
    if draft.transaction == "PPQ-1" and (role not in ("PAT", "REP") or changes_setup):
        if role != "PADM":
            draft.say(f"role {role} -> PADM: only the administrator may do this on a new record")
        role = "PADM"
    if role == "REP":
        community.appoint_representative(patient)
    renew_token(draft, community, patient, role)
