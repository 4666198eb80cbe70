"""ITI-130: several changes in one transaction, all or nothing (CH.mCSD.ProcessCareServices)."""

from typing import Any

import pytest

from conformance.fhir.directory import Feeder, places_of
from fixtures.checks.expect import expect
from fixtures.epr.fhir_directory import (
    OID_SYSTEM,
    create,
    delete,
    entry,
    find,
    practitioner_role,
    read,
    transaction,
    update,
)
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-130", "ITI-90")
STATUS = "entry.response.status.select($this.substring(0, 3))"
WHO = "urn:uuid:0b0ac2d8-51a5-4c3a-9a06-7d4b1d1c0a01"
WHERE = "urn:uuid:0b0ac2d8-51a5-4c3a-9a06-7d4b1d1c0a02"


def found(feeder: Feeder, organization: dict[str, Any]) -> Any:
    """What a search for this organization finds."""
    value = organization["identifier"][0]["value"]
    return feeder.directory.send(find("Organization", ("identifier", f"{OID_SYSTEM}|{value}")))


@requirement("FHIR-ITI130-010")
def test_a_transaction_creates_all_of_its_resources(feeder: Feeder) -> None:
    made = feeder.organization(), feeder.practitioner()
    reply = feeder.send(transaction(*(entry(create(resource)) for resource in made)))
    expect(reply).is_ok().is_a("Bundle").reads("type", "transaction-response").reads(STATUS, "201", "201")
    places = places_of(reply)
    expect(feeder.directory.send(read(*places[0].split("/")))).is_ok().reads("name", made[0]["name"])
    expect(feeder.directory.send(read(*places[1].split("/")))).is_ok().reads(
        "name.family", made[1]["name"][0]["family"]
    )


@requirement("FHIR-ITI130-010")
def test_entries_refer_to_each_other(feeder: Feeder) -> None:
    role = practitioner_role(WHO, WHERE)
    entries = entry(create(feeder.practitioner()), WHO), entry(create(feeder.organization()), WHERE)
    reply = feeder.send(transaction(*entries, entry(create(role))))
    expect(reply).is_ok().reads(STATUS, "201", "201", "201")
    practitioner, organization, where = places_of(reply)
    kept = feeder.directory.send(read(*where.split("/")))
    expect(kept).is_ok().has(f"practitioner.reference.where($this.endsWith('{practitioner}'))")
    expect(kept).has(f"organization.reference.where($this.endsWith('{organization}'))")


@requirement("FHIR-ITI130-010")
def test_a_transaction_updates_and_deletes(feeder: Feeder) -> None:
    kept, gone = feeder.kept(feeder.organization()), feeder.kept(feeder.organization())
    renamed = {**kept, "name": f"{kept['name']} SA"}
    reply = feeder.send(transaction(entry(update(renamed)), entry(delete("Organization", gone["id"]))))
    expect(reply).is_ok().is_a("Bundle")
    expect(feeder.directory.send(read("Organization", kept["id"]))).is_ok().reads("name", renamed["name"])
    expect(feeder.directory.send(read("Organization", gone["id"]))).is_refused(404, 410)


@requirement("FHIR-ITI130-010")
def test_nothing_is_kept_of_a_transaction_with_a_wrong_entry(feeder: Feeder) -> None:
    first, wrong = feeder.organization(), create(feeder.practitioner()).without("qualification")
    valid = transaction(entry(create(feeder.organization())), entry(create(feeder.practitioner())))
    changed = transaction(entry(create(first)), entry(wrong))
    expect(feeder.instead(changed, valid)).is_refused()
    expect(found(feeder, first)).is_ok().is_empty()


@requirement("FHIR-ITI130-011")
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_transaction_creates_updates_and_deletes_only(feeder: Feeder, method: str) -> None:
    kept, first = feeder.kept(feeder.organization()), feeder.organization()
    valid = transaction(entry(create(feeder.organization())), entry(update(kept)))
    changed = transaction(entry(create(first)), entry(update(kept))).with_value("entry[1].request.method", method)
    expect(feeder.instead(changed, valid)).is_refused(422, 400, 405, usual=["not-supported", "invalid", "value"])
    expect(found(feeder, first)).is_ok().is_empty()
