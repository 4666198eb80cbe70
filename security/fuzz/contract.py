"""Our contract of the FHIR API, ``fixtures/epr/ch_epr_fhir.openapi.yaml``, one operation at a time.

Where several transactions share a path (POST [base]), each is an operation of its own, with its own schema.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import yaml

FILE: Final = Path(__file__).parents[2] / "fixtures" / "epr" / "ch_epr_fhir.openapi.yaml"
#: stands in a generated value for the registered datum of this name; nothing in it needs an escape
SENTINEL: Final = "x-epr-fixture."
#: the FHIR API belongs to no transaction, and has a name of its own in the catalogue
_NAMES: Final = {"capabilities": "FHIR API"}
_LINE: Final = re.compile(
    r"^  (?P<path>/\S*):$|^    (?P<method>get|put|post|delete):$"
    r"|^      operationId: (?P<id>\w+)$|^      x-epr-transaction: (?P<transactions>.+)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Operation:
    """``branch``: which of the schemas of the body is that of the transaction, -1 where there is one only."""

    id: str
    transaction: str
    method: str
    path: str
    branch: int = -1

    @property
    def is_oauth(self) -> bool:
        """Of the authorization server: no FHIR."""
        return self.transaction in ("ITI-71", "ITI-103")

    @property
    def writes(self) -> bool:
        return not self.is_oauth and self.transaction in _WRITING


_WRITING: Final = frozenset({"ITI-104", "ITI-65", "CH:MHD-1", "ITI-130", "PPQ-3", "PPQ-4", "ITI-20"})


@cache
def operations() -> tuple[Operation, ...]:
    """All of them. Collecting tests needs only this, so the file is looked through, and not parsed."""
    return tuple(_indexed(FILE.read_text(encoding="utf-8")))


def operation(id_: str) -> Operation:
    """LookupError for an id the contract has not."""
    for one in operations():
        if one.id == id_:
            return one
    raise LookupError(f"the contract has no operation {id_}")


def _indexed(text: str) -> Iterator[Operation]:
    path = method = id_ = ""
    for found in _LINE.finditer(text):
        path, method, id_ = found["path"] or path, found["method"] or method, found["id"] or id_
        if not found["transactions"]:
            continue
        names = [_NAMES.get(name, name) for name in found["transactions"].split(", ")]
        for place, name in enumerate(names):
            own = (id_, -1) if len(names) == 1 else (f"{id_}.{name}", place)
            yield Operation(own[0], name, method.upper(), path, own[1])


@cache
def contract() -> Mapping[str, Any]:
    """The whole contract, parsed. FHIR has neither empty lists nor empty objects: here that is said of every schema."""
    content: dict[str, Any] = yaml.load(FILE.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for schema in content["components"]["schemas"].values():
        _say_never_empty(schema)
    return content


def _say_never_empty(node: Any) -> None:
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _say_never_empty(one)
    if isinstance(node, dict) and node.get("type") == "array" and isinstance(node.get("items", {}), dict | bool):
        node.setdefault("minItems", 1)
    if isinstance(node, dict) and node.get("type") == "object" and not node.get("required"):
        node.setdefault("minProperties", 1)


def described(one: Operation) -> dict[str, Any]:
    """What the contract says of an operation; the body has the schema of its transaction only."""
    found = deepcopy(contract()["paths"][one.path][one.method.lower()])
    found.pop("security", None)
    if one.branch >= 0:
        for content in found["requestBody"]["content"].values():
            content["schema"] = content["schema"]["oneOf"][one.branch]
    return dict(found)


def narrowed(one: Operation, *, is_negative: bool = False) -> dict[str, Any]:
    """An OpenAPI document of this operation alone, in which registered data are constants to be replaced.

    For negative cases of what has a body, parameters that need not be there are left out: what is wrong is in the body.
    """
    about = described(one)
    parameters = [_resolved(each) for each in about.get("parameters", ())]
    if is_negative:
        # whether a traceparent is valid decides nothing
        parameters = [each for each in parameters if each["name"] != "traceparent"]
        if "requestBody" in about:
            parameters = [each for each in parameters if each["required"]]
    about["parameters"] = parameters
    for response in about["responses"].values():
        response.pop("links", None)
    whole = contract()
    return {
        "openapi": whole["openapi"],
        "info": whole["info"],
        "paths": {one.path: {one.method.lower(): _with_constants(about)}},
        "components": _components(),
    }


@cache
def _components() -> Mapping[str, Any]:
    found: dict[str, Any] = _with_constants(contract()["components"])
    return found


def _resolved(node: Mapping[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref")
    if not reference:
        return dict(node)
    found: Any = contract()
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _with_constants(node: Any) -> Any:
    """A copy in which what has an x-epr-fixture can only be its sentinel."""
    if isinstance(node, list):
        return [_with_constants(one) for one in node]
    if not isinstance(node, dict):
        return node
    name = node.get("x-epr-fixture")
    if name is None or name == "docref.current":
        return {key: _with_constants(value) for key, value in node.items()}
    if "in" in node:  # a parameter
        return {**node, "schema": {"const": SENTINEL + name}}
    if node.get("type") == "object":
        return {"const": {"reference": SENTINEL + name}}
    return {"const": SENTINEL + name}


# --- what is proven against the contract --------------------------------------------------------


def violations(one: Operation, target: str, content: bytes, resource: Any) -> list[str]:
    """Why a request is not one of the contract, [] where it is: its parameters, and its body (``resource`` parsed)."""
    about = described(one)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(target).query, keep_blank_values=True, errors="replace"):
        query.setdefault(name, []).append(value)
    known = {each["name"]: each for each in map(_resolved, about.get("parameters", ())) if each["in"] == "query"}
    found = [f"parameter {name} is not known" for name in query if name not in known]
    for name, parameter in known.items():
        if name not in query:
            found += [f"parameter {name} is missing"] if parameter["required"] else []
        elif why := _parameter_violation(parameter["schema"], query[name]):
            found.append(f"parameter {name}: {why}")
    found += [f"id: {why}" for why in _path_violations(one, target)]
    if "requestBody" in about:
        schema = next(iter(about["requestBody"]["content"].values()))["schema"]
        if resource is None:
            found.append("the body is not JSON" if content else "there is no body")
        elif why := _violation(schema, resource):
            found.append(f"body: {why}")
    return found


def _path_violations(one: Operation, target: str) -> Iterator[str]:
    given = urlsplit(target).path.rpartition("/")[2]
    if one.path.endswith("/{id}") and one.transaction != "ITI-68" and not re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", given):
        yield f"{given[:80]!r} is no id"


def _parameter_violation(schema: Mapping[str, Any], values: list[str]) -> str:
    """Parameters are text: what the contract has as a number is read as one."""
    schema = _resolved(schema)
    if schema.get("type") == "array":
        return _violation(schema, values)
    if len(values) > 1:
        return "stands more than once"
    value: Any = values[0]
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d{1,15}", value):
        value = int(value)
    return _violation(schema, value)


def _violation(schema: Mapping[str, Any], value: Any) -> str:
    error = next(iter(_validator(_key(schema)).iter_errors(value)), None)
    return "" if error is None else f"{error.message[:200]} at /{'/'.join(map(str, error.instance_path))}"


def _key(schema: Mapping[str, Any]) -> str:
    return yaml.dump(dict(schema), Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))


@cache
def _validator(key: str) -> Any:
    import jsonschema_rs

    schema = yaml.load(key, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    components = contract()["components"]
    return jsonschema_rs.validator_for({"allOf": [schema], "components": components})


def issue_codes(status: int) -> frozenset[str]:
    """The codes of an OperationOutcome that fit an HTTP status; empty where the contract does not know the status."""
    for response in contract()["components"]["responses"].values():
        if response["description"].startswith(str(status)):
            return frozenset(response["x-issue-codes"])
    return frozenset()


@dataclass(frozen=True)
class Link:
    """After ``source`` was taken, ``expression`` gives the parameter ``parameter`` of ``operation``."""

    source: str
    operation: str
    parameter: str
    expression: str


@cache
def links() -> tuple[Link, ...]:
    """The links of the contract."""
    return tuple(
        Link(about["operationId"], link["operationId"], parameter, expression)
        for methods in contract()["paths"].values()
        for about in methods.values()
        if isinstance(about, dict)
        for response in about.get("responses", {}).values()
        for link in response.get("links", {}).values()
        for parameter, expression in link["parameters"].items()
    )
