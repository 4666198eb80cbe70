"""ITI-83, ITI-104 and ITI-119 for another patient and another source of patients."""

from dataclasses import replace

from conformance.replay.access import with_basic_access
from conformance.replay.call_draft import SPID_SYSTEM, CallDraft, dicts
from conformance.replay.draft import NothingToReplay
from fixtures.client import Community
from fixtures.epr.fhir_json import Resource, values
from fixtures.epr.fhir_patients import feed
from fixtures.epr.fhir_patients import resource as patient_resource
from fixtures.epr.fhir_patients import token as identifier_of
from fixtures.epr.rest import Call
from fixtures.people.patients import Patient

_GENDERS = {"female": "F", "male": "M"}


def cross_reference(draft: CallDraft, community: Community) -> Call:
    """ITI-83: about a patient registered before."""
    patient, domains = community.patient(), community.target.domains
    draft.knows(patient, domains.local)

    def source(old: str) -> str:
        by_spid = old.startswith(f"{SPID_SYSTEM}|")
        return f"{SPID_SYSTEM}|{patient.spid}" if by_spid else identifier_of(domains.local, patient.local_id)

    draft.set_parameter("sourceIdentifier", source, "sourceIdentifier")
    draft.set_parameter(
        "targetSystem", lambda old: old if old == SPID_SYSTEM else f"urn:oid:{domains.mpi}", "domain of the MPI-PID"
    )
    return with_basic_access(draft, community)


def feeding(draft: CallDraft, community: Community) -> Call:
    """ITI-104: of a patient who is not registered yet; of a duplicate, beside one who is."""
    if draft.resource.get("resourceType") != "Patient":
        raise NothingToReplay("the feed has no Patient")
    domain, patient = community.target.domains.local, community.invented_patient()
    survivors = [
        one for one in values(draft.resource, "link[type=replaced-by].other.identifier") if isinstance(one, dict)
    ]
    for one in survivors[:1]:
        survivor, patient = patient, replace(patient, local_id=f"{patient.local_id}-2")
        for known in (survivor, patient):
            community.fhir.accepted(lambda known=known: community.fhir.basic(feed(known, domain)))  # type: ignore[misc]
            draft.say(f"registered before: {known.local_id} of {domain}")
        draft.set(one, "system", f"urn:oid:{domain}", "domain of local patient ids")
        draft.set(one, "value", survivor.local_id, "local id of the surviving patient")
    _local(draft, draft.resource, domain, patient.local_id)
    draft.about(patient.spid)
    for one in dicts(draft.resource, "managingOrganization.identifier"):
        draft.set(one, "value", f"urn:oid:{domain}", "managingOrganization")
    if not draft.parameter("identifier") and not draft.query:
        draft.query = [("identifier", "")]
    draft.set_parameter("identifier", lambda _: identifier_of(domain, patient.local_id), "identifier in the URL")
    if not community.target.domains.fresh_spids:
        _demographics(draft, patient, domain)
    return with_basic_access(draft, community)


def _local(draft: CallDraft, person: Resource, domain: str, local_id: str) -> None:
    """The identifier by which the source knows the patient: the one the URL names, or the first that is no EPR-SPID."""
    named = draft.parameter("identifier").partition("|")[0]
    own = [one for one in dicts(person, "identifier[*]") if one.get("system") != SPID_SYSTEM]
    for one in [one for one in own if one.get("system") == named] or own[:1]:
        draft.set(one, "system", f"urn:oid:{domain}", "domain of local patient ids")
        draft.set(one, "value", local_id, "local id of the patient")


def _demographics(draft: CallDraft, patient: Patient, domain: str) -> None:
    """The target knows its listed patients under their own names."""
    known = patient_resource(patient, domain)
    for name in ("name", "gender", "birthDate"):
        draft.set(draft.resource, name, known[name], name)


def matching(draft: CallDraft, community: Community) -> Call:
    """ITI-119: who is looked for is registered before."""
    wanted = next(iter(dicts(draft.resource, "parameter[name=resource].resource")), None)
    if wanted is None:
        raise NothingToReplay("the Parameters hold no Patient to look for")
    patient, domains = community.patient(**_wanted(wanted)), community.target.domains
    draft.knows(patient, domains.local)
    draft.about(patient.spid)
    for one in dicts(wanted, "identifier[*]"):
        if one.get("system") != SPID_SYSTEM:
            draft.set(one, "system", f"urn:oid:{domains.local}", "domain of local patient ids")
            draft.set(one, "value", patient.local_id, "local id of the patient")
    return with_basic_access(draft, community)


def _wanted(person: Resource) -> dict[str, str]:
    """The patient the query looks for, so that it finds somebody."""

    def first(path: str) -> str:
        return next((one for one in values(person, path) if isinstance(one, str) and one.isprintable()), "")

    birth = first("birthDate").replace("-", "")
    wanted = {
        "family": first("name[0].family"),
        "given": first("name[0].given[0]"),
        "birth_date": birth if len(birth) == 8 else "",
        "gender": _GENDERS.get(first("gender"), ""),
    }
    return {name: value for name, value in wanted.items() if value}
