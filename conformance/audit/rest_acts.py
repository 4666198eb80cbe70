"""RESTful exchanges whose audit records are judged, each about a patient of its own; :data:`REST_ACTS` names them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from conformance.fhir.directory import Directory, Feeder
from conformance.fhir.policies import Consents
from conformance.fhir.shelf import DOCUMENT, LIST, Shelf
from fixtures.audit import Arrival
from fixtures.checks.fhirpath import evaluate
from fixtures.checks.rest_audit import RestAct, RestRecorded, is_restful, of_trace, records_of
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, RegisteredPatient
from fixtures.client.fhir import refusal
from fixtures.epr import fhir_directory
from fixtures.epr.atna_read import AuditRecord
from fixtures.epr.fhir_audit import assertion_token
from fixtures.epr.fhir_documents import update_all
from fixtures.epr.fhir_json import values
from fixtures.epr.fhir_patients import cross_reference, feed, match, token
from fixtures.epr.fhir_policies import adding
from fixtures.epr.names import EPR_SPID, cx
from fixtures.epr.rest import Call
from fixtures.policy.consent import consent
from fixtures.suite.trail import Trail


@dataclass(frozen=True)
class RestScene:
    """The community, its audit trail, and what can be done there."""

    community: Community
    trail: Trail

    def does(self, call: Call, action: str, *, is_refused: bool = False, **facts: Any) -> RestAct:
        """Send it; Inconclusive (BASELINE_REFUSED) where it is refused and must not be, or the other way round."""
        began = datetime.now(UTC)
        reply = self.community.fhir.send(call)
        if bool(why := refusal(reply)) is not is_refused:
            raise Inconclusive(Reason.BASELINE_REFUSED, f"{call.transaction}: {why or 'accepted and must not be'}")
        url = self.community.fhir.base(call.transaction)
        return RestAct(reply, url, began, datetime.now(UTC), action, is_refused=is_refused, **facts)

    def recorded(self, act: RestAct) -> RestRecorded:
        """Its records, awaited. Inconclusive (NEEDS_READ_CHANNEL) where no RESTful record has ever come."""
        arrived = self.trail.wait(lambda found: len(of_trace(act, _records(found))) >= act.times, act.began)
        if not self._is_open():
            why = "no record of a RESTful transaction has come: by syslog, or as AuditEvent where [audit] takes these"
            raise Inconclusive(Reason.NEEDS_READ_CHANNEL, why)
        return RestRecorded(act, tuple(records_of(act, _records(arrived))))

    def _is_open(self) -> bool:
        """Has any come? A feed of somebody else shows it where none has so far."""
        local = self.community.target.domains.local
        if not any(map(is_restful, _records(self.trail.arrivals))) and self.community.claims("ITI-104"):
            began = datetime.now(UTC)
            self.community.fhir.accepted(self.community.fhir.basic(feed(self.community.invented_patient(), local)))
            self.trail.wait(lambda found: any(map(is_restful, _records(found))), began)
        return any(map(is_restful, _records(self.trail.arrivals)))

    def extended(self, call: Call, patient: RegisteredPatient, role: str = "HCP") -> Call:
        """The call with an extended token, or with an X-User Assertion over mutual TLS."""
        if self.community.claims("ITI-71"):
            return call.with_token(self.community.fhir.token(role, patient))
        return replace(call.with_token(assertion_token(self.community.token(role, patient))), by_node=True)

    def user(self, role: str) -> dict[str, Any]:
        """A professional or assistant, as the record names one."""
        return {"role": role, "user": self.community.user(role).gln, "purpose": "NORM"}


def _records(arrivals: list[Arrival]) -> list[AuditRecord]:
    return [arrival.record for arrival in arrivals if arrival.record is not None]


def _forms(domain: str, value: str) -> tuple[str, ...]:
    return value, cx(value, domain), token(domain, value)


Perform = Callable[[RestScene], RestAct]


# --- patients -------------------------------------------------------------------------------------


def resolve(scene: RestScene) -> RestAct:
    patient, domain = scene.community.patient(), scene.community.target.domains.local
    call = scene.community.fhir.basic(cross_reference(domain, patient.local_id))
    return scene.does(call, "E", patients=_forms(domain, patient.local_id), query=("$ihe-pix", patient.local_id))


def resolve_unknown(scene: RestScene) -> RestAct:
    unknown, domain = scene.community.invented_patient().local_id, scene.community.target.domains.local
    call = scene.community.fhir.basic(cross_reference(domain, unknown))
    asked = ("$ihe-pix", unknown)
    return scene.does(call, "E", is_refused=True, patients=_forms(domain, unknown), query=asked)


def resolve_without_trace(scene: RestScene) -> RestAct:
    patient, domain = scene.community.patient(), scene.community.target.domains.local
    call = scene.community.fhir.basic(cross_reference(domain, patient.local_id)).without_header("traceparent")
    return scene.does(call, "E", patients=_forms(domain, patient.local_id), query=("$ihe-pix", patient.local_id))


def _feed(*, is_known: bool) -> Perform:
    def perform(scene: RestScene) -> RestAct:
        patient, domain = scene.community.invented_patient(), scene.community.target.domains.local
        call = scene.community.fhir.basic(feed(patient, domain))
        if is_known:
            scene.community.fhir.accepted(call)
        return scene.does(call, "U" if is_known else "C", patients=_forms(domain, patient.local_id))

    return perform


def find_match(scene: RestScene) -> RestAct:
    patient = scene.community.patient()
    return scene.does(scene.community.fhir.basic(match(spid=patient.spid)), "E", query=(patient.spid,))


# --- documents ------------------------------------------------------------------------------------


def _find(scene: RestScene, patient: RegisteredPatient, spid: str = "", role: str = "HCP") -> Call:
    wanted = (("patient.identifier", token(EPR_SPID, spid or patient.spid)), ("status", "current"))
    return scene.extended(Call("ITI-67", "GET", "DocumentReference", wanted), patient, role)


def _found_by(role: str) -> Perform:
    def perform(scene: RestScene) -> RestAct:
        patient = scene.community.record()
        forms, asked = _forms(EPR_SPID, patient.spid), ("DocumentReference", patient.spid)
        call = _find(scene, patient, role=role)
        return scene.does(call, "E", patients=forms, query=asked, **scene.user(role))

    return perform


def find_of_another(scene: RestScene) -> RestAct:
    """The token is for another patient."""
    patient, other = scene.community.record(), scene.community.record()
    forms = (*_forms(EPR_SPID, other.spid), *_forms(EPR_SPID, patient.spid))
    asked = ("DocumentReference", other.spid)
    return scene.does(_find(scene, patient, other.spid), "E", is_refused=True, patients=forms, query=asked)


def read(scene: RestScene) -> RestAct:
    patient = scene.community.record()
    scene.community.publish(patient)
    found = scene.community.fhir.accepted(_find(scene, patient))
    urls = evaluate(found.resource or {}, "entry.resource.ofType(DocumentReference).content.attachment.url")
    if not urls:
        raise Inconclusive(Reason.BASELINE_REFUSED, "ITI-67 does not find the document that was published")
    call = scene.extended(Call("ITI-68", "GET", str(urls[0])), patient)
    name = str(urls[0]).rpartition("/")[2]
    return scene.does(call, "R", patients=_forms(EPR_SPID, patient.spid), data=name, **scene.user("HCP"))


def provide(scene: RestScene) -> RestAct:
    shelf = Shelf(scene.community, scene.community.record(), "HCP")
    call = shelf.fresh()
    (usual,) = values(dict(call.resource or {}), f"{LIST}.identifier[use=usual].value")
    package = str(usual).removeprefix("urn:oid:")
    return scene.does(call, "C", patients=_forms(EPR_SPID, shelf.patient.spid), data=package, **scene.user("HCP"))


def update(scene: RestScene) -> RestAct:
    shelf = Shelf(scene.community, scene.community.record(), "HCP")
    before = shelf.resource(shelf.publish())
    facts = {"data": f"DocumentReference/{before['id']}", **scene.user("HCP")}
    return scene.does(shelf.update(before), "U", patients=_forms(EPR_SPID, shelf.patient.spid), **facts)


def update_two(scene: RestScene) -> RestAct:
    """Two documents in one Bundle: an event for each."""
    shelf = Shelf(scene.community, scene.community.record(), "HCP")
    known = [shelf.resource(shelf.publish(content=b"%%PDF-1.4 %d" % number)) for number in range(2)]
    call = update_all(known, token=shelf.token())
    forms = _forms(EPR_SPID, shelf.patient.spid)
    return scene.does(call, "U", patients=forms, data="DocumentReference/", times=2, **scene.user("HCP"))


def provide_misshapen(scene: RestScene) -> RestAct:
    """A DocumentReference without status."""
    shelf = Shelf(scene.community, scene.community.record(), "HCP")
    call = shelf.fresh().without(f"{DOCUMENT}.status")
    return scene.does(call, "C", is_refused=True, patients=_forms(EPR_SPID, shelf.patient.spid))


# --- policies -------------------------------------------------------------------------------------


def _policies(scene: RestScene) -> Consents:
    return Consents(scene.community, scene.community.record())


def find_consents(scene: RestScene) -> RestAct:
    held = _policies(scene)
    asked = ("Consent", held.spid)
    facts = {"query": asked, **_as_patient(held)}
    return scene.does(held.consents_of(held.spid), "E", patients=_forms(EPR_SPID, held.spid), **facts)


def _as_patient(held: Consents) -> dict[str, Any]:
    """Who feeds and reads these, as the record names him."""
    return {"role": "PAT", "user": held.spid, "purpose": "NORM"}


def _consent(action: str) -> Perform:
    def perform(scene: RestScene) -> RestAct:
        held = _policies(scene)
        right = held.right()
        if action != "C":
            scene.community.fhir.accepted(held.posting(right))
        made = {"C": held.posting, "U": held.putting, "D": lambda one: held.removing(one.id)}
        facts = {"data": right.id, **_as_patient(held)}
        return scene.does(made[action](right), action, patients=_forms(EPR_SPID, held.spid), **facts)

    return perform


def add_consent_without_trace(scene: RestScene) -> RestAct:
    held = _policies(scene)
    right = held.right()
    call = held.posting(right).without_header("traceparent")
    return scene.does(call, "C", patients=_forms(EPR_SPID, held.spid), data=right.id)


def add_consents(scene: RestScene) -> RestAct:
    """Three policy sets in one Bundle: an event for each."""
    held = _policies(scene)
    rights = [held.right(), held.right(who="7601999100219"), held.right(who="7601999100226")]
    call = held.bundling(*(adding(consent(one)) for one in rights))
    facts = {"data": "urn:uuid:", "times": 3, "each": tuple(one.id for one in rights), **_as_patient(held)}
    return scene.does(call, "C", patients=_forms(EPR_SPID, held.spid), **facts)


# --- directory ------------------------------------------------------------------------------------


def _directory(scene: RestScene, path: str) -> Call:
    return scene.community.fhir.basic(Call("ITI-90", "GET", path))


def search_directory(scene: RestScene) -> RestAct:
    return scene.does(_directory(scene, "Organization"), "E", query=("/Organization",))


def read_directory(scene: RestScene) -> RestAct:
    found = scene.community.fhir.accepted(_directory(scene, "Organization"))
    ids = evaluate(found.resource or {}, "entry.resource.ofType(Organization).id")
    if not ids:
        raise Inconclusive(Reason.BASELINE_REFUSED, "ITI-90 finds no Organization")
    return scene.does(_directory(scene, f"Organization/{ids[0]}"), "R", data=f"Organization/{ids[0]}")


def _organization(action: str) -> Perform:
    def perform(scene: RestScene) -> RestAct:
        feeder = Feeder(Directory(scene.community))
        new = feeder.organization()
        if action == "C":
            act = scene.does(feeder.call(fhir_directory.create(new)), "C", data="Organization")
        else:
            known = feeder.kept(new)
            made = {"U": fhir_directory.update(known), "D": fhir_directory.delete("Organization", known["id"])}
            act = scene.does(feeder.call(made[action]), action, data=f"Organization/{known['id']}")
        feeder.clear()
        return act

    return perform


def two_organizations(scene: RestScene) -> RestAct:
    """Two of them in one Bundle: an event for each."""
    feeder = Feeder(Directory(scene.community))
    known = [feeder.kept(feeder.organization()) for _ in range(2)]
    bundle = fhir_directory.transaction(*(fhir_directory.entry(fhir_directory.update(one)) for one in known))
    act = scene.does(feeder.call(bundle), "U", data="Organization/", times=2)
    feeder.clear()
    return act


#: by name: the transactions that are needed, and how it is done
REST_ACTS: Final[dict[str, tuple[tuple[str, ...], Perform]]] = {
    "cross-reference": (("ITI-83",), resolve),
    "cross-reference of an unknown id": (("ITI-83",), resolve_unknown),
    "cross-reference without trace": (("ITI-83",), resolve_without_trace),
    "new patient": (("ITI-104",), _feed(is_known=False)),
    "known patient": (("ITI-104",), _feed(is_known=True)),
    "match": (("ITI-119",), find_match),
    "find references": (("ITI-67",), _found_by("HCP")),
    "find references by an assistant": (("ITI-67",), _found_by("ASS")),
    "find references of another patient": (("ITI-67",), find_of_another),
    "find policy sets": (("PPQ-5",), find_consents),
    "new policy set": (("PPQ-3",), _consent("C")),
    "change of a policy set": (("PPQ-3",), _consent("U")),
    "end of a policy set": (("PPQ-3",), _consent("D")),
    "new policy set without trace": (("PPQ-3",), add_consent_without_trace),
    "three policy sets": (("PPQ-4",), add_consents),
    "search of the directory": (("ITI-90",), search_directory),
    "read of the directory": (("ITI-90",), read_directory),
    "new organization": (("ITI-130",), _organization("C")),
    "change of an organization": (("ITI-130",), _organization("U")),
    "end of an organization": (("ITI-130",), _organization("D")),
    "two organizations": (("ITI-130",), two_organizations),
    "misshapen documents": (("ITI-65",), provide_misshapen),
    "provide documents": (("ITI-65",), provide),
    "update of a document": (("CH:MHD-1", "ITI-65", "ITI-67"), update),
    "update of two documents": (("CH:MHD-1", "ITI-65", "ITI-67"), update_two),
    "read document": (("ITI-67", "ITI-68", "ITI-41"), read),
}
