"""Exchanges about policies and decisions whose audit records are judged (CH:PPQ, CH:ADR)."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from conformance.audit.acts import Perform, Scene, traced
from fixtures.checks.audit import Act
from fixtures.client import RegisteredPatient
from fixtures.epr import adr, ppq
from fixtures.policy.patient_policy import PatientPolicy, onboarding, patient_policy
from fixtures.policy.xacml import patient_document


def opened(scene: Scene) -> tuple[RegisteredPatient, tuple[PatientPolicy, ...]]:
    """A patient whose record a policy administrator has opened."""
    patient = scene.community.patient()
    sets = onboarding(patient.spid)
    documents = [patient_document(each) for each in sets]
    token, home = scene.community.token("PADM", patient), scene.community.target.home_community_id
    scene.community.accepted(lambda: ppq.add_policies(documents, token=token, issuer=home))
    return patient, sets


def add_policy_sets(scene: Scene) -> Act:
    patient = scene.community.patient()
    documents = [patient_document(each) for each in onboarding(patient.spid)]
    token, home = scene.community.token("PADM", patient), scene.community.target.home_community_id
    return scene.succeeds(ppq.add_policies(documents, token=token, issuer=home), patient)


def add_with_trace(scene: Scene) -> Act:
    patient = scene.community.patient()
    documents = [patient_document(each) for each in onboarding(patient.spid)]
    token, home = scene.community.token("PADM", patient), scene.community.target.home_community_id
    return scene.succeeds(traced(ppq.add_policies(documents, token=token, issuer=home)), patient)


def update_policy_set(scene: Scene) -> Act:
    patient, sets = opened(scene)
    token, home = scene.community.token("PAT", patient), scene.community.target.home_community_id
    changed = patient_policy("202", patient.spid, "access-level:restricted", id_=sets[1].id)
    return scene.succeeds(ppq.update_policies([patient_document(changed)], token=token, issuer=home), patient)


def delete_policy_set(scene: Scene) -> Act:
    patient, sets = opened(scene)
    token, home = scene.community.token("PAT", patient), scene.community.target.home_community_id
    return scene.succeeds(ppq.delete_policies([sets[1].id], token=token, issuer=home), patient)


def update_unknown_policy_set(scene: Scene) -> Act:
    patient, _ = opened(scene)
    token, home = scene.community.token("PAT", patient), scene.community.target.home_community_id
    unknown = patient_document(patient_policy("202", patient.spid, "access-level:normal"))
    return scene.fails(ppq.update_policies([unknown], token=token, issuer=home), patient)


def add_policy_sets_as_professional(scene: Scene) -> Act:
    """The authorization decision is Deny: only administrators open a record."""
    patient = scene.community.patient()
    documents = [patient_document(each) for each in onboarding(patient.spid)]
    token, home = scene.community.token("HCP", patient), scene.community.target.home_community_id
    return scene.fails(ppq.add_policies(documents, token=token, issuer=home), patient)


def delete_unknown_policy_set(scene: Scene) -> Act:
    patient, _ = opened(scene)
    token, home = scene.community.token("PAT", patient), scene.community.target.home_community_id
    return scene.fails(ppq.delete_policies([uuid4().urn], token=token, issuer=home), patient)


def query_policies_in_another_version(scene: Scene) -> Act:
    patient, _ = opened(scene)
    query = ppq.query_by_patient(patient.spid, token=scene.community.token("PAT", patient))
    return scene.fails(query.with_attribute("//xsamlp:XACMLPolicyQuery", "Version", "1.1"), patient)


def decide_in_another_version(scene: Scene) -> Act:
    patient, _ = opened(scene)
    who = adr.subject("PAT", patient.spid, home=scene.community.target.home_community_id)
    token = scene.community.token("PAT", patient)
    request = adr.decision_request(who, _documents(scene, patient), "ITI-18", token=token)
    return scene.fails(request.with_attribute("//xsamlp:XACMLAuthzDecisionQuery", "Version", "1.1"))


def query_policies_by_patient(scene: Scene) -> Act:
    patient, _ = opened(scene)
    token = scene.community.token("PAT", patient)
    return scene.succeeds(ppq.query_by_patient(patient.spid, token=token), patient)


def query_policy_by_id(scene: Scene) -> Act:
    patient, sets = opened(scene)
    token = scene.community.token("PAT", patient)
    return scene.succeeds(ppq.query_by_id([sets[0].id], token=token), patient)


def decide_on_professional(scene: Scene) -> Act:
    patient, _ = opened(scene)
    who = adr.subject("HCP", scene.community.user("HCP").gln, home=scene.community.target.home_community_id)
    token = scene.community.token("HCP", patient)
    return scene.succeeds(adr.decision_request(who, _documents(scene, patient), "ITI-18", token=token))


def _decide(action: str, resources: Callable[[Scene, RegisteredPatient], list[adr.Resource]]) -> Perform:
    def perform(scene: Scene) -> Act:
        patient, _ = opened(scene)
        who = adr.subject("PAT", patient.spid, home=scene.community.target.home_community_id)
        token = scene.community.token("PAT", patient)
        return scene.succeeds(adr.decision_request(who, resources(scene, patient), action, token=token))

    return perform


def _documents(scene: Scene, patient: RegisteredPatient) -> list[adr.Resource]:
    return list(adr.documents(patient.spid, scene.community.target.home_community_id))


def _policy_set(_: Scene, patient: RegisteredPatient) -> list[adr.Resource]:
    policy = patient_policy("202", patient.spid, "access-level:normal")
    return [adr.policy_set(patient.spid, policy.id, policy.referenced)]


ACTS: Final[dict[str, tuple[str, Perform]]] = {
    "add policy sets": ("PPQ-1", add_policy_sets),
    "add policy sets with trace": ("PPQ-1", add_with_trace),
    "update a policy set": ("PPQ-1", update_policy_set),
    "delete a policy set": ("PPQ-1", delete_policy_set),
    "update an unknown policy set": ("PPQ-1", update_unknown_policy_set),
    "add policy sets as professional": ("PPQ-1", add_policy_sets_as_professional),
    "delete an unknown policy set": ("PPQ-1", delete_unknown_policy_set),
    "policies in another version": ("PPQ-2", query_policies_in_another_version),
    "decision in another version": ("CH:ADR", decide_in_another_version),
    "policies by patient": ("PPQ-2", query_policies_by_patient),
    "policy by id": ("PPQ-2", query_policy_by_id),
    "decision on documents": ("CH:ADR", _decide("ITI-18", _documents)),
    "decision on a professional": ("CH:ADR", decide_on_professional),
    "decision on a policy set": ("CH:ADR", _decide("PPQ-1-ADD", _policy_set)),
    "decision on the audit trail": ("CH:ADR", _decide("ITI-81", lambda _, patient: [adr.audit_trail(patient.spid)])),
}
