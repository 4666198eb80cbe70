"""Consents that break PpqmConsent or the profile of their template in one point (CH EPR FHIR 5.0.0), by what is wrong.

Each case: the template, and the change of a valid Consent. "urn:oid:2.16.756.5.32" are the numbers of the AHV.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fixtures.epr.policy_names import POLICIES, QUALIFIER
from fixtures.epr.rest import Call
from fixtures.policy.consent import IDENTIFIER_TYPE
from fixtures.policy.patient_policy import new_id

Change = Callable[[Call], Call]
Case = tuple[str, Change]

_SET_ID, _TEMPLATE = "identifier[0]", "identifier[1]"
_ACTOR: Final = "provision.actor[0]"
_NAMED: Final = f"{_ACTOR}.reference.identifier"
_AHV: Final = "urn:oid:2.16.756.5.32"
_OTHER_SPID: Final = "761337610000000002"
_PURPOSES: Final = "urn:oid:2.16.756.5.30.1.127.3.10.5"


def with_(path: str, value: Any) -> Change:
    return lambda call: call.with_value(path, value)


def without(path: str) -> Change:
    return lambda call: call.without(path)


def _typed(kind: str, value: str) -> dict[str, Any]:
    return {"type": {"coding": [{"system": IDENTIFIER_TYPE, "code": kind}]}, "value": value}


def _more(kind: str, value: str) -> Change:
    return lambda call: call.with_item("identifier", _typed(kind, value), f"a second {kind}")


def _bare(call: Call) -> Call:
    (value,) = ((call.resource or {})["identifier"][0]["value"],)
    return call.with_value(f"{_SET_ID}.value", value.removeprefix("urn:uuid:"), "a UUID without urn:uuid:")


POLICY_SET_ID: Final[Mapping[str, Case]] = {
    "missing": ("301", without(_SET_ID)),
    "twice": ("301", _more("policySetId", new_id())),
    "no-uuid": ("301", with_(f"{_SET_ID}.value", "urn:oid:2.999.1")),
    "bare-uuid": ("301", _bare),
    "with-system": ("301", with_(f"{_SET_ID}.system", "urn:ietf:rfc:3986")),
}
TEMPLATE_ID: Final[Mapping[str, Case]] = {
    "missing": ("301", without(_TEMPLATE)),
    "twice": ("301", _more("templateId", "304")),
    "305": ("301", with_(f"{_TEMPLATE}.value", "305")),
    "999": ("301", with_(f"{_TEMPLATE}.value", "999")),
    "302-on-301": ("301", with_(f"{_TEMPLATE}.value", "302")),
}
STATUS_SCOPE_CATEGORY: Final[Mapping[str, Case]] = {
    "inactive": ("301", with_("status", "inactive")),
    "proposed": ("301", with_("status", "proposed")),
    "research": ("301", with_("scope.coding[0].code", "research")),
    "no-category": ("301", without("category")),
    "other-category": ("301", with_("category[0].coding[0].code", "IDSCL")),
}
PATIENT: Final[Mapping[str, Case]] = {
    "literal-reference": ("301", with_("patient", {"reference": "Patient/1"})),
    "ahv": ("301", with_("patient.identifier.system", _AHV)),
    "no-system": ("301", without("patient.identifier.system")),
}
_CONCEPT: Final = [{"coding": [{"system": "http://loinc.org", "code": "34133-9"}]}]
_SOMEBODY: Final = {"display": "somebody"}
PROHIBITED: Final[Mapping[str, Case]] = {
    "dateTime": ("301", with_("dateTime", "2026-01-01")),
    "performer": ("301", with_("performer", [_SOMEBODY])),
    "organization": ("301", with_("organization", [_SOMEBODY])),
    "sourceAttachment": ("301", with_("sourceAttachment", {"title": "form"})),
    "sourceReference": ("301", with_("sourceReference", {"display": "form"})),
    "policy": ("301", with_("policy", [{"uri": "https://www.fedlex.admin.ch/eli/cc/2017/203"}])),
    "verification": ("301", with_("verification", [{"verified": True}])),
    "type-permit": ("301", with_("provision.type", "permit")),
    "type-deny": ("301", with_("provision.type", "deny")),
    "action": ("301", with_("provision.action", _CONCEPT)),
    "securityLabel": ("301", with_("provision.securityLabel", _CONCEPT[0]["coding"])),
    "class": ("301", with_("provision.class", _CONCEPT[0]["coding"])),
    "code": ("301", with_("provision.code", _CONCEPT)),
    "dataPeriod": ("301", with_("provision.dataPeriod", {"start": "2026-01-01"})),
    "data": ("301", with_("provision.data", [{"meaning": "instance", "reference": _SOMEBODY}])),
    "nested": ("301", with_("provision.provision", [{"purpose": [{"system": _PURPOSES, "code": "EMER"}]}])),
}
_RULE: Final = "policyRule.coding[0]"


def _refers(reference: str) -> Change:
    return with_(f"{_RULE}.code", f"{POLICIES}{reference}")


REFERENCE: Final[Mapping[str, Case]] = {
    "201-normal": ("201", _refers("access-level:normal")),
    "202-full": ("202", _refers("access-level:full")),
    "203-access-level": ("203", _refers("access-level:normal")),
    "301-full": ("301", _refers("access-level:full")),
    "301-delegation": ("301", _refers("access-level:delegation-and-normal")),
    "302-exclusion": ("302", _refers("exclusion-list")),
    "303-normal": ("303", _refers("access-level:normal")),
    "304-normal": ("304", _refers("access-level:normal")),
    "without-system": ("301", without(f"{_RULE}.system")),
}
_ROLE: Final = f"{_ACTOR}.role.coding[0]"
ROLE: Final[Mapping[str, Case]] = {
    "201-hcp": ("201", with_(f"{_ROLE}.code", "HCP")),
    "202-pat": ("202", with_(f"{_ROLE}.code", "PAT")),
    "203-ass": ("203", with_(f"{_ROLE}.code", "ASS")),
    "301-ass": ("301", with_(f"{_ROLE}.code", "ASS")),
    "301-rep": ("301", with_(f"{_ROLE}.code", "REP")),
    "302-tcu": ("302", with_(f"{_ROLE}.code", "TCU")),
    "303-hcp": ("303", with_(f"{_ROLE}.code", "HCP")),
    "304-rep": ("304", with_(f"{_ROLE}.code", "REP")),
    "other-system": ("301", with_(f"{_ROLE}.system", "urn:oid:2.16.756.5.30.1.127.3.10.14")),
}


def _plain_oid(call: Call) -> Call:
    return call.with_value(f"{_NAMED}.value", "2.999.756.1.77.1", "an OID without urn:oid:")


IDENTIFIER: Final[Mapping[str, Case]] = {
    "301-representative": ("301", with_(f"{_NAMED}.type.coding[0].code", QUALIFIER["representative-id"])),
    "302-plain-oid": ("302", _plain_oid),
    "303-space": ("303", with_(f"{_NAMED}.value", "rep 9")),
    "202-identifier": ("202", with_(f"{_ACTOR}.reference", {"identifier": {"value": "7601999100202"}})),
    "202-display": ("202", with_(f"{_ACTOR}.reference.display", "everybody")),
    "304-without-system": ("304", without(f"{_NAMED}.system")),
}
PURPOSE: Final[Mapping[str, Case]] = {
    "201-norm": ("201", with_("provision.purpose", [{"system": _PURPOSES, "code": "NORM"}])),
    "202-norm": ("202", with_("provision.purpose[0].code", "NORM")),
    "203-two": ("203", without("provision.purpose[0]")),
    "301-emer": ("301", with_("provision.purpose[0].code", "EMER")),
    "301-none": ("301", without("provision.purpose")),
    "302-emer": ("302", with_("provision.purpose[0].code", "EMER")),
    "303-norm": ("303", with_("provision.purpose", [{"system": _PURPOSES, "code": "NORM"}])),
    "304-auto": ("304", with_("provision.purpose[0].code", "AUTO")),
}


def _period(**days: str) -> Change:
    return with_("provision.period", days)


PERIOD: Final[Mapping[str, Case]] = {
    "201": ("201", _period(end="2099-12-31")),
    "202": ("202", _period(end="2099-12-31")),
    "203": ("203", _period(end="2099-12-31")),
    "302-none": ("302", without("provision.period")),
    "304-none": ("304", without("provision.period")),
    "304-without-end": ("304", _period(start="2026-01-01")),
    "301-without-end": ("301", _period(start="2026-01-01")),
    "301-end-before-start": ("301", _period(start="2099-12-31", end="2099-12-30")),
}
TIME: Final[Mapping[str, Case]] = {
    "end": ("301", _period(end="2099-12-31T23:59:59+01:00")),
    "start": ("301", _period(start="2026-01-01T00:00:00Z", end="2099-12-31")),
    "302-end": ("302", _period(end="2099-12-31T00:00:00Z")),
}
OTHER_ACTOR: Final[Mapping[str, Case]] = {"201": ("201", with_(f"{_NAMED}.value", _OTHER_SPID))}
