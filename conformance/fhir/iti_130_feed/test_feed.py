"""ITI-130: resources of the directory are created, updated and deleted (IHE mCSD 4.0.0 2:3.130; CH EPR FHIR 5.0.0)."""

from typing import Any

import pytest

from conformance.fhir.directory import IDS, MATCHES, Feeder, place_of
from fixtures.checks.expect import expect
from fixtures.epr.fhir_directory import (
    GLN_SYSTEM,
    KINDS,
    OID_SYSTEM,
    create,
    delete,
    delete_where,
    find,
    read,
    update,
    update_where,
)
from fixtures.suite import requirement, transaction

#: where conditions are not supported at all they are refused, too
AMBIGUOUS: Any = {"usual": ["multiple-matches", "not-supported"], "tolerated": [403, 404, 422, 501]}


@requirement("FHIR-ITI130-001")
@pytest.mark.parametrize("kind", KINDS)
@transaction("ITI-130", "ITI-90")
def test_what_is_created_is_there_at_once(feeder: Feeder, kind: str) -> None:
    reply = feeder.send(create(feeder.new(kind)))
    expect(reply).is_ok(201).has_header("Location")
    where = place_of(reply.headers.get("location", ""))
    expect(reply).meets(where.startswith(f"{kind}/"), f"the URL of a {kind}", reply.headers.get("location"), "Location")
    expect(feeder.directory.send(read(*where.split("/")))).is_ok().is_a(kind)


@requirement("FHIR-ITI130-001")
@pytest.mark.parametrize(("kind", "system"), [("Organization", OID_SYSTEM), ("Practitioner", GLN_SYSTEM)])
@transaction("ITI-130", "ITI-90")
def test_what_is_created_is_found_by_its_identifier(feeder: Feeder, kind: str, system: str) -> None:
    made = feeder.kept(feeder.new(kind))
    reply = feeder.directory.find(kind, ("identifier", f"{system}|{made['identifier'][0]['value']}"))
    expect(reply).is_ok().reads(IDS, made["id"])


@requirement("FHIR-ITI130-002")
@transaction("ITI-130", "ITI-90")
def test_an_update_takes_the_place_of_what_was_there(feeder: Feeder) -> None:
    made = feeder.kept(feeder.organization())
    expect(feeder.send(update({**made, "name": f"{made['name']} SA"}))).is_ok()
    expect(feeder.directory.send(read("Organization", made["id"]))).is_ok().reads("name", f"{made['name']} SA")


@requirement("FHIR-ITI130-003")
@transaction("ITI-130", "ITI-90")
def test_what_is_deleted_is_gone(feeder: Feeder) -> None:
    made = feeder.kept(feeder.role())
    expect(feeder.send(delete("PractitionerRole", made["id"]))).is_ok(200, 202, 204)
    expect(feeder.directory.send(read("PractitionerRole", made["id"]))).is_refused(404, 410)


@requirement("FHIR-ITI130-004")
@transaction("ITI-130", "ITI-90")
def test_an_update_of_one_of_two_is_ambiguous(feeder: Feeder) -> None:
    twin = feeder.kept(feeder.organization())
    feeder.created(feeder.organization(name=twin["name"]))
    changed = update_where(feeder.organization(name="Quelque autre nom"), ("name", twin["name"]))
    reply = feeder.instead(changed, create(feeder.organization()))
    expect(reply).is_refused(412, 405, 400, **AMBIGUOUS)
    expect(feeder.directory.find("Organization", ("name:exact", twin["name"]))).is_ok().has(MATCHES, times=2)


@requirement("FHIR-ITI130-004")
@transaction("ITI-130", "ITI-90")
def test_a_deletion_of_one_of_two_is_ambiguous(feeder: Feeder) -> None:
    twin = feeder.kept(feeder.organization())
    feeder.created(feeder.organization(name=twin["name"]))
    reply = feeder.instead(delete_where("Organization", ("name", twin["name"])), create(feeder.organization()))
    expect(reply).is_refused(412, 405, 400, **AMBIGUOUS)
    expect(feeder.directory.find("Organization", ("name:exact", twin["name"]))).is_ok().has(MATCHES, times=2)


@requirement("FHIR-ITI130-013")
@transaction("ITI-130", "ITI-90")
def test_nothing_is_created_without_token(feeder: Feeder) -> None:
    wanted = feeder.organization()
    reply = feeder.instead(create(wanted), create(feeder.organization()), token=False)
    expect(reply).is_unauthorised()
    found = find("Organization", ("identifier", f"{OID_SYSTEM}|{wanted['identifier'][0]['value']}"))
    expect(feeder.directory.send(found)).is_ok().is_empty()


@requirement("FHIR-ITI130-013")
@transaction("ITI-130", "ITI-90")
def test_nothing_is_updated_without_token(feeder: Feeder) -> None:
    made = feeder.kept(feeder.organization())
    reply = feeder.instead(update({**made, "name": "Quelque autre nom"}), update(made), token=False)
    expect(reply).is_unauthorised()
    expect(feeder.directory.send(read("Organization", made["id"]))).is_ok().reads("name", made["name"])


@requirement("FHIR-ITI130-013")
@transaction("ITI-130", "ITI-90")
def test_nothing_is_deleted_without_token(feeder: Feeder) -> None:
    made = feeder.kept(feeder.organization())
    reply = feeder.instead(delete("Organization", made["id"]), update(made), token=False)
    expect(reply).is_unauthorised()
    expect(feeder.directory.send(read("Organization", made["id"]))).is_ok().is_a("Organization")
