"""A record with one document, found and retrieved over the FHIR API."""

from dataclasses import dataclass
from typing import Any

from fixtures.checks.fhirpath import evaluate
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, Published, RegisteredPatient
from fixtures.epr.rest import Call
from security.bearer.forging import documents


@dataclass(frozen=True)
class Drawer:
    """A patient with one document, which a professional may read."""

    community: Community
    patient: RegisteredPatient
    published: Published

    def token(self, role: str = "HCP") -> str:
        return self.community.fhir.token(role, self.patient)

    @property
    def secrets(self) -> list[str | bytes]:
        return [self.published.entry.unique_id, self.published.content]

    def search(self, role: str = "HCP") -> Call:
        """ITI-67, by a user of this role."""
        return documents(self.patient, self.token(role))

    def retrieval(self, role: str = "HCP", *, seen_by: str = "HCP") -> Call:
        """ITI-68, by a user of this role; the URL is what ``seen_by`` finds."""
        reply = self.community.fhir.accepted(self.search(seen_by))
        named = f"entry.resource.where(masterIdentifier.value.contains('{self.published.entry.unique_id}'))"
        urls = evaluate(reply.resource, f"{named}.content.attachment.url")
        if not urls:
            raise Inconclusive(Reason.BASELINE_REFUSED, f"ITI-67 does not find {self.published.entry.unique_id}")
        return Call("ITI-68", "GET", str(urls[0]), headers={"Accept": "*/*"}, token=self.token(role))


def filled(community: Community, role: str = "HCP", **entry: Any) -> Drawer:
    patient = community.record()
    return Drawer(community, patient, community.publish(patient, token=community.token(role, patient), **entry))
