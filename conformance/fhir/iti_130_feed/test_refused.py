"""ITI-130: what does not conform is refused, and nothing of it is kept (profiles CH.mCSD.*)."""

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.fhir.directory import Feeder
from fixtures.checks.expect import expect
from fixtures.epr.fhir_directory import GLN_SYSTEM, KINDS, OID_SYSTEM, create, find, update
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-130", "ITI-90")
WRONG = (422, 400)


@pytest.fixture
def practitioner(feeder: Feeder) -> Call:
    return create(feeder.practitioner())


def refused(feeder: Feeder, changed: Call, kind: str) -> RestReply:
    """The answer to a changed call, once a valid one has been taken."""
    return feeder.instead(changed, create(feeder.new(kind)))


def nowhere(feeder: Feeder, resource: Mapping[str, Any] | None, system: str) -> None:
    """Nothing with the identifier of this resource is found."""
    values = [one["value"] for one in (resource or {}).get("identifier", ()) if one["system"] == system]
    call = find(str((resource or {})["resourceType"]), ("identifier", f"{system}|{values[0]}"))
    expect(feeder.directory.send(call)).is_ok().is_empty()


@requirement("FHIR-ITI130-005")
@pytest.mark.parametrize("gender", ["other", "unknown"])
def test_the_gender_of_a_practitioner_is_male_or_female(feeder: Feeder, practitioner: Call, gender: str) -> None:
    reply = refused(feeder, practitioner.with_value("gender", gender), "Practitioner")
    expect(reply).is_refused(*WRONG, usual=["code-invalid", "value", "invalid"])
    nowhere(feeder, practitioner.resource, GLN_SYSTEM)


@requirement("FHIR-ITI130-006")
def test_a_practitioner_has_a_gln(feeder: Feeder, practitioner: Call) -> None:
    other = practitioner.with_value(
        "identifier[0].system", "urn:oid:2.999.404.2", "a local identifier in place of the GLN"
    )
    reply = refused(feeder, other, "Practitioner")
    expect(reply).is_refused(*WRONG, usual=["required", "invalid", "invariant", "structure"])


@requirement("FHIR-ITI130-006")
def test_a_practitioner_has_one_gln(feeder: Feeder, practitioner: Call) -> None:
    second = feeder.practitioner()["identifier"][0]
    reply = refused(feeder, practitioner.with_item("identifier", second, "a second GLN"), "Practitioner")
    expect(reply).is_refused(*WRONG, usual=["required", "invalid", "invariant", "structure"])
    nowhere(feeder, practitioner.resource, GLN_SYSTEM)


@requirement("FHIR-ITI130-007")
@pytest.mark.parametrize("path", ["qualification", "name", "name[0].family"])
def test_a_practitioner_has_qualification_and_family_name(feeder: Feeder, practitioner: Call, path: str) -> None:
    reply = refused(feeder, practitioner.without(path), "Practitioner")
    expect(reply).is_refused(*WRONG, usual=["required", "invalid", "invariant", "structure"])
    nowhere(feeder, practitioner.resource, GLN_SYSTEM)


@requirement("FHIR-ITI130-008")
@pytest.mark.parametrize("path", ["identifier", "type", "name"])
def test_an_organization_has_identifier_type_and_name(feeder: Feeder, path: str) -> None:
    reply = refused(feeder, create(feeder.organization()).without(path), "Organization")
    expect(reply).is_refused(*WRONG, usual=["required", "invalid", "invariant", "structure"])


@requirement("FHIR-ITI130-008")
def test_the_oid_of_an_organization_is_a_urn(feeder: Feeder) -> None:
    wanted = feeder.organization()
    bare = wanted["identifier"][0]["value"].removeprefix("urn:oid:")
    reply = refused(feeder, create(wanted).with_value("identifier[0].value", bare), "Organization")
    expect(reply).is_refused(*WRONG, usual=["value", "invalid", "invariant"])
    nowhere(feeder, {**wanted, "identifier": [{"system": OID_SYSTEM, "value": bare}]}, OID_SYSTEM)


@requirement("FHIR-ITI130-009")
@pytest.mark.parametrize("path", ["practitioner", "organization", "code"])
def test_a_role_has_practitioner_organization_and_code(feeder: Feeder, path: str) -> None:
    valid = create(feeder.role())
    expect(feeder.instead(valid.without(path), valid)).is_refused(422, 400, 409, 404, usual=["required", "invalid"])


@requirement("FHIR-ITI130-009")
@pytest.mark.parametrize("path", ["practitioner", "organization"])
def test_a_role_refers_to_what_is_there(feeder: Feeder, path: str) -> None:
    valid = create(feeder.role())
    changed = valid.with_value(f"{path}.reference", f"{path.capitalize()}/never-fed-4711")
    reply = feeder.instead(changed, valid)
    expect(reply).is_refused(422, 400, 409, 404, usual=["not-found", "invalid", "processing", "business-rule"])


@requirement("FHIR-ITI130-012")
@pytest.mark.parametrize("kind", KINDS)
def test_the_id_of_the_body_is_that_of_the_url(feeder: Feeder, kind: str) -> None:
    made = feeder.kept(feeder.new(kind))
    reply = feeder.instead(update(made).with_value("id", "another-id-4711"), update(made))
    expect(reply).is_refused(400, usual=["invalid", "value", "processing"], tolerated=[409, 422])
