"""A recorded call of the FHIR API on its way to be sent: parameters and resource are changed, and it is said how."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.replay.draft import Changes, NothingToReplay
from fixtures.epr.fhir_json import Resource, copied, values
from fixtures.epr.jwt import claims
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import NEW_TRACE, Call
from fixtures.epr.stored import Stored
from fixtures.epr.stored_rest_kind import path_of

SPID_SYSTEM: Final = f"urn:oid:{EPR_SPID}"
#: how a resource is sent of which the recording has no start line
_IMPLIED: Final = {
    "ITI-83": ("GET", "Patient/$ihe-pix"),
    "ITI-104": ("PUT", "Patient"),
    "ITI-119": ("POST", "Patient/$match"),
    "PPQ-3": ("POST", "Consent"),
    **dict.fromkeys(("ITI-65", "CH:MHD-1", "PPQ-4", "ITI-130"), ("POST", "")),
}
#: what else stays of the header of a recording
_KEPT: Final = {"accept": "Accept", "content-type": "Content-Type", "prefer": "Prefer"}
_TRACE: Final = "traceparent"
Pairs = list[tuple[str, str]]


@dataclass
class CallDraft(Changes):
    """``bearer``: the recorded token, None where the recording has a frame and no token in it."""

    method: str
    path: str
    query: Pairs
    form: Pairs | None = None
    resource: Resource = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    is_xml: bool = False
    bearer: str | None = ""

    @classmethod
    def of(cls, stored: Stored, changes: list[str]) -> "CallDraft":
        """``changes``: a list to add to."""
        rest, transaction, sent = stored.rest, stored.kind.transaction, stored.headers or {}
        assert rest is not None
        form = list(rest.form) if rest.form is not None else None
        query = list(rest.query or ())[: len(rest.query or ()) - len(form or ())]
        draft = cls(transaction, rest.method, path_of(rest.url), query, form, copied(rest.resource), changes=changes)
        draft.is_xml = rest.is_xml
        draft.changes += [f"mended: {remark}" for remark in stored.remarks]
        if rest.method:
            draft.headers = {
                name: sent[key]
                for key, name in _KEPT.items()
                if key in sent and (form is None or name != "Content-Type")
            }
            scheme, _, token = sent.get("authorization", "").partition(" ")
            draft.bearer = token if scheme else None
            if _TRACE in sent:
                draft.headers[_TRACE] = NEW_TRACE
                draft.say("traceparent: fresh")
        else:
            draft._implied()
        return draft

    def _implied(self) -> None:
        if self.transaction not in _IMPLIED:
            raise NothingToReplay(f"a resource of {self.transaction} without the start line of its request")
        self.method, self.path = _IMPLIED[self.transaction]
        self.say(f"start line: the recording has none; sent as {self.method} [base]/{self.path}".rstrip("/"))
        self.headers = {"Accept": "application/fhir+json", _TRACE: NEW_TRACE}
        if self.method == "GET":
            self.resource = {}

    # --- what it says ---------------------------------------------------------------------------

    def parameter(self, name: str) -> str:
        """The first value of a parameter, in URL or form; "" without."""
        return next((value for key, value in (*self.query, *(self.form or ())) if key == name), "")

    def objects(self) -> Iterator[Resource]:
        """Every object in the resource, from outside to inside."""
        return _objects(self.resource)

    def resources(self, kind: str = "") -> list[Resource]:
        """The resource, or those in the entries of the Bundle; of this type where one is named."""
        inner = (
            values(self.resource, "entry[*].resource")
            if self.resource.get("resourceType") == "Bundle"
            else [self.resource]
        )
        return [one for one in inner if isinstance(one, dict) and one and kind in ("", one.get("resourceType"))]

    @property
    def user(self) -> tuple[str, str]:
        """Role and purpose of use of the recorded token; "" where it is not kept, or says none."""
        about: Any = claims(self.bearer or "").get("extensions", {})
        about = about.get("ihe_iua", {}) if isinstance(about, dict) else {}
        role, purpose = (
            "".join(map(str, values(about, f"{name}.code"))) for name in ("subject_role", "purpose_of_use")
        )
        return role, purpose

    # --- changes --------------------------------------------------------------------------------

    def set(self, holder: Resource, name: str, value: Any, what: str) -> None:
        """``holder[name]`` becomes ``value``; said once where it is something else."""
        before = holder.get(name, "")
        if before != value:
            holder[name] = value
            self.said(what, before, value)

    def set_parameter(self, name: str, new: Callable[[str], str], what: str) -> None:
        """Every value of a parameter, in URL, form or Parameters, becomes what ``new`` makes of it."""
        self.query = self._pairs(self.query, name, new, what)
        self.form = None if self.form is None else self._pairs(self.form, name, new, what)
        for one in dicts(self.resource, f"parameter[name={name}]"):
            for key in [key for key in one if key.startswith("value") and isinstance(one[key], str)]:
                self.set(one, key, new(one[key]), what)

    def _pairs(self, pairs: Pairs, name: str, new: Callable[[str], str], what: str) -> Pairs:
        changed = [(key, new(value) if key == name else value) for key, value in pairs]
        for (_, before), (_, value) in zip(pairs, changed, strict=True):
            if before != value:
                self.said(what, before, value)
        return changed

    def set_path(self, path: str, what: str) -> None:
        if path != self.path:
            self.said(what, self.path, path)
            self.path = path

    def about(self, spid: str) -> None:
        """The EPR-SPID wherever an identifier or a parameter names one."""
        for one in self.objects():
            if one.get("system") == SPID_SYSTEM and isinstance(one.get("value"), str):
                self.set(one, "value", spid, "EPR-SPID")
        for name in {key for key, _ in (*self.query, *(self.form or ()))}:
            self.set_parameter(
                name, lambda old: f"{SPID_SYSTEM}|{spid}" if old.startswith(f"{SPID_SYSTEM}|") else old, "EPR-SPID"
            )

    def call(self) -> Call:
        """The call as it can be sent, still without token."""
        return Call(
            self.transaction,
            self.method,
            self.path,
            tuple(self.query),
            self.resource or None,
            None if self.form is None else tuple(self.form),
            headers=self.headers,
            xml=self.is_xml,
        )


def dicts(value: Any, path: str) -> list[Resource]:
    """The objects at ``path``; what a recording has there of another type is left as it is."""
    return [one for one in values(value, path) if isinstance(one, dict)]


def _objects(value: Any) -> Iterator[Resource]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)
