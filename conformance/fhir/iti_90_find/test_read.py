"""ITI-90: one resource is read by its id (CH EPR FHIR 5.0.0, ITI-90 Retrieve Care Services Resource)."""

import pytest

from conformance.fhir.directory import Directory
from fixtures.checks.expect import expect
from fixtures.epr.fhir_directory import KINDS, read
from fixtures.epr.rest import Call
from fixtures.suite import requirement


@requirement("FHIR-ITI90-001")
@pytest.mark.parametrize("kind", KINDS)
def test_a_resource_is_read_by_its_id(directory: Directory, kind: str) -> None:
    known = directory.one(kind)
    reply = directory.send(read(kind, known["id"]))
    expect(reply).is_ok().is_a(kind).reads("id", known["id"])


@requirement("FHIR-ITI90-002")
@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_id_is_not_found(directory: Directory, kind: str) -> None:
    known = read(kind, directory.one(kind)["id"])
    reply = directory.send(known.with_path(f"{kind}/never-fed-4711"), baseline=known)
    expect(reply).is_refused(404, codes=["not-found"])


@requirement("FHIR-ITI90-020")
@pytest.mark.parametrize("element", ["practitioner", "organization"])
def test_what_a_role_refers_to_is_there(directory: Directory, element: str) -> None:
    place = directory.reference(directory.role(), element)
    expect(directory.send(Call("ITI-90", "GET", place))).is_ok().is_a(element.capitalize())


@requirement("FHIR-ITI90-016")
@pytest.mark.parametrize("kind", ["Location", "HealthcareService", "Endpoint", "OrganizationAffiliation"])
def test_other_types_are_refused_or_found_nowhere(directory: Directory, kind: str) -> None:
    reply = directory.send(Call("ITI-90", "GET", kind), baseline=read("Practitioner", directory.practitioner()["id"]))
    refused = reply.status in (400, 403, 404, 405, 501)
    found = reply.status == 200 and reply.kind == "Bundle"
    expect(reply).meets(refused or found, "HTTP 404, 400, 405 or 501, or a Bundle", reply.says)


@requirement("FHIR-ITI90-017")
def test_updates_since_a_date_are_not_offered(directory: Directory) -> None:
    known = read("Practitioner", directory.practitioner()["id"])
    reply = directory.send(Call("ITI-90", "GET", "Organization/_history"), baseline=known)
    expect(reply).prefers(reply.status in (400, 403, 404, 405, 501), "HTTP 404, 405, 400 or 501", reply.says)
