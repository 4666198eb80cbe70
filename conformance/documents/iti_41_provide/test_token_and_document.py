"""What a document says of itself against who publishes it (EPRO-FDHA Annex 5 Amendment 1, section 1.2.4.4)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.ebrim import SECRET, provider_role
from fixtures.epr.names import SNOMED_CT
from fixtures.epr.queries import find_documents
from fixtures.epr.valuesets import Code
from fixtures.suite import requirement

#: code system of the confidentiality codes in access decision requests
EPR_CONFIDENTIALITY = "2.16.756.5.30.1.127.3.4"


@pytest.mark.parametrize(("role", "said"), [("PAT", "HCP"), ("HCP", "PAT")])
@requirement("XDS-ITI41-022")
def test_a_document_cannot_pose_as_that_of_another_role(
    community: Community, patient: RegisteredPatient, role: str, said: str
) -> None:
    token = community.token(role, patient)
    valid = community.submission(patient, token=token).message
    posing = community.submission(patient, token=token, original_provider_role=provider_role(said)).message
    changed = posing.changed(f"originalProviderRole {said} with a token of {role}", lambda _: None)
    expect(community.send(changed, baseline=valid)).refuses()


@pytest.mark.parametrize("system", [SNOMED_CT, EPR_CONFIDENTIALITY], ids=["SNOMED-CT", "access-decision"])
@requirement("XDS-ITI41-027")
def test_a_secret_document_is_secret_in_both_coding_schemes(
    community: Community, patient: RegisteredPatient, token: bytes, system: str
) -> None:
    code = Code(SECRET.code, system, "Secret")
    sent = community.submission(patient, token=token, confidentiality_codes=(code,))
    reply = community.send(sent.message.changed(f"confidentialityCode of {system}", lambda _: None))
    expect(reply).is_success()
    seen = community.send(find_documents(patient.xad_pid, token=community.token("HCP", patient)))
    expect(seen).is_success().discloses_nothing([sent.entry.unique_id])
