"""The transmission wrapper of a V3 message: what must be in it, and for whom it is (patient.md 4, 9)."""

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.checks.expect import expect
from fixtures.checks.expect_patients import SYNTAX_ERRORS
from fixtures.epr.hl7v3 import II, add, with_fresh_ids
from fixtures.epr.hl7v3_read import acknowledgement
from fixtures.epr.message import Message
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction

ROOT = "/env:Envelope/env:Body/*"
RECEIVER = f"{ROOT}/hl7:receiver/hl7:device/hl7:id"
SENDER = f"{ROOT}/hl7:sender/hl7:device/hl7:id"


@requirement("PAT-GEN-032")
@transaction("ITI-45")
def test_an_unknown_id_is_told_by_the_application(clinic: PrimarySystem) -> None:
    reply = clinic.pix(II(clinic.addressing.local, "never-added"))
    expect(reply).meets(reply.status == 200, "HTTP 200", reply.status)
    expect(reply).has("/env:Envelope/env:Body/hl7:PRPA_IN201310UV02")


@requirement("PAT-GEN-032")
@transaction("ITI-47")
def test_an_unknown_domain_is_told_by_the_application(clinic: PrimarySystem, patient: Patient) -> None:
    query = clinic.look_up_query(patient)
    reply = clinic.send(query.with_attribute("//hl7:otherIDsScopingOrganization[1]/hl7:value", "root", "2.999.999.1"))
    expect(reply).meets(reply.status == 200, "HTTP 200", reply.status)
    expect(reply).has("/env:Envelope/env:Body/hl7:PRPA_IN201306UV02")


@requirement("PAT-GEN-018")
def test_ten_answers_have_ten_message_ids(clinic: PrimarySystem, valid: Message) -> None:
    replies = [clinic.send(with_fresh_ids(valid)) for _ in range(10)]
    ids = {acknowledgement(reply).message_id for reply in replies}
    expect(replies[0]).is_success().meets(len(ids) == len(replies), "ten different message ids", sorted(map(str, ids)))


@requirement("PAT-GEN-033")
@transaction("ITI-44", "ITI-45")
def test_a_feed_under_another_interaction_is_refused_and_not_stored(clinic: PrimarySystem) -> None:
    patient = clinic.stranger()
    feed = add(patient, clinic.addressing)
    other = feed.with_attribute(f"{ROOT}/hl7:interactionId", "extension", "PRPA_IN201302UV02")
    expect(clinic.send(other, baseline=clinic.valid_add)).rejects("NS200", "SYN103", "SYN113")
    expect(clinic.pix(clinic.local(patient))).finds_nobody()


@requirement("PAT-GEN-034")
def test_only_current_processing_is_offered(clinic: PrimarySystem, valid: Message) -> None:
    archive = valid.with_attribute(f"{ROOT}/hl7:processingModeCode", "code", "A")
    expect(clinic.send(archive, baseline=valid)).rejects("NS250", tolerated=["SYN103", "SYN113"])


@requirement("PAT-GEN-034")
@transaction("ITI-44", "ITI-45")
def test_a_feed_in_another_mode_is_not_stored(clinic: PrimarySystem) -> None:
    patient = clinic.stranger()
    archive = add(patient, clinic.addressing).with_attribute(f"{ROOT}/hl7:processingModeCode", "code", "A")
    clinic.send(archive, baseline=clinic.valid_add)
    expect(clinic.pix(clinic.local(patient))).finds_nobody()


@requirement("PAT-GEN-035")
@pytest.mark.parametrize("element", ["id", "interactionId", "receiver", "sender", "controlActProcess"])
def test_a_wrapper_element_cannot_be_missing(clinic: PrimarySystem, valid: Message, element: str) -> None:
    reply = clinic.send(valid.without(f"{ROOT}/hl7:{element}"), baseline=valid)
    expect(reply).rejects(*SYNTAX_ERRORS)


@requirement("PAT-GEN-036")
def test_a_message_for_somebody_else_is_not_processed(clinic: PrimarySystem, valid: Message) -> None:
    reply = clinic.send(valid.with_attribute(RECEIVER, "root", "2.999.77.77"), baseline=valid)
    expect(reply).rejects("RTUDEST", "RTEDEST", "RTWDEST", "204")


@requirement("PAT-GEN-037")
def test_an_unknown_sender_is_not_served(clinic: PrimarySystem, valid: Message) -> None:
    reply = clinic.send(valid.with_attribute(SENDER, "root", "2.999.88.88"), baseline=valid)
    expect(reply).rejects("NS260", statuses=[403])
