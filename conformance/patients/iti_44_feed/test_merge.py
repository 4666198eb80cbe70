"""Two records of one source are the same patient: PRPA_IN201304UV02."""

from collections.abc import Callable

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.checks.expect_patients import SYNTAX_ERRORS
from fixtures.epr.hl7v3 import merge
from fixtures.epr.identifiers import spid
from fixtures.epr.message import Message
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-44", "ITI-45")

Change = Callable[[Message], Message]
PRIOR = "//hl7:replacementOf/hl7:priorRegistration"
SUBSUMED = f"{PRIOR}/hl7:subject1/hl7:priorRegisteredRole/hl7:id"


@pytest.fixture
def survivor(clinic: PrimarySystem) -> Patient:
    """L1 of the catalogue: a registered record."""
    return clinic.registered()


@pytest.fixture
def duplicate(clinic: PrimarySystem, survivor: Patient) -> Patient:
    """L2 of the catalogue: another record of the same patient."""
    return clinic.feed(clinic.again(survivor))


@requirement("PAT-ITI44-041")
def test_the_subsumed_id_becomes_unknown(clinic: PrimarySystem, survivor: Patient, duplicate: Patient) -> None:
    expect(clinic.send(merge(survivor, duplicate.local_id, clinic.addressing))).acknowledges("CA")
    expect(clinic.pix(clinic.local(duplicate))).answers("AE/AE", details=["204"])


@requirement("PAT-ITI44-041")
def test_the_surviving_id_is_still_resolved(clinic: PrimarySystem, survivor: Patient, duplicate: Patient) -> None:
    before = clinic.mpi(survivor)
    expect(clinic.send(merge(survivor, duplicate.local_id, clinic.addressing))).acknowledges("CA")
    expect(clinic.pix(clinic.local(survivor))).answers("AA/OK").identifies(before, spid(survivor.spid))


@requirement("PAT-ITI44-042")
def test_an_id_is_not_merged_into_itself(clinic: PrimarySystem, survivor: Patient) -> None:
    reply = clinic.send(merge(survivor, survivor.local_id, clinic.addressing), baseline=clinic.valid_merge)
    expect(reply).acknowledges("CE", "CR")
    expect(clinic.pix(clinic.local(survivor))).answers("AA/OK").identifies(*clinic.both(survivor))


@requirement("PAT-ITI44-043")
def test_an_unknown_id_is_not_merged(clinic: PrimarySystem, survivor: Patient) -> None:
    unknown = clinic.again(survivor)
    reply = clinic.send(merge(survivor, unknown.local_id, clinic.addressing), baseline=clinic.valid_merge)
    expect(reply).acknowledges("CE", "CR", details=["204"])
    expect(clinic.pix(clinic.local(survivor))).answers("AA/OK").identifies(*clinic.both(survivor))


@requirement("PAT-ITI44-043")
def test_an_id_is_not_merged_twice(clinic: PrimarySystem, survivor: Patient, duplicate: Patient) -> None:
    merged = merge(survivor, duplicate.local_id, clinic.addressing)
    clinic.community.accepted(merged)
    reply = clinic.send(merge(survivor, duplicate.local_id, clinic.addressing), baseline=clinic.valid_merge)
    expect(reply).acknowledges("CE", "CR", details=["204"])
    expect(clinic.pix(clinic.local(survivor))).answers("AA/OK").identifies(*clinic.both(survivor))


@requirement("PAT-ITI44-043")
def test_nothing_is_merged_into_a_subsumed_id(clinic: PrimarySystem, survivor: Patient, duplicate: Patient) -> None:
    third = clinic.feed(clinic.again(survivor))
    clinic.community.accepted(merge(survivor, duplicate.local_id, clinic.addressing))
    reply = clinic.send(merge(duplicate, third.local_id, clinic.addressing), baseline=clinic.valid_merge)
    expect(reply).acknowledges("CE", "CR", details=["204"])
    expect(clinic.pix(clinic.local(third))).answers("AA/OK").identifies(*clinic.both(third))


@requirement("PAT-ITI44-044")
def test_ids_of_two_domains_are_not_merged(clinic: PrimarySystem, practice: PrimarySystem, survivor: Patient) -> None:
    foreign = practice.feed(practice.again(survivor))
    message = merge(survivor, foreign.local_id, clinic.addressing)
    across = message.with_attribute(SUBSUMED, "root", practice.addressing.local)
    expect(clinic.send(across, baseline=clinic.valid_merge)).acknowledges("CE", "CR")
    expect(clinic.pix(clinic.local(survivor))).answers("AA/OK")
    expect(practice.pix(practice.local(foreign))).answers("AA/OK")


@requirement("PAT-ITI44-045")
def test_a_merge_never_mixes_two_dossiers(clinic: PrimarySystem) -> None:
    one, other = clinic.registered(), clinic.registered()
    before = clinic.mpi(one)
    clinic.send(merge(one, other.local_id, clinic.addressing), baseline=clinic.valid_merge)
    expect(clinic.pix(clinic.local(one))).answers("AA/OK").identifies(before, spid(one.spid))
    reply = clinic.pix(spid(other.spid))
    expect(reply).lacks(f"//hl7:registrationEvent//hl7:id[@extension='{before.extension}']")


@requirement("PAT-ITI44-045")
def test_no_epr_spid_leads_to_a_merged_dossier_of_somebody_else(clinic: PrimarySystem) -> None:
    one, other = clinic.registered(), clinic.registered()
    theirs = clinic.mpi(other)
    clinic.send(merge(one, other.local_id, clinic.addressing), baseline=clinic.valid_merge)
    reply = clinic.pix(spid(one.spid))
    expect(reply).lacks(f"//hl7:registrationEvent//hl7:id[@extension='{theirs.extension}']")


@requirement("PAT-ITI44-046")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda merged: merged.without("//hl7:replacementOf"), id="no replacementOf"),
        pytest.param(
            lambda merged: merged.with_attribute(f"{PRIOR}/hl7:statusCode", "code", "active"), id="prior still active"
        ),
        pytest.param(lambda merged: merged.doubled(SUBSUMED), id="two prior ids"),
    ],
)
def test_a_merge_needs_one_obsolete_prior_id(
    clinic: PrimarySystem, survivor: Patient, duplicate: Patient, change: Change
) -> None:
    message = change(merge(survivor, duplicate.local_id, clinic.addressing))
    reply = clinic.send(message, baseline=clinic.valid_merge)
    expect(reply).rejects(*SYNTAX_ERRORS)
    expect(clinic.pix(clinic.local(duplicate))).answers("AA/OK").identifies(*clinic.both(duplicate))
