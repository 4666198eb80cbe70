"""Which identifiers a source may feed: its own local id and a valid EPR-SPID, nothing else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.epr.hl7v3 import II, add
from fixtures.epr.identifiers import spid
from fixtures.epr.message import Message
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-44", "ITI-45")

Change = Callable[[Message], Message]

PATIENT = "//hl7:subject1/hl7:patient"
LOCAL = f"{PATIENT}/hl7:id[1]"
EPR_SPID = f"{PATIENT}/hl7:id[2]"
UNKNOWN_DOMAIN = "2.999.999.1"


@requirement("PAT-SPID-003")
def test_a_wrong_check_digit_links_to_nobody(clinic: PrimarySystem, patient: Patient) -> None:
    mistyped = replace(clinic.stranger(), spid=patient.spid[:-1] + str((int(patient.spid[-1]) + 1) % 10))
    reply = clinic.send(add(mistyped, clinic.addressing), baseline=clinic.valid_add)
    expect(reply).acknowledges("CE", "CR", details=["SYN102", "204"])
    expect(clinic.pix(clinic.local(mistyped))).finds_nobody()


@requirement("PAT-SPID-004")
@pytest.mark.parametrize(
    "malformed",
    [
        pytest.param(lambda value: value[:17], id="17 digits"),
        pytest.param(lambda value: value + "0", id="19 digits"),
        pytest.param(lambda value: "76133842" + value[8:], id="other prefix"),
        pytest.param(lambda value: ".".join(value[start : start + 3] for start in range(0, 18, 3)), id="dotted"),
        pytest.param(lambda value: " ".join(value[start : start + 3] for start in range(0, 18, 3)), id="blanks"),
    ],
)
def test_a_malformed_epr_spid_is_refused(clinic: PrimarySystem, malformed: Callable[[str], str]) -> None:
    patient = clinic.stranger()
    reply = clinic.send(
        add(patient, clinic.addressing).with_attribute(EPR_SPID, "extension", malformed(patient.spid)),
        baseline=clinic.valid_add,
    )
    expect(reply).acknowledges("CE", "CR", details=["SYN102", "204"])
    expect(clinic.pix(clinic.local(patient))).finds_nobody()


@requirement("PAT-ITI44-027")
def test_a_known_local_id_is_not_moved_by_an_add(clinic: PrimarySystem) -> None:
    known, other = clinic.registered(), clinic.registered()
    before = clinic.mpi(known)
    reply = clinic.send(add(replace(other, local_id=known.local_id), clinic.addressing), baseline=clinic.valid_add)
    expect(reply).acknowledges("CE", "CR", details=["205"], tolerated=["204", "INTERR"])
    expect(clinic.pix(clinic.local(known))).identifies(before, spid(known.spid))


@requirement("PAT-ITI44-028")
def test_an_unknown_domain_is_refused(clinic: PrimarySystem) -> None:
    patient = clinic.stranger()
    valid = add(patient, clinic.addressing)
    reply = clinic.send(valid.with_attribute(LOCAL, "root", UNKNOWN_DOMAIN), baseline=clinic.valid_add)
    expect(reply).acknowledges("CE", "CR", details=["204"]).has("//hl7:location[contains(., 'patient/id')]")
    expect(clinic.pix(II(UNKNOWN_DOMAIN, patient.local_id))).answers("AE/AE")


@requirement("PAT-ITI44-029")
def test_the_domain_of_another_source_is_refused(clinic: PrimarySystem, practice: PrimarySystem) -> None:
    patient = clinic.stranger()
    foreign = practice.local(patient)
    reply = clinic.send(
        add(patient, clinic.addressing).with_attribute(LOCAL, "root", foreign.root), baseline=clinic.valid_add
    )
    expect(reply).refuses()
    expect(practice.pix(foreign)).answers("AE/AE", details=["204"])


@requirement("PAT-ITI44-029")
def test_a_source_is_told_by_its_certificate(clinic: PrimarySystem, practice: PrimarySystem) -> None:
    clinic.community.demand_certificates("ITI-44")
    patient = clinic.stranger()
    under_a_false_name = add(patient, practice.addressing)
    reply = clinic.send(under_a_false_name, baseline=clinic.valid_add)
    expect(reply).refuses()
    expect(practice.pix(practice.local(patient))).answers("AE/AE", details=["204"])


@requirement("PAT-ITI44-030")
@transaction("ITI-47")
def test_the_mpi_pid_domain_cannot_be_fed(clinic: PrimarySystem) -> None:
    patient = clinic.registered()
    before = clinic.mpi(patient)
    invented = add(clinic.again(patient), clinic.addressing).with_attribute(LOCAL, "root", clinic.addressing.mpi)
    reply = clinic.send(invented, baseline=clinic.valid_add)
    expect(reply).acknowledges("CE", "CR")
    expect(clinic.pix(clinic.local(patient))).identifies(before, spid(patient.spid))
    expect(clinic.look_up(patient)).identifies(before, spid(patient.spid))


@requirement("PAT-ITI44-031")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda feed: feed.without(LOCAL), id="EPR-SPID only"),
        pytest.param(lambda feed: feed.replaced(LOCAL, '<hl7:id nullFlavor="UNK"/>'), id="local id unknown"),
    ],
)
def test_a_feed_without_local_id_is_refused(clinic: PrimarySystem, change: Change) -> None:
    reply = clinic.send(change(clinic.valid_add()), baseline=clinic.valid_add)
    expect(reply).acknowledges("CE", "CR", details=["204", "SYN100", "SYN101", "SYN105"])


@requirement("PAT-ITI44-032")
def test_demographics_alone_lead_to_no_epr_spid(clinic: PrimarySystem) -> None:
    patient = clinic.registered()
    namesake = clinic.double(patient)
    clinic.send(add(namesake, clinic.addressing).without(EPR_SPID), baseline=clinic.valid_add)
    expect(clinic.pix(clinic.local(namesake))).gives_no_id_of(clinic.addressing.spid, clinic.addressing.mpi)
