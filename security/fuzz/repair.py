"""What JSON schema cannot say of a request: fields that must agree, ids that must be new, hash and size.

Repaired is only what has the form the contract gives it, so that what was broken on purpose stays broken.
"""

import re
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from fixtures.epr.valuesets import allowed_types, value_set
from security.fuzz.drafts import Draft

Values = Mapping[str, str]
_UUID: Final = re.compile(rb"urn(?::|%3A)uuid(?::|%3A)((?!00000000-0000-4000-8000-)[0-9a-f]{8}-[0-9a-f-]{27})")
#: ids of documents and submissions, and of institutions, as the contract makes them
_OID: Final = re.compile(rb'urn:oid:(2\.999(?:\.\d+){2,})(?=")|(?<="value": ")urn:oid:([01](?:\.\d+){2,})(?=")')


def repaired(draft: Draft, values: Values, current: Callable[[str], Any]) -> Draft:
    """``current`` gives the DocumentReference of an id ("" for any) an update starts from, None where there is none."""
    draft = _with_new_ids(draft, values)
    resource = draft.resource
    if not isinstance(resource, dict):
        return draft
    transaction = draft.operation.transaction
    if transaction == "ITI-104":
        _feed(resource, values)
    elif transaction == "ITI-65":
        _provide(resource)
    elif transaction == "CH:MHD-1":
        _update(draft, resource, current)
    elif transaction == "ITI-130" and draft.operation.method == "PUT" and draft.kind == "valid":
        resource["id"] = urlsplit(draft.target).path.rpartition("/")[2]
    elif transaction == "PPQ-4" and draft.kind == "valid":
        _feed_policies(resource)
    elif draft.operation.id == "putPolicySet":
        draft = _same_policy_set(draft, resource)
    else:
        return draft
    return draft.with_resource(resource)


def _with_new_ids(draft: Draft, values: Values) -> Draft:
    """The same id stays the same throughout the request; those of registered data stay as they are."""
    known: dict[bytes, bytes] = {value.encode(): value.encode() for value in values.values()}

    def new(found: re.Match[bytes]) -> bytes:
        whole, old = found[0], next(filter(None, found.groups()))
        alone = draft.operation.transaction == "ITI-65" and b"oid" in whole  # documents and submissions share no id
        if whole in known and not alone:
            return known[whole]
        fresh = str(uuid.uuid4()) if b"uuid" in whole else f"2.999.{secrets.randbelow(10**10) + 10**6}.1"
        known[whole] = whole.replace(old, fresh.encode())
        return known[whole]

    if draft.operation.id in ("deletePolicySet", "retrievePolicySets"):
        return draft
    content = _OID.sub(new, _UUID.sub(new, draft.content))
    target = _UUID.sub(new, draft.target.encode()).decode()
    return replace(draft, target=target, content=content)


def _feed(patient: dict[str, Any], values: Values) -> None:
    """The local id is the one of the query; a survivor is somebody who is there."""
    identifiers = patient.get("identifier")
    for one in identifiers if isinstance(identifiers, list) else ():
        if (
            isinstance(one, dict)
            and one.get("system") == values["client.localAssigningAuthority"]
            and _is_text(one, "value")
        ):
            one["value"] = values["patient.localId"]
    managing = _at(patient, "managingOrganization", "identifier")
    if _is_text(managing, "value"):
        managing["value"] = values["client.localAssigningAuthority"]
    survivor = _at(patient, "link", 0, "other", "identifier")
    if _is_text(survivor, "value"):
        survivor.update(system=values["client.localAssigningAuthority"], value=values["survivor.localId"])


def _provide(bundle: dict[str, Any]) -> None:
    """The type of a document is one of its class, and the role is that of the professional who provides."""
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        document = _at(entry, "resource")
        of_class, of_type = (_at(document, *path, "coding", 0) for path in (("category", 0), ("type",)))
        if _is_text(of_class, "code") and _is_text(of_type, "code"):
            fitting = allowed_types(of_class["code"])
            if fitting and of_type["code"] in _types() - fitting:
                of_type["code"] = min(fitting)
        extensions = _at(document, "extension")
        for extension in extensions if isinstance(extensions, list) else ():
            role = _at(extension, "valueCoding")
            if str(_at(extension, "url")).endswith("ch-ext-author-authorrole") and _is_text(role, "code"):
                role["code"] = "HCP"


@cache
def _types() -> frozenset[str]:
    return frozenset(code.code for code in value_set("typeCode").codes)


#: what the implementation guide itself lets an update change (CH:MHD-1)
_CHANGED: Final = ("securityLabel",)


def _update(draft: Draft, resource: dict[str, Any], current: Callable[[str], Any]) -> None:
    """What there is, with the elements that were generated; what is broken on purpose keeps at least its identity."""
    entries = resource.get("entry") if resource.get("resourceType") == "Bundle" else None
    for entry in entries[:1] if isinstance(entries, list) else [{"resource": resource, "request": {}}]:
        if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
            continue
        found, generated = current(_place(draft.target)), entry["resource"]
        if found is None or generated.get("resourceType") != "DocumentReference":
            continue
        if _is_text(entry.get("request"), "url"):
            entry["request"]["url"] = f"DocumentReference/{found['id']}"
        if draft.kind == "valid":
            changed = {**found, **{name: generated[name] for name in _CHANGED if name in generated}}
            generated.clear()
            generated.update(changed)
        elif _is_text(generated, "id"):
            generated["id"] = found["id"]
    if isinstance(entries, list):
        del entries[1:]


def _place(target: str) -> str:
    """The id in the address of a DocumentReference, "" where there is none."""
    _, mark, id_ = urlsplit(target).path.partition("/DocumentReference/")
    return id_ if mark else ""


def _feed_policies(bundle: dict[str, Any]) -> None:
    """One policy set, under its own id: two of the same template would contradict each other."""
    del bundle["entry"][1:]
    entry = bundle["entry"][0]
    own = _at(entry, "resource", "identifier", 0)
    if entry["request"]["url"].startswith("Consent?identifier=") and _is_text(own, "value"):
        entry["request"]["url"] = f"Consent?identifier={own['value']}"


def _same_policy_set(draft: Draft, consent: dict[str, Any]) -> Draft:
    """The policy set of the URL is that of the body."""
    asked = parse_qs(urlsplit(draft.target).query).get("identifier", [""])[0]
    own = _at(consent, "identifier", 0)
    if not (asked.startswith("urn:uuid:") and _is_text(own, "value") and str(own["value"]).startswith("urn:uuid:")):
        return draft
    return replace(draft, target=draft.target.replace(quote(asked), own["value"]).replace(asked, own["value"]))


def _at(value: Any, *path: str | int) -> Any:
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _is_text(holder: Any, name: str) -> bool:
    return isinstance(holder, dict) and isinstance(holder.get(name), str) and bool(holder[name])
