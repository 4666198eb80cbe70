"""A source of patients on the FHIR API: what tests about ITI-83, ITI-104 and ITI-119 share."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fixtures.checks.expect import expect
from fixtures.checks.fhirpath import evaluate
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community
from fixtures.epr import fhir_patients
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.people.patients import Patient, unique_family


@dataclass(frozen=True)
class Source:
    """One of our systems, its domain, and the calls it makes."""

    community: Community
    domain: str
    rng: random.Random

    def invented(self, **wanted: Any) -> Patient:
        """Somebody with a family name nobody else has."""
        return self.community.invented_patient(**{"family": self.family(), **wanted})

    def family(self) -> str:
        return unique_family(self.rng)

    def foreign(self) -> "Source":
        """The second system of the target file, whose patients are not ours."""
        domain = self.community.target.domains.other_local
        if not domain:
            raise Skipped(Reason.NEEDS_CERTIFICATE, f"[domains] of {self.community.target.path} has no other_local")
        return Source(self.community, domain, self.rng)

    def basic(self, call: Call) -> Call:
        return self.community.fhir.basic(call)

    def feed(self, patient: Patient) -> Call:
        return self.basic(fhir_patients.feed(patient, self.domain))

    def subsume(self, patient: Patient, survivor: str) -> Call:
        return self.basic(fhir_patients.subsume(patient, self.domain, survivor))

    def cross_reference(self, patient: Patient) -> Call:
        return self.basic(fhir_patients.cross_reference(self.domain, patient.local_id))

    def send(self, call: Call, *, baseline: Call | None = None) -> RestReply:
        return self.community.fhir.send(call, baseline=baseline)

    def fed(self, *patients: Patient) -> None:
        """Register these, and demand that they are taken."""
        for patient in patients:
            self.community.fhir.accepted(self.feed(patient))

    def told(self, reply: RestReply) -> Sequence[Any]:
        """The identifiers an answer of ITI-83 tells."""
        return evaluate(reply.resource or {}, "parameter.value.value")

    def refused_or_dropped(self, reply: RestReply, patient: Patient, path: str) -> None:
        """The feed is refused, or ITI-119 does not tell what is at ``path`` of the patient."""
        if reply.status >= 400:
            expect(reply).is_refused(422, 400)
            return
        found = self.send(self.basic(fhir_patients.match(spid=patient.spid)))
        expect(found).is_ok().lacks(f"entry.resource.ofType(Patient).{path}")
