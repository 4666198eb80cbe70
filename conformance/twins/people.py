"""A patient as both faces tell of one: identifiers and demographics, in one form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance.fhir.patients import Source
from conformance.patients.systems import PrimarySystem, named
from conformance.twins.agreement import Facts, Views
from fixtures.checks.fhirpath import evaluate
from fixtures.epr.fhir_patients import cross_reference, match
from fixtures.epr.hl7v3_read import FoundPatient, Unreadable, pdq_response, pix_response
from fixtures.epr.message import Reply
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest_reply import RestReply
from fixtures.people.patients import Patient

#: codes of HL7 V3 by those of FHIR
_GENDERS: Final = {"female": "F", "male": "M", "other": "UN"}


@dataclass(frozen=True)
class Pair:
    """The primary system of the target file, in front of both faces."""

    source: Source
    clinic: PrimarySystem

    def identifiers(self, patient: Patient) -> Views:
        """What the local id of a patient leads to, by ITI-83 and ITI-45."""
        mpi = self.source.community.target.domains.mpi
        query = cross_reference(self.source.domain, patient.local_id, mpi, EPR_SPID)
        reply = self.source.send(self.source.basic(query))
        return Views(reply, _resolved(reply), self._resolved(self.clinic.pix(self.clinic.local(patient))))

    def by_spid(self, patient: Patient) -> Views:
        """Who has the EPR-SPID, by ITI-119 and ITI-47."""
        reply = self.source.send(self.source.basic(match(spid=patient.spid)))
        return self._one(reply, self.clinic.look_up(patient))

    def by_name(self, patient: Patient) -> Views:
        """Who has these names and birth date, by ITI-119 and ITI-47."""
        query = match(family=patient.family, given=patient.given, birth_date=patient.birth_date)
        found = self.clinic.pdq(names=named(patient.family, patient.given), birth_time=patient.birth_date)
        return self._one(self.source.send(self.source.basic(query)), found)

    def _one(self, fhir: RestReply, soap: Reply) -> Views:
        domains = (self.source.community.target.domains.mpi, EPR_SPID)
        people = evaluate(fhir.resource or {}, "entry.resource.ofType(Patient)") if fhir.status == 200 else []
        return Views(
            fhir,
            _only([_of_fhir(person, domains) for person in people]),
            _only([_of_v3(person, domains) for person in _found(soap)]),
        )

    def _resolved(self, reply: Reply) -> Facts:
        try:
            answer = pix_response(reply)
        except Unreadable:
            return {}
        domains = (self.source.community.target.domains.mpi, EPR_SPID)
        return {domain: found for domain in domains if (found := sorted(answer.identifiers(domain)))}


def _resolved(reply: RestReply) -> Facts:
    told: dict[str, list[str]] = {}
    for one in evaluate(reply.resource or {}, "parameter.value") if reply.status == 200 else []:
        told.setdefault(_oid(one), []).append(str(one.get("value")))
    return {domain: sorted(values) for domain, values in told.items()}


def _found(reply: Reply) -> Sequence[FoundPatient]:
    try:
        return pdq_response(reply).patients
    except Unreadable:
        return ()


def _only(people: list[dict[str, Any]]) -> Facts:
    """The one who was found; how many, where it is not one."""
    return people[0] if len(people) == 1 else {"found": len(people)} if people else {}


# --- one form -------------------------------------------------------------------------------------


def _of_v3(person: FoundPatient, domains: Sequence[str]) -> dict[str, Any]:
    names = {name.is_birth_name: name for name in reversed(person.names)}
    legal = names.get(False)
    return {
        **{domain: sorted(person.identifiers(domain)) for domain in domains},
        "family": legal.family if legal else "",
        "given": " ".join(legal.given) if legal else "",
        "birth name": person.birth_name,
        "gender": person.gender if person.gender in _GENDERS.values() else "",
        "birth date": person.birth_time[:8],
        "addresses": sorted((one.street, one.postal_code, one.city) for one in person.addresses),
    }


def _of_fhir(person: dict[str, Any], domains: Sequence[str]) -> dict[str, Any]:
    ids = person.get("identifier", ())
    names = {_is_birth_name(name): name for name in reversed(person.get("name", []))}
    legal, born = names.get(False, {}), names.get(True, {})
    return {
        **{domain: sorted({str(one.get("value")) for one in ids if _oid(one) == domain}) for domain in domains},
        "family": legal.get("family", ""),
        "given": " ".join(legal.get("given", ())),
        "birth name": born.get("family", ""),
        "gender": _GENDERS.get(str(person.get("gender")), ""),
        "birth date": str(person.get("birthDate", "")).replace("-", ""),
        "addresses": sorted(
            (" ".join(one.get("line", ())), one.get("postalCode", ""), one.get("city", ""))
            for one in person.get("address", ())
        ),
    }


def _is_birth_name(name: dict[str, Any]) -> bool:
    extensions = (name.get("_family") or {}).get("extension", ())
    return any(one.get("valueCode") == "BR" for one in extensions)


def _oid(identifier: dict[str, Any]) -> str:
    return str(identifier.get("system", "")).removeprefix("urn:oid:")
