"""ITI-44, ITI-45 and ITI-47 for another patient, another sender and another community."""

from dataclasses import replace
from typing import Final

from conformance.replay.draft import Draft, NothingToReplay
from fixtures.client import Community
from fixtures.epr.hl7v3 import add
from fixtures.epr.names import EPR_SPID
from fixtures.epr.xml import find, find_all, local_name, text
from fixtures.people.patients import Patient

_PARAMETERS: Final = ".//hl7:queryByParameter/hl7:parameterList/"
_PATIENT: Final = ".//hl7:subject1/hl7:patient"


def adapt(draft: Draft, community: Community) -> None:
    """The message to ``community``, about a patient it knows (or, for an add, may come to know)."""
    if find(draft.body, "*[starts-with(local-name(), 'QUQI_')]") is not None:
        raise NothingToReplay("a continuation or cancel belongs to its query and cannot be sent again alone")
    _devices(draft, community)
    {"ITI-44": _feed, "ITI-45": _pix, "ITI-47": _pdq}[draft.transaction](draft, community)


def _devices(draft: Draft, community: Community) -> None:
    domains = community.target.domains
    for role, oid in (("sender", domains.sender), ("receiver", domains.receiver)):
        # the same OID may name the custodian or the author: whoever sends it
        old = text(draft.body, f"*/hl7:{role}/hl7:device/hl7:id/@root")
        if old:
            draft.map_roots({old: oid}, {old: f"{role} device"})


def _feed(draft: Draft, community: Community) -> None:
    domains = community.target.domains
    patient = community.invented_patient()
    person = find(draft.body, _PATIENT)
    if person is None:
        raise NothingToReplay("the feed has no patient")
    local = next((i for i in find_all(person, "hl7:id") if i.get("root") != EPR_SPID), None)
    prior = find_all(draft.body, ".//hl7:replacementOf//hl7:priorRegisteredRole/hl7:id")
    kind = local_name(draft.body[0])
    if kind != "PRPA_IN201301UV02":
        _register(draft, community, patient)
    if prior:
        subsumed = replace(patient, local_id=f"{patient.local_id}-2")
        _register(draft, community, subsumed)
        for node in prior:
            draft.set(node, subsumed.local_id, "local id of the subsumed patient", "extension")
    if local is not None:
        draft.set(local, patient.local_id, "local id of the patient", "extension")
        old = str(local.get("root", ""))
        draft.map_roots({old: domains.local}, {old: "domain of local patient ids"})
    for node in find_all(person, ".//hl7:id"):
        if node.get("root") == EPR_SPID and node.get("extension"):
            draft.set(node, patient.spid, "EPR-SPID", "extension")
    if not domains.fresh_spids:
        _demographics(draft, patient)


def _register(draft: Draft, community: Community, patient: Patient) -> None:
    community.accepted(lambda: add(patient, community.addressing))
    draft.say(f"registered before: {patient.local_id} of {community.target.domains.local}")


def _demographics(draft: Draft, patient: Patient) -> None:
    """The target knows its listed patients under their own names."""
    name = f"{_PATIENT}/hl7:patientPerson/hl7:name[1]"
    draft.set_all(f"{name}/hl7:family", lambda _: patient.family, "family name")
    draft.set_all(f"{name}/hl7:given[1]", lambda _: patient.given, "given name")
    draft.set_all(".//hl7:patientPerson/hl7:birthTime", lambda _: patient.birth_date, "birth date", "value")
    gender = ".//hl7:patientPerson/hl7:administrativeGenderCode"
    draft.set_all(gender, lambda _: patient.gender, "gender", "code")


def _pix(draft: Draft, community: Community) -> None:
    scopes = _scopes(draft, community, f"{_PARAMETERS}hl7:dataSource/hl7:value")
    _identifiers(draft, community, f"{_PARAMETERS}hl7:patientIdentifier/hl7:value", scopes, {})


def _pdq(draft: Draft, community: Community) -> None:
    scopes = _scopes(draft, community, f"{_PARAMETERS}hl7:otherIDsScopingOrganization/hl7:value")
    _identifiers(draft, community, f"{_PARAMETERS}hl7:livingSubjectId/hl7:value", scopes, _wanted(draft))


def _wanted(draft: Draft) -> dict[str, str]:
    """The patient the query looks for, so that it finds somebody."""

    def value(path: str) -> str:
        return text(draft.body, f"{_PARAMETERS}{path}").strip("* ")

    wanted = {
        "family": value("hl7:livingSubjectName/hl7:value/hl7:family"),
        "given": value("hl7:livingSubjectName/hl7:value/hl7:given"),
        "birth_date": value("hl7:livingSubjectBirthTime/hl7:value/@value")[:8],
        "gender": value("hl7:livingSubjectAdministrativeGender/hl7:value/@code"),
    }
    return {name: found for name, found in wanted.items() if found}


def _scopes(draft: Draft, community: Community, xpath: str) -> set[str]:
    """Domains asked for: EPR-SPID stays, any other is the MPI's. Gives the recorded ones."""
    recorded = {str(node.get("root", "")) for node in find_all(draft.body, xpath)} - {EPR_SPID, ""}
    for node in find_all(draft.body, xpath):
        if node.get("root") in recorded:
            draft.set(node, community.target.domains.mpi, "domain of the MPI-PID", "root")
    return recorded


def _identifiers(draft: Draft, community: Community, xpath: str, mpi: set[str], wanted: dict[str, str]) -> None:
    patient, domains = community.patient(**wanted), community.target.domains
    draft.knows(patient, domains.local)
    for node in find_all(draft.body, xpath):
        root = str(node.get("root", ""))
        if root == EPR_SPID:
            draft.set(node, patient.spid, "EPR-SPID", "extension")
        elif root in mpi:
            draft.set(node, patient.mpi_pid, "MPI-PID", "extension")
            draft.set(node, domains.mpi, "domain of the MPI-PID", "root")
        else:
            draft.set(node, patient.local_id, "local id of the patient", "extension")
            draft.set(node, domains.local, "domain of local patient ids", "root")
