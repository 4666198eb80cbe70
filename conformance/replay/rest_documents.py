"""ITI-65, ITI-67, ITI-68 and CH:MHD-1 for another patient, with documents that are there."""

from typing import Final

from conformance.replay.access import role_of, with_access
from conformance.replay.call_draft import SPID_SYSTEM, CallDraft, dicts
from conformance.replay.draft import NothingToReplay
from fixtures.checks.verdicts import Inconclusive, Reason, Skipped
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import new_oid
from fixtures.epr.fhir_documents import attachment_of, find_document_references, references_of
from fixtures.epr.fhir_json import Resource, values
from fixtures.epr.fhir_metadata import PROVIDER_ROLE, SOURCE_ID, new_url
from fixtures.epr.names import PURPOSES
from fixtures.epr.rest import Call

_ROLE: Final = f"extension[url={PROVIDER_ROLE}].valueCoding"
#: what no update may change: of a DocumentReference, its content, its attachment, and the patient it contains
_FIXED: Final = {
    "": ("id", "masterIdentifier", "identifier", "subject", "status", "date"),
    "content[0]": ("format",),
    "content[0].attachment": ("url", "hash", "size", "contentType", "creation"),
    "contained[resourceType=Patient]": ("identifier", "name", "gender", "birthDate", "address", "telecom"),
    _ROLE: ("code",),
}


def documents(draft: CallDraft, community: Community) -> Call:
    """The call about a patient whose record was opened for it."""
    patient = community.record()
    draft.knows(patient, community.target.domains.local)
    role = role_of(draft, _author(draft) or "HCP")
    adapt = {"ITI-65": _provide, "ITI-67": _find, "ITI-68": _retrieve, "CH:MHD-1": _update}[draft.transaction]
    adapt(draft, community, patient, role)
    return with_access(draft, community, patient, role)


def _author(draft: CallDraft) -> str:
    """The role that a submission says its user has."""
    found = [code for one in draft.resources() for code in values(one, f"{_ROLE}.code")]
    return next((str(code) for code in found if code in PURPOSES), "")


def _published(draft: CallDraft, community: Community, patient: RegisteredPatient, role: str) -> Resource:
    """The DocumentReference of a document that was published for this."""
    published = community.fhir.publish(patient, role=role)
    draft.say(f"published before: document {published.entry.unique_id}")
    query = find_document_references(patient.spid, token=community.fhir.token(role, patient))
    reply = community.fhir.accepted(query)
    found = [
        one for one in references_of(reply) if published.entry.unique_id in str(values(one, "masterIdentifier.value"))
    ]
    if not found:
        raise Inconclusive(Reason.BASELINE_REFUSED, "ITI-67 does not find the document that was published before")
    return found[0]


# --- ITI-65 --------------------------------------------------------------------------------------


def _provide(draft: CallDraft, community: Community, patient: RegisteredPatient, role: str) -> None:
    target = community.target
    draft.about(patient.spid)
    _source_patient(draft, patient, target.domains.local)
    for one in (*draft.resources("List"), *draft.resources("DocumentReference")):
        _fresh(draft, one)
    for one in draft.resources():
        for coding in dicts(one, _ROLE):
            draft.set(coding, "code", role, "role of the user")
        for identifier in dicts(one, f"extension[url={SOURCE_ID}].valueIdentifier"):
            draft.set(identifier, "value", f"urn:oid:{target.domains.sender}", "sourceId")
    _related(draft, community, patient, role)


def _fresh(draft: CallDraft, resource: Resource) -> None:
    """Identifiers of its own."""
    unique = [*dicts(resource, "masterIdentifier"), *dicts(resource, "identifier[use=usual]")]
    for one in unique:
        one["value"] = f"urn:oid:{new_oid()}"
    official = dicts(resource, "identifier[use=official]")
    for one in official:
        one["value"] = new_url()
    if unique or official:
        draft.say("uniqueIds and UUIDs of the submitted objects: fresh")


def _source_patient(draft: CallDraft, patient: RegisteredPatient, domain: str) -> None:
    for one in draft.objects():
        if one.get("resourceType") == "Patient":
            for identifier in dicts(one, "identifier[*]"):
                if identifier.get("system") != SPID_SYSTEM:
                    draft.set(identifier, "system", f"urn:oid:{domain}", "domain of local patient ids")
                    draft.set(identifier, "value", patient.local_id, "local id of the patient")


def _related(draft: CallDraft, community: Community, patient: RegisteredPatient, role: str) -> None:
    """A document outside the submission that it refers to is published first."""
    fresh: dict[str, str] = {}

    def now(old: str) -> str:
        path, hash_, rest = old.partition("#")
        kind, _, id_ = path.rpartition("/")
        if not kind.endswith("DocumentReference"):
            return old
        if id_ not in fresh:
            fresh[id_] = str(_published(draft, community, patient, role).get("id", ""))
        return f"DocumentReference/{fresh[id_]}{hash_}{rest}"

    for one in draft.resources("DocumentReference"):
        for related in dicts(one, "relatesTo[*].target"):
            if isinstance(related.get("reference"), str):
                draft.set(related, "reference", now(related["reference"]), "relatesTo")
    for request in dicts(draft.resource, "entry[*].request"):
        if request.get("method") in ("PATCH", "PUT"):
            draft.set(request, "url", now(str(request.get("url", ""))), "document to be changed")


# --- ITI-67, ITI-68 ------------------------------------------------------------------------------


def _find(draft: CallDraft, community: Community, patient: RegisteredPatient, role: str) -> None:
    draft.about(patient.spid)
    try:
        found = _published(draft, community, patient, role)
    except Skipped as error:  # the query is valid all the same
        draft.say(f"nothing is published before ({error.detail}): the query may find nothing")
        return
    master = str(next(iter(values(found, "masterIdentifier.value")), ""))
    draft.set_parameter("identifier", lambda old: f"{old.rpartition('|')[0]}|{master}".removeprefix("|"), "identifier")
    if draft.path.startswith("DocumentReference/") and not draft.path.endswith("_search"):
        draft.set_path(f"DocumentReference/{found.get('id')}", "document")


def _retrieve(draft: CallDraft, community: Community, patient: RegisteredPatient, role: str) -> None:
    url = attachment_of(_published(draft, community, patient, role)).get("url")
    draft.query = []
    draft.set_path(str(url), "URL of the document")


# --- CH:MHD-1 ------------------------------------------------------------------------------------


def _update(draft: CallDraft, community: Community, patient: RegisteredPatient, role: str) -> None:
    changed = draft.resources("DocumentReference")
    if not changed:
        raise NothingToReplay("the update has no DocumentReference")
    for one in changed:
        published = _published(draft, community, patient, role)
        for path, names in _FIXED.items():
            for holder, known in zip(dicts(one, path), dicts(published, path), strict=False):
                _as_published(draft, holder, known, names)
        path = f"DocumentReference/{published.get('id')}"
        if draft.path:
            draft.set_path(path, "document")
        for entry in dicts(draft.resource, "entry[*]"):
            if entry.get("resource") is one and isinstance(entry.get("request"), dict):
                draft.set(entry["request"], "url", path, "document")


def _as_published(draft: CallDraft, holder: Resource, known: Resource, names: tuple[str, ...]) -> None:
    for name in names:
        if name in known:
            draft.set(holder, name, known[name], name)
        elif name in holder:
            draft.said(name, holder.pop(name), "(none)")
