"""The policy sets of a patient on the FHIR API: what tests about PPQ-3, PPQ-4 and PPQ-5 share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance.policies.records import Record
from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.epr import fhir_policies
from fixtures.epr.fhir_json import values
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.policy.consent import consent
from fixtures.policy.consent_read import id_of, policy_of
from fixtures.policy.patient_policy import PatientPolicy


@dataclass(frozen=True)
class Consents(Record):
    """A record whose policy sets are fed and read as Consents; the patient does so where nobody else is named."""

    def access(self, who: str = "PAT") -> str:
        """An extended access token for this record, of a user by role or of another professional ("colleague")."""
        user = self.colleague if who == "colleague" else None
        return self.community.fhir.token("HCP" if user else who, self.patient, user=user)

    def right(self, **wanted: Any) -> PatientPolicy:
        """A right of somebody (301) with an id of its own."""
        return self.policy("301", wanted.pop("reference", "access-level:normal"), **wanted)

    # --- calls ----------------------------------------------------------------------------------

    def posting(self, policy: PatientPolicy, by: str = "PAT") -> Call:
        return fhir_policies.add(consent(policy), token=self.access(by))

    def putting(self, policy: PatientPolicy, by: str = "PAT") -> Call:
        return fhir_policies.put(consent(policy), policy.id, token=self.access(by))

    def removing(self, id_: str, by: str = "PAT") -> Call:
        return fhir_policies.delete(id_, token=self.access(by))

    def bundling(self, *entries: Mapping[str, Any], by: str = "PAT") -> Call:
        return fhir_policies.bundle(entries, token=self.access(by))

    def consents_of(self, spid: str, by: str = "PAT") -> Call:
        return fhir_policies.by_patient(spid, token=self.access(by))

    def consent_with(self, id_: str, by: str = "PAT") -> Call:
        return fhir_policies.by_id(id_, token=self.access(by))

    def send(self, call: Call, *, baseline: Call | None = None) -> RestReply:
        return self.community.fhir.send(call, baseline=baseline)

    def feeding(self, template: str) -> Call:
        """A valid feed: of a new policy set, or, of a template that is there once, of the stored one as it is."""
        if template in ("201", "202", "203"):
            return self.putting(self.stored(template), by="PADM")
        return self.posting(self.policy(template))

    def take_back(self, fed: Call) -> None:
        """Delete what a POST has stored in this record, so that it stays short for the tests that share it."""
        resource = fed.resource or {}
        consents = [entry.get("resource", {}) for entry in resource.get("entry", ())] or [resource]
        own = [one for one in consents if (policy := read_back(one)) is not None and policy.spid == self.spid]
        if fed.method == "POST" and "PUT" not in values(resource, "entry[*].request.method"):
            for one in own:
                self.send(self.removing(id_of(one)))

    # --- what is there --------------------------------------------------------------------------

    def consents(self, by: str = "PAT") -> dict[str, Any]:
        """The Consents PPQ-5 shows, by the id of the policy set in lower case.

        Inconclusive (BASELINE_REFUSED) where it does not answer.
        """
        reply = self.send(self.consents_of(self.spid, by))
        if reply.status != 200 or reply.kind != "Bundle":
            raise Inconclusive(Reason.BASELINE_REFUSED, f"PPQ-5 is needed to see what is held: {reply.says}")
        return {id_of(found): found for found in found_in(reply)}

    def stored(self, template: str, by: str = "PAT") -> PatientPolicy:
        """The policy set of a template that is there once; Inconclusive (BASELINE_REFUSED) where none is found."""
        for found in self.consents(by).values():
            if (policy := read_back(found)) is not None and policy.template == template:
                return policy
        raise Inconclusive(Reason.BASELINE_REFUSED, f"PPQ-5 shows no policy set of template {template}")

    def refused(self, call: Call, *statuses: int, baseline: Call, seen_by: str = "PAT", **wanted: Any) -> RestReply:
        """Send a feed that is not allowed: it is refused, and the policy sets of the record are what they were.

        What ``baseline`` stores is no part of that, and is taken back.
        """
        self.community.fhir.accepted(baseline)
        before = self.consents(seen_by)
        reply = self.send(call)
        expect(reply).is_refused(*statuses, **wanted)
        after = self.consents(seen_by)
        expect(reply).meets(before == after, f"the policy sets unchanged: {sorted(before)}", sorted(after))
        self.take_back(baseline)
        return reply


def found_in(reply: RestReply) -> Sequence[Mapping[str, Any]]:
    """The Consents of an answer."""
    return [found for found in reply.resources if found.get("resourceType") == "Consent"]


def says_this(found: Mapping[str, Any] | None, policy: PatientPolicy) -> bool:
    """Whether a Consent that came back says what ``policy`` says."""
    return found is not None and read_back(found) == policy


def read_back(found: Mapping[str, Any]) -> PatientPolicy | None:
    """What a Consent says, None where it says no policy set."""
    try:
        return policy_of(found)
    except ValueError:
        return None


def says_all(found: Mapping[str, Any] | None, policy: PatientPolicy) -> bool:
    """The same, and for whom and for what as its template has it: role, type of identifier and purposes."""
    return says_this(found, policy) and _template(found or {}) == _template(consent(policy))


def _template(found: Mapping[str, Any]) -> list[list[str]]:
    return [sorted(map(str, values(dict(found), path))) for path in _OF_TEMPLATE]


_OF_TEMPLATE: Final = (
    "policyRule.coding[0].code",
    "provision.actor[*].role.coding[0].code",
    "provision.actor[*].reference.identifier.type.coding[0].code",
    "provision.actor[*].reference.display",
    "provision.purpose[*].code",
)
