"""ITI-90 and ITI-130 for another directory, with resources that are there."""

from typing import Final

from conformance.fhir.directory import Directory, Feeder
from conformance.replay.access import with_basic_access
from conformance.replay.call_draft import CallDraft, dicts
from fixtures.client import Community
from fixtures.epr.fhir_directory import KINDS
from fixtures.epr.fhir_json import Resource
from fixtures.epr.rest import Call

#: parameters that name a resource of this type
_REFERENCES: Final = {"practitioner": "Practitioner", "organization": "Organization", "partof": "Organization"}


def searching(draft: CallDraft, community: Community) -> Call:
    """ITI-90: what is named by id, identifier or reference is one the directory has; other criteria stay."""
    directory = Directory(community)
    kind, _, id_ = draft.path.partition("/")
    if id_ and id_ != "_search":
        draft.set_path(f"{kind}/{directory.one(kind)['id']}", "resource")
    if draft.parameter("_id"):
        known = str(directory.one(kind)["id"])
        draft.set_parameter("_id", lambda _: known, "_id")
    if draft.parameter("identifier"):
        identifier = next(iter(dicts(directory.one(kind), "identifier[0]")), {})
        token = f"{identifier.get('system', '')}|{identifier.get('value', '')}"
        draft.set_parameter("identifier", lambda _: token, "identifier")
    for name, other in _REFERENCES.items():
        if draft.parameter(name):
            reference = f"{other}/{directory.one(other)['id']}"
            draft.set_parameter(name, lambda _, new=reference: new, name)  # type: ignore[misc]
    return with_basic_access(draft, community)


def feeding(draft: CallDraft, community: Community) -> Call:
    """ITI-130: under identifiers nobody has; what is updated, deleted or referred to is created before."""
    feeder = Feeder(Directory(community))
    if draft.resource.get("resourceType") == "Bundle":
        for entry in dicts(draft.resource, "entry[*]"):
            _entry(draft, feeder, entry)
    else:
        kind, _, id_ = draft.path.partition("/")
        path = _one(draft, feeder, draft.resource, kind, is_there=bool(id_))
        if id_:
            draft.set_path(path, "resource")
        elif draft.method != "POST":
            token = _condition(draft, feeder, draft.resource, kind)
            draft.query = [(name, token if name == "identifier" else value) for name, value in draft.query]
    return with_basic_access(draft, community)


def _entry(draft: CallDraft, feeder: Feeder, entry: Resource) -> None:
    request, resource = entry.get("request"), entry.get("resource")
    if not isinstance(request, dict):
        return
    path, asked, _ = str(request.get("url", "")).partition("?")
    kind, _, id_ = path.partition("/")
    resource = resource if isinstance(resource, dict) else {}
    place = _one(draft, feeder, resource, kind, is_there=bool(id_))
    if id_:
        draft.set(request, "url", place, "resource")
    elif asked:
        draft.set(request, "url", f"{kind}?identifier={_condition(draft, feeder, resource, kind)}", "resource")


def _one(draft: CallDraft, feeder: Feeder, resource: Resource, kind: str, *, is_there: bool) -> str:
    """A resource under an identifier of its own; where it is to be there already, ``Type/id`` of one."""
    if kind not in KINDS:
        return ""
    place = ""
    if is_there:
        place = feeder.created(feeder.new(kind))
        draft.say(f"created before: {place}")
        if resource:
            draft.set(resource, "id", place.partition("/")[2], "id")
    if resource and kind != "PractitionerRole":
        fresh = feeder.new(kind)["identifier"][0]
        same = [one for one in dicts(resource, "identifier[*]") if one.get("system") == fresh["system"]]
        for one in same[:1]:
            draft.set(one, "value", fresh["value"], "identifier")
    for name, other in (("practitioner", "Practitioner"), ("organization", "Organization"), ("partOf", "Organization")):
        for reference in dicts(resource, name):
            old = reference.get("reference", "")
            if old and not str(old).startswith("urn:"):
                draft.set(reference, "reference", feeder.created(feeder.new(other)), f"reference to the {name}")
    return place


def _condition(draft: CallDraft, feeder: Feeder, resource: Resource, kind: str) -> str:
    """The identifier of a resource that is created before, which ``resource`` has too."""
    made = feeder.new(kind)
    draft.say(f"created before: {feeder.created(made)}")
    identifier = next(iter(dicts(made, "identifier[0]")), {})
    same = [one for one in dicts(resource, "identifier[*]") if one.get("system") == identifier.get("system")]
    for one in same[:1]:
        draft.set(one, "value", identifier["value"], "identifier")
    return f"{identifier.get('system', '')}|{identifier.get('value', '')}"
