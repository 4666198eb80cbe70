"""ITI-18, ITI-41, ITI-42 and ITI-43 for another patient, with documents that are there."""

import re
from typing import Final

from conformance.replay.draft import Draft, NothingToReplay
from fixtures.checks.verdicts import Skipped
from fixtures.client import Community, Published, RegisteredPatient
from fixtures.epr.mtom import resolve
from fixtures.epr.names import DOCUMENT_ENTRY, FOLDER, SUBMISSION_SET, cx
from fixtures.epr.xml import Element, find_all, text, texts

_PATIENT_IDS: Final = (DOCUMENT_ENTRY["patientId"], SUBMISSION_SET["patientId"], FOLDER["patientId"])
_QUOTED: Final = re.compile(r"'[^']*'")
_CX: Final = re.compile(r"^[^^|]+\^\^\^[^|]*")


def adapt(draft: Draft, community: Community, patient: RegisteredPatient) -> None:
    """The message about ``patient``; what it refers to is published first."""
    {"ITI-18": _query, "ITI-41": _submission, "ITI-42": _submission, "ITI-43": _retrieval}[draft.transaction](
        draft, community, patient
    )


def _publish(draft: Draft, community: Community, patient: RegisteredPatient) -> Published:
    published = community.publish(patient)
    draft.say(f"published before: document {published.entry.unique_id}")
    return published


# --- ITI-18 --------------------------------------------------------------------------------------


def _query(draft: Draft, community: Community, patient: RegisteredPatient) -> None:
    try:
        published = _publish(draft, community, patient)
    except Skipped as error:  # the query is valid all the same
        draft.say(f"nothing is published before ({error.detail}): the query may find nothing")
        published = None
    home = community.target.home_community_id
    draft.set_all(".//rim:AdhocQuery[@home]", lambda _: home, "homeCommunityId", "home")
    for slot in find_all(draft.body, ".//rim:AdhocQuery/rim:Slot"):
        new = _value(str(slot.get("name", "")), home, patient, published)
        if new:
            for node in find_all(slot, "rim:ValueList/rim:Value"):
                draft.set(node, _QUOTED.sub(lambda _, new=new: f"'{new}'", text(node, ".")), str(slot.get("name")))  # type: ignore[misc]


def _value(name: str, home: str, patient: RegisteredPatient, published: Published | None) -> str:
    """What a parameter of a stored query must say now; "" where it stays."""
    known = {"$homecommunityid": home}
    if published is not None:
        known |= {
            "$xdsdocumententryentryuuid": published.entry.entry_uuid,
            "$xdsdocumententryuniqueid": published.entry.unique_id,
            "$xdssubmissionsetentryuuid": published.submission_set.entry_uuid,
            "$xdssubmissionsetuniqueid": published.submission_set.unique_id,
            "$uuid": published.entry.entry_uuid,
        }
    return patient.xad_pid if name.lower().endswith("patientid") else known.get(name.lower(), "")


# --- ITI-43 --------------------------------------------------------------------------------------


def _retrieval(draft: Draft, community: Community, patient: RegisteredPatient) -> None:
    for request in find_all(draft.body, ".//xds:DocumentRequest"):
        wanted = _publish(draft, community, patient).request
        values = {
            "HomeCommunityId": wanted.home_community_id,
            "RepositoryUniqueId": wanted.repository_unique_id,
            "DocumentUniqueId": wanted.document_unique_id,
        }
        for name, value in values.items():
            for node in find_all(request, f"xds:{name}"):
                draft.set(node, value, name)


# --- ITI-41, ITI-42 ------------------------------------------------------------------------------


def _submission(draft: Draft, community: Community, patient: RegisteredPatient) -> None:
    target = community.target
    local = cx(patient.local_id, target.domains.local)
    for document in find_all(draft.body, ".//xds:Document[xop:Include]"):
        if resolve(document, draft.parts) is None:
            raise NothingToReplay(
                f"the document {document.get('id')} is not in the recording: its MIME part is missing"
            )
    for scheme in _PATIENT_IDS:
        xpath = f".//rim:ExternalIdentifier[@identificationScheme='{scheme}']"
        draft.set_all(xpath, lambda _: patient.xad_pid, "patientId", "value")
    draft.set_all(_slot("sourcePatientId"), lambda _: local, "sourcePatientId")
    draft.set_all(_slot("sourcePatientInfo"), lambda node: _info(node, local, patient), "sourcePatientInfo")
    draft.set_all(_slot("repositoryUniqueId"), lambda _: target.repository_unique_id, "repositoryUniqueId")
    source = f".//rim:ExternalIdentifier[@identificationScheme='{SUBMISSION_SET['sourceId']}']"
    draft.set_all(source, lambda _: target.domains.sender, "sourceId", "value")
    draft.set_all(".//rim:*[@home]", lambda _: target.home_community_id, "homeCommunityId", "home")
    _related(draft, community, patient)


def _slot(name: str) -> str:
    return f".//rim:ExtrinsicObject/rim:Slot[@name='{name}']/rim:ValueList/rim:Value"


def _info(node: Element, local: str, patient: RegisteredPatient) -> str:
    """PID-3 gets the ids of the patient; what else the recording says of the person stays."""
    value = text(node, ".")
    if not value.startswith("PID-3|"):
        return value
    repeated = value.removeprefix("PID-3|").split("~")
    ids = [patient.resource_id if patient.spid_domain in each else local for each in repeated]
    return "PID-3|" + "~".join(_CX.sub(lambda _, new=new: new, old) for old, new in zip(repeated, ids, strict=True))  # type: ignore[misc]


def _related(draft: Draft, community: Community, patient: RegisteredPatient) -> None:
    """What an association outside the submission points to (a document to replace) is published first."""
    own = set(texts(draft.body, ".//rim:RegistryObjectList/rim:*/@id"))
    fresh: dict[str, str] = {}
    for association in find_all(draft.body, ".//rim:Association"):
        for end in ("sourceObject", "targetObject"):
            old = str(association.get(end, ""))
            if not old or old in own:
                continue
            if old not in fresh:
                fresh[old] = _publish(draft, community, patient).entry.entry_uuid
            draft.set(association, fresh[old], end, end)
