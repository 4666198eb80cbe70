"""The policy sets of a patient on the FHIR API: what tests about PPQ-3, PPQ-4 and PPQ-5 share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.policies.records import Record
from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.epr import fhir_policies
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

    # --- what is there --------------------------------------------------------------------------

    def consents(self, by: str = "PAT") -> dict[str, Any]:
        """The Consents PPQ-5 shows, by the id of the policy set in lower case.

        Inconclusive (BASELINE_REFUSED) where it does not answer.
        """
        reply = self.send(self.consents_of(self.spid, by))
        if reply.status != 200 or reply.kind != "Bundle":
            raise Inconclusive(Reason.BASELINE_REFUSED, f"PPQ-5 is needed to see what is held: {reply.says}")
        return {id_of(found): found for found in found_in(reply)}

    def refused(self, call: Call, *statuses: int, baseline: Call, **wanted: Any) -> RestReply:
        """Send a feed that is not allowed: it is refused, and the policy sets of the record are what they were.

        What ``baseline`` stores is no part of that.
        """
        self.community.fhir.accepted(baseline)
        before = self.consents()
        reply = self.send(call)
        expect(reply).is_refused(*statuses, **wanted)
        after = self.consents()
        expect(reply).meets(before == after, f"the policy sets unchanged: {sorted(before)}", sorted(after))
        return reply


def found_in(reply: RestReply) -> Sequence[Mapping[str, Any]]:
    """The Consents of an answer."""
    return [found for found in reply.resources if found.get("resourceType") == "Consent"]


def says_this(found: Mapping[str, Any] | None, policy: PatientPolicy) -> bool:
    """Whether a Consent that came back says what ``policy`` says."""
    try:
        return found is not None and policy_of(found) == policy
    except ValueError:
        return False
