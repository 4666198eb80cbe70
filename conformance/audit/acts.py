"""Exchanges whose audit records are judged: each with a patient of its own, so that its records are known among all.

Each function does one thing once and gives the act; :data:`ACTS` names them. Valid ones must be accepted first, or
there is nothing to judge.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from fixtures.checks.audit import Act
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, RegisteredPatient, new_oid, refusal
from fixtures.epr.hl7v3 import add, by_id, by_name, merge, pix_query, revise
from fixtures.epr.identifiers import II, spid
from fixtures.epr.message import Http, Message
from fixtures.epr.queries import find_documents, get_documents, stored_query
from fixtures.epr.xds import retrieve
from fixtures.suite.trail import Trail

#: stands in a document of ours, and may stand in no record
MARKER: Final = b"eprobe-marker-of-a-document"
TRACE: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


@dataclass(frozen=True)
class Scene:
    """The community, its trail, and what can be done there."""

    community: Community
    trail: Trail

    def does(self, message: Message, patient: RegisteredPatient | None = None, **given: Any) -> Act:
        """Send ``message`` and keep when and what; ``patient`` may be named in the record."""
        ids = (patient.xad_pid, patient.resource_id) if patient else ()
        url = self.community.url(message.transaction)
        return self.trail.act(lambda: self.community.send(message), url, patients=ids, **given)

    def succeeds(self, message: Message, patient: RegisteredPatient | None = None) -> Act:
        """The same; Inconclusive (BASELINE_REFUSED) unless it is accepted."""
        act = self.does(message, patient)
        if why := refusal(act.reply):
            raise Inconclusive(Reason.BASELINE_REFUSED, f"the valid {message.transaction} was refused ({why})")
        return act

    def fails(self, message: Message, patient: RegisteredPatient | None = None, **given: Any) -> Act:
        """The same; Inconclusive (BASELINE_REFUSED) where it is accepted, which other tests judge."""
        act = self.does(message, patient, **given)
        if not refusal(act.reply):
            raise Inconclusive(Reason.BASELINE_REFUSED, f"the {message.transaction} that must fail was accepted")
        return act


Perform = Callable[[Scene], Act]


# --- documents ------------------------------------------------------------------------------------


def _find(role: str, purpose: str = "") -> Perform:
    def perform(scene: Scene) -> Act:
        patient = scene.community.record()
        token = scene.community.token(role, patient, purpose=purpose)
        return scene.succeeds(find_documents(patient.xad_pid, token=token), patient)

    return perform


def find_as_accented_patient(scene: Scene) -> Act:
    """Somebody whose name cannot be written in ASCII."""
    patient = scene.community.record(given="Hélène")
    return scene.succeeds(find_documents(patient.xad_pid, token=scene.community.token("PAT", patient)), patient)


def find_at_home(scene: Scene) -> Act:
    patient = scene.community.record()
    token = scene.community.token("PAT", patient)
    known, home = scene.community.publish(patient, token=token), scene.community.target.home_community_id
    return scene.succeeds(get_documents(token=token, unique_ids=[known.entry.unique_id], home=home), patient)


def find_with_trace(scene: Scene) -> Act:
    patient = scene.community.record()
    query = find_documents(patient.xad_pid, token=scene.community.token("PAT", patient))
    return scene.succeeds(traced(query), patient)


def traced(message: Message) -> Message:
    """The message with the HTTP header traceparent."""

    def edit(http: Http) -> Http:
        return replace(http, headers={**http.headers, "traceparent": TRACE})

    return message.on_the_wire("a traceparent header", edit)


def unknown_query(scene: Scene) -> Act:
    patient = scene.community.record()
    slots = {"$XDSDocumentEntryPatientId": [f"'{patient.xad_pid}'"]}
    token = scene.community.token("PAT", patient)
    return scene.fails(stored_query("urn:uuid:00000000-0000-4000-8000-000000000000", slots, token=token), patient)


def find_without_assertion(scene: Scene) -> Act:
    patient = scene.community.record()
    query = find_documents(patient.xad_pid, token=scene.community.token("PAT", patient))
    return scene.fails(query.with_security(b"", "without assertion"), patient, believed=False)


def find_with_forged_assertion(scene: Scene) -> Act:
    patient = scene.community.record()
    token = scene.community.token("HCP", patient)
    query = find_documents(patient.xad_pid, token=token)
    forged = query.with_security(token.replace(b'"NORM"', b'"EMER"'), "another purpose of use in the signed assertion")
    return scene.fails(forged, patient, believed=False)


def _provide(role: str) -> Perform:
    def perform(scene: Scene) -> Act:
        patient = scene.community.record()
        token = scene.community.token(role, patient)
        sent = scene.community.submission(patient, token=token, content=b"%PDF-1.4 " + MARKER)
        return scene.succeeds(sent.message, patient)

    return perform


def provide_for_unknown(scene: Scene) -> Act:
    patient = scene.community.record()
    nobody = replace(patient, mpi_pid=new_oid().rpartition(".")[2])
    token = scene.community.token("PAT", patient)
    return scene.fails(scene.community.submission(nobody, token=token).message, nobody)


def register(scene: Scene) -> Act:
    patient = scene.community.record()
    token = scene.community.token("PAT", patient)
    return scene.succeeds(scene.community.submission(patient, token=token, transaction="ITI-42").message, patient)


def register_for_unknown(scene: Scene) -> Act:
    patient = scene.community.record()
    nobody = replace(patient, mpi_pid=new_oid().rpartition(".")[2])
    token = scene.community.token("PAT", patient)
    return scene.fails(scene.community.submission(nobody, token=token, transaction="ITI-42").message, nobody)


def retrieve_two(scene: Scene) -> Act:
    patient = scene.community.record()
    token = scene.community.token("PAT", patient)
    known = [scene.community.publish(patient, token=token, content=b"%%PDF-1.4 %d" % number) for number in (1, 2)]
    return scene.succeeds(retrieve([each.request for each in known], token=token), patient)


def retrieve_mixed(scene: Scene) -> Act:
    patient = scene.community.record()
    token = scene.community.token("PAT", patient)
    known = scene.community.publish(patient, token=token).request
    unknown = replace(known, document_unique_id=new_oid())
    return scene.fails(retrieve([known, unknown], token=token), patient)


def retrieve_unknown(scene: Scene) -> Act:
    patient = scene.community.record()
    token = scene.community.token("PAT", patient)
    known = scene.community.publish(patient, token=token).request
    return scene.fails(retrieve([replace(known, document_unique_id=new_oid())], token=token), patient)


# --- patients -------------------------------------------------------------------------------------


def add_patient(scene: Scene) -> Act:
    return scene.succeeds(add(scene.community.invented_patient(), scene.community.addressing))


def revise_patient(scene: Scene) -> Act:
    patient = scene.community.patient()
    return scene.succeeds(revise(patient, scene.community.addressing))


def merge_patients(scene: Scene) -> Act:
    survivor = scene.community.patient()
    duplicate = replace(survivor, local_id=_local_id())
    scene.community.accepted(lambda: add(duplicate, scene.community.addressing))
    return scene.succeeds(merge(survivor, duplicate.local_id, scene.community.addressing))


def merge_with_unknown(scene: Scene) -> Act:
    return scene.fails(merge(scene.community.patient(), _local_id(), scene.community.addressing))


def pix(scene: Scene) -> Act:
    local = II(scene.community.target.domains.local, scene.community.patient().local_id)
    return scene.succeeds(pix_query(local, scene.community.addressing))


def pix_for_unknown(scene: Scene) -> Act:
    local = II(scene.community.target.domains.local, _local_id())
    return scene.fails(pix_query(local, scene.community.addressing))


def pdq_by_id(scene: Scene) -> Act:
    return scene.succeeds(by_id(spid(scene.community.patient().spid), addressing=scene.community.addressing))


def pdq_by_name(scene: Scene) -> Act:
    patient = scene.community.patient()
    return scene.succeeds(by_name(patient.family, patient.given, addressing=scene.community.addressing))


def pdq_malformed(scene: Scene) -> Act:
    patient = scene.community.patient()
    query = by_name(patient.family, birth_time=patient.birth_date, addressing=scene.community.addressing)
    return scene.fails(query.with_attribute("//hl7:livingSubjectBirthTime/hl7:value", "value", "1999-01-01"))


def _local_id() -> str:
    return f"A{random.SystemRandom().randrange(10**12):012d}"


#: by name: the transaction, and how it is done
ACTS: Final[dict[str, tuple[str, Perform]]] = {
    "find documents": ("ITI-18", _find("HCP")),
    "find documents in an emergency": ("ITI-18", _find("HCP", "EMER")),
    "find documents as assistant": ("ITI-18", _find("ASS")),
    "find documents as patient": ("ITI-18", _find("PAT")),
    "find documents as Hélène": ("ITI-18", find_as_accented_patient),
    "find documents as representative": ("ITI-18", _find("REP")),
    "get documents at home": ("ITI-18", find_at_home),
    "find documents with trace": ("ITI-18", find_with_trace),
    "unknown stored query": ("ITI-18", unknown_query),
    "find documents without assertion": ("ITI-18", find_without_assertion),
    "find documents with forged assertion": ("ITI-18", find_with_forged_assertion),
    "provide": ("ITI-41", _provide("PAT")),
    "provide as professional": ("ITI-41", _provide("HCP")),
    "provide as technical user": ("ITI-41", _provide("TCU")),
    "provide for an unknown patient": ("ITI-41", provide_for_unknown),
    "register": ("ITI-42", register),
    "register for an unknown patient": ("ITI-42", register_for_unknown),
    "retrieve two documents": ("ITI-43", retrieve_two),
    "retrieve one document of two": ("ITI-43", retrieve_mixed),
    "retrieve an unknown document": ("ITI-43", retrieve_unknown),
    "add": ("ITI-44", add_patient),
    "revise": ("ITI-44", revise_patient),
    "merge": ("ITI-44", merge_patients),
    "merge with an unknown id": ("ITI-44", merge_with_unknown),
    "pix query": ("ITI-45", pix),
    "pix query for an unknown id": ("ITI-45", pix_for_unknown),
    "pdq by id": ("ITI-47", pdq_by_id),
    "pdq by name": ("ITI-47", pdq_by_name),
    "malformed pdq": ("ITI-47", pdq_malformed),
}
