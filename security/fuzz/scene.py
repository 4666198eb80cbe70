"""Whose data generated requests are about, who sends them, and what they leave in the community.

The links of the contract are followed here and not by the state machine of schemathesis (looked at in 4.32). It makes
each step from the answer to the one before, so its cases cannot be stored, and what gates would change with the target
and with each release. It sends only operations that have links, 22 of 42, and takes POST [base] for one operation
whatever the transaction. The stored requests of the others need ids from a link all the same, so this would stay.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from random import SystemRandom
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from filelock import FileLock

from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua
from fixtures.epr.identifiers import new_gln
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import FHIR_JSON, NEW_TRACE, Call, Raw
from fixtures.epr.rest_reply import RestReply
from fixtures.people.patients import Patient
from security.fuzz.contract import SENTINEL, Link, Operation, links, operation
from security.fuzz.drafts import Draft
from security.fuzz.repair import repaired
from security.fuzz.store import stored

SPIDS: Final = f"urn:oid:{EPR_SPID}"
#: who asks for an extended access token
_ROLES: Final = {"ITI-65": "HCP", "ITI-67": "PAT", "ITI-68": "PAT", "CH:MHD-1": "PAT", "ITI-81": "PAT"}
_ROLES_OF_POLICIES: Final = dict.fromkeys(("PPQ-3", "PPQ-4", "PPQ-5"), "PAT")
ROLES: Final = {**_ROLES, **_ROLES_OF_POLICIES}
#: before the name of a field of a valid token request with a code
FORM_FIELD: Final = "form."
#: data that another operation gives
_LINKED: Final = ("link.id", "link.identifier", "organization.reference", "practitioner.reference")
#: what needs no escape in a search
_PLAIN: Final = re.compile(r"[\w.:/=-]+", re.ASCII)
_OF_ITS_OWN: Final = frozenset(
    {"deleteOrganization", "deletePractitioner", "deletePractitionerRole", "deletePolicySet"}
)

#: institutions belong to no patient, and several processes send the same stored requests
_TURN: Final = FileLock(Path(tempfile.gettempdir()) / f"eprobe-{getattr(os, 'getuid', int)()}-institutions.lock")


@dataclass
class Scene:
    """One patient with a record and a document; a new one for every feed."""

    community: Community
    _linked: dict[str, str] = field(default_factory=dict)
    #: what the record is known to hold, until something is sent
    _known: dict[str, str] = field(default_factory=dict)

    # --- registered data -------------------------------------------------------------------------

    @cached_property
    def patient(self) -> RegisteredPatient:
        return self.community.record()

    @cached_property
    def _document(self) -> bool:
        """Is there a document in the record?"""
        if self.community.claims("ITI-41"):
            self.community.publish(self.patient)
            return True
        return False

    def values(self, one: Operation, draft: Draft) -> dict[str, str]:
        """The datum for each x-epr-fixture of the contract."""
        community, target, patient = self.community, self.community.target, self.patient
        linked = {name: self._from_another(one, name) for name in _LINKED if draft.needs(name)}
        whom: Patient = patient
        if one.transaction == "ITI-104":
            subsumes = b"replaced-by" in draft.content
            whom = community.patient(spid=patient.spid) if subsumes else community.invented_patient()
        domain = f"urn:oid:{target.domains.local}"
        found = {
            "patient.eprSpid": whom.spid,
            "patient.eprSpidToken": f"{SPIDS}|{whom.spid}",
            "patient.localId": whom.local_id,
            "patient.localIdToken": f"{domain}|{whom.local_id}",
            "patient.cx": iua.cx(whom.spid),
            "survivor.localId": patient.local_id,
            "client.localAssigningAuthority": domain,
            "community.identifierDomain": SPIDS,
            "practitioner.gln": self._gln(one),
        }
        found |= linked
        if one.transaction == "ITI-71":
            client = community.fhir.authorization.with_code()
            found |= {"client.id": client.client_id, "client.redirectUri": client.redirect_uri}
            found |= self._form() if SENTINEL + FORM_FIELD in draft.content.decode("utf-8", "replace") else {}
        return found

    def _form(self) -> dict[str, str]:
        """The fields of a token request with a code of its own, which is good for one request."""
        request = self.community.fhir.authorization.code_token_request("PAT", self.patient)
        return {f"{FORM_FIELD}{name}": value for name, value in request.form or ()}

    def _gln(self, one: Operation) -> str:
        if one.id == "getAccessToken":
            return self.community.fhir.authorization.credentials("technical").gln
        return new_gln(SystemRandom())

    def _from_another(self, one: Operation, name: str) -> str:
        """By a link of the contract from an operation that is sent before; what is deleted is made for it."""
        kind, _, what = name.partition(".")
        if kind != "link":
            kind = kind.capitalize()
            return f"{kind}/{self._followed(f'read{kind}', 'id')}"
        return self._followed(one.id, what)

    def _followed(self, id_: str, parameter: str) -> str:
        link = next(link for link in links() if (link.operation, link.parameter) == (id_, parameter))
        place = link.source + link.expression + (id_ if id_ in _OF_ITS_OWN else "")
        if place not in self._linked or id_ in _OF_ITS_OWN:
            self._linked[place] = self._follow(link)
        return self._linked[place]

    def _follow(self, link: Link) -> str:
        source = operation(link.source)
        if source.transaction == "ITI-67":
            _ = self._document
        said = "there is none"
        for draft in stored(source):
            if draft.kind != "valid":
                continue
            ready = self.prepared(draft)
            if source.transaction == "ITI-67":  # what the filters of a generated query would find is nothing
                ready = replace(
                    ready, target=f"/DocumentReference?patient.identifier={SPIDS}%7C{self.patient.spid}&status=current"
                )
            reply = self.send(ready)
            value = evaluated(link.expression, ready, reply) if reply.status < 300 else ""
            if value:
                return value
            said = reply.says
        words = f"{link.source} gave no {link.parameter} for {link.operation}: {said}"
        raise Inconclusive(Reason.BASELINE_REFUSED, words)

    # --- sending ---------------------------------------------------------------------------------

    def prepared(self, draft: Draft) -> Draft:
        """The draft with registered data and repairs, ready to be sent."""
        values = self.values(draft.operation, draft)
        return repaired(draft.with_values(values), values, self._current)

    def _current(self, id_: str) -> Any:
        """The DocumentReference of this id, or any; None where there is none."""
        _ = self._document
        who = ("patient.identifier", f"{SPIDS}|{self.patient.spid}")
        found = self._search("DocumentReference", who, ("status", "current"))
        return next((one for one in found if id_ in ("", one.get("id"))), None)

    def send(self, draft: Draft, *, token: bool = True) -> RestReply:
        """Send a prepared draft. Raises as :meth:`fixtures.client.fhir.Fhir.send`."""
        self._known.clear()
        with self.turn(draft):
            return self.community.fhir.send(self.call(draft, token=token))

    def turn(self, draft: Draft) -> AbstractContextManager[object]:
        """One process at a time for what belongs to no patient: who looks what is stored sees nothing of others."""
        return _TURN if draft.operation.transaction == "ITI-130" else nullcontext()

    def call(self, draft: Draft, *, token: bool = True) -> Call:
        """The draft as a call, with the token its transaction needs."""
        one = draft.operation
        headers = {"Accept": FHIR_JSON, "traceparent": NEW_TRACE, **draft.headers}
        if draft.content_type:
            headers["Content-Type"] = draft.content_type
        if one.is_oauth:
            headers["Accept"] = "application/json"
        call = Call(one.transaction, one.method, self._place(one), content=draft.content, headers=headers)
        query = draft.target.partition("?")[1] + draft.target.partition("?")[2]
        target = query if one.is_oauth else draft.target

        def address(raw: Raw) -> Raw:
            if target.startswith("/Binary/http"):  # a document has the address its entry gives it
                return replace(raw, url=target.removeprefix("/Binary/"))
            return replace(raw, url=raw.url.rstrip("/") + target)

        call = call.on_the_wire(f"generated: {draft.name}", address)
        data = (_written_down(name, value) for name, value in draft.values.items())
        call = replace(call, changes=(*call.changes, *data))
        return self._with_token(call, draft) if token else call

    def _place(self, one: Operation) -> str:
        """x-address-from of the contract: what the authorization server says of itself."""
        if not one.is_oauth or one.id == "getAuthorizationServerMetadata":
            return ""
        known = self.community.fhir.authorization.metadata()
        return {
            "authorize": known.authorization_endpoint,
            "getAccessToken": known.token_endpoint,
            "getJwks": known.jwks_uri,
        }[one.id]

    def _with_token(self, call: Call, draft: Draft) -> Call:
        one, fhir = draft.operation, self.community.fhir
        if one.id == "getAccessToken":
            known = fhir.authorization
            is_of_code = b"authorization_code" in draft.content or b"code_verifier=" in draft.content
            client = known.with_code() if is_of_code else known.credentials("technical")
            return iua.signed(call.with_header("Authorization", iua.basic(client.client_id, client.secret)), client)
        if one.is_oauth or one.transaction == "FHIR API":
            return call
        role = ROLES.get(one.transaction)
        return call.with_token(fhir.token(role, self.patient)) if role else fhir.basic(call)

    # --- what is stored --------------------------------------------------------------------------

    def witness(self, draft: Draft) -> str | None:
        """What the community tells of everything this request could change; None where nothing tells it."""
        fhir, transaction = self.community.fhir, draft.operation.transaction
        if transaction == "ITI-104" and self.community.claims("ITI-83"):
            asked = parse_qs(urlsplit(draft.target).query).get("identifier", [""])[0]
            pairs = (("sourceIdentifier", asked), ("targetSystem", SPIDS))
            query = Call("ITI-83", "GET", "Patient/$ihe-pix", pairs, changes=("what is stored",))
            reply = fhir.send(fhir.basic(query))
            return _canonical(reply.resource) if reply.status == 200 else f"HTTP {reply.status}"
        if transaction in ("ITI-65", "CH:MHD-1") and self.community.claims("ITI-67"):
            return self._held("DocumentReference", "patient.identifier", ("status", "current,superseded"))
        if transaction in ("PPQ-3", "PPQ-4") and self.community.claims("PPQ-5"):
            return self._held("Consent", "patient:identifier")
        if transaction == "ITI-130" and self.community.claims("ITI-90"):
            return _canonical([self._search(kind, pair) for kind, pair in _institutions(draft)])
        return None

    def _held(self, kind: str, whose: str, *more: tuple[str, str]) -> str:
        if kind not in self._known:
            self._known[kind] = _canonical(self._search(kind, (whose, f"{SPIDS}|{self.patient.spid}"), *more))
        return self._known[kind]

    def _search(self, kind: str, *pairs: tuple[str, str]) -> list[Any]:
        """The resources of this type that are found; Inconclusive where nothing is answered."""
        transaction = {"DocumentReference": "ITI-67", "Consent": "PPQ-5"}.get(kind, "ITI-90")
        call = Call(transaction, "GET", kind, pairs, changes=("what is stored",))
        fhir, role = self.community.fhir, ROLES.get(transaction)
        reply = fhir.accepted(call.with_token(fhir.token(role, self.patient)) if role else fhir.basic(call))
        return sorted((one for one in reply.resources if one.get("resourceType") == kind), key=_canonical)


def evaluated(expression: str, draft: Draft, reply: RestReply) -> str:
    """The value of a runtime expression of OpenAPI, "" where there is none."""
    source, _, pointer = expression.partition("#")
    kind, _, rest = source.removeprefix("$").partition(".")
    if rest.startswith("header."):
        header = reply.headers.get(rest.removeprefix("header.").lower(), "")
        found = re.search(pointer.removeprefix("regex:"), header)
        return found[1] if found else ""
    if rest.startswith("query."):
        return parse_qs(urlsplit(draft.target).query).get(rest.removeprefix("query."), [""])[0]
    value: Any = draft.resource if kind == "request" else reply.resource
    for step in pointer.strip("/").split("/"):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _institutions(draft: Draft) -> Iterator[tuple[str, tuple[str, str]]]:
    """How to find what a request of ITI-130 is about: by id in its address, by the identifiers of its resources."""
    path = urlsplit(draft.target).path.strip("/").split("/")
    if len(path) == 2 and re.fullmatch(r"[A-Za-z0-9.-]{1,64}", path[1]):
        yield path[0], ("_id", path[1])
    body = draft.resource
    entries = (
        body.get("entry") if isinstance(body, dict) and body.get("resourceType") == "Bundle" else [{"resource": body}]
    )
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(resource, dict) or kind not in ("Organization", "Practitioner"):
            continue
        identifiers = resource.get("identifier")
        for one in identifiers if isinstance(identifiers, list) else ():
            given = (one.get("system"), one.get("value")) if isinstance(one, dict) else ()
            if len(given) == 2 and all(isinstance(text, str) and _PLAIN.fullmatch(text) for text in given):
                yield kind, ("identifier", "|".join(map(str, given)))


def _written_down(name: str, value: str) -> str:
    """How the ledger names a datum; a field of a form is found again by its name, and its value says nothing."""
    return f"registered: {name}" if name.startswith(FORM_FIELD) else f"registered: {name} = {value}"


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
