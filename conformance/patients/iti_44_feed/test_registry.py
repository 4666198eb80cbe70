"""The patients of the master patient index are the patients of the document registry."""

import uuid
from dataclasses import replace

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.queries import find_documents
from fixtures.suite import requirement, transaction


@requirement("PAT-ITI44-047")
@transaction("ITI-44", "ITI-41")
def test_a_fed_patient_may_have_documents(community: Community) -> None:
    patient = community.record()
    submission = community.submission(patient, token=community.token("HCP", patient))
    expect(community.send(submission.message)).is_success()


@requirement("PAT-ITI44-047")
@transaction("ITI-44", "ITI-41")
def test_an_invented_mpi_pid_may_have_none(community: Community) -> None:
    patient = community.record()
    token = community.token("HCP", patient)
    nobody = replace(patient, mpi_pid=str(uuid.uuid4()))
    valid = community.submission(patient, token=token)
    reply = community.send(community.submission(nobody, token=token).message, baseline=valid.message)
    expect(reply).is_failure("XDSUnknownPatientId")


@requirement("PAT-SPID-007")
@transaction("ITI-44", "ITI-18", "ITI-41")
def test_documents_are_kept_under_the_mpi_pid(community: Community) -> None:
    patient = community.record()
    token = community.token("HCP", patient)
    community.publish(patient, token=token)
    reply = community.send(find_documents(patient.xad_pid, token=token))
    other = f"[not(contains(@value, '&{patient.mpi_domain}&'))]"
    entry_patient = "//rim:ExternalIdentifier[@identificationScheme='urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427']"
    expect(reply).is_success().has(entry_patient).lacks(entry_patient + other)
