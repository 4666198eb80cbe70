"""PPQ-3: a Consent that breaks PpqmConsent is refused, and nothing is stored (CH EPR FHIR 5.0.0)."""

from collections.abc import Callable, Mapping

import pytest

from conformance.fhir.policies import Consents
from fixtures.epr.policy_names import POLICIES
from fixtures.epr.rest import Call
from fixtures.policy.consent import IDENTIFIER_TYPE
from fixtures.suite import requirement

TEMPLATE = "identifier[1]"
_SECOND = {"type": {"coding": [{"system": IDENTIFIER_TYPE, "code": "templateId"}]}, "value": "304"}
#: what is wrong -> the change that makes it so
CHANGES: Mapping[str, Callable[[Call], Call]] = {
    "unknown-template": lambda call: call.with_value(f"{TEMPLATE}.value", "999"),
    "no-template": lambda call: call.without(TEMPLATE),
    "two-templates": lambda call: call.with_item("identifier", _SECOND),
    "no-uuid": lambda call: call.with_value("identifier[0].value", "urn:oid:2.999.1"),
    "inactive": lambda call: call.with_value("status", "inactive"),
    "provision-type": lambda call: call.with_value("provision.type", "permit"),
    "date-time": lambda call: call.with_value("dateTime", "2026-01-01"),
    "timestamp-in-period": lambda call: call.with_value("provision.period", {"end": "2099-12-31T00:00:00Z"}),
    "other-role": lambda call: call.with_value("provision.actor[0].role.coding[0].code", "REP"),
    "other-purpose": lambda call: call.with_value("provision.purpose[0].code", "EMER"),
    "other-reference": lambda call: call.with_value("policyRule.coding[0].code", f"{POLICIES}access-level:full"),
}


@requirement("FHIR-PPQ3-008")
@pytest.mark.transaction("PPQ-3", "PPQ-5")
@pytest.mark.parametrize("change", CHANGES)
def test_a_consent_that_breaks_its_profile_is_refused(opened: Consents, change: str) -> None:
    changed = CHANGES[change](opened.posting(opened.right(who="7601999100219")))
    opened.refused(changed, 422, 400, baseline=opened.posting(opened.right()))
