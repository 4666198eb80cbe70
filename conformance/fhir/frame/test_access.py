"""Who may call the FHIR API at all: a token, or a client certificate that is known (CH EPR FHIR 5.0.0, ITI-72)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.fhir_patients import cross_reference
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement, transaction
from fixtures.wire import NoAnswer, Unreachable


@requirement("FHIR-GEN-024")
@transaction("ITI-83")
@pytest.mark.parametrize("certificate", ["unregistered", "expired"])
def test_an_unknown_client_certificate_is_no_substitute_for_a_token(
    community: Community, patient: RegisteredPatient, certificate: str
) -> None:
    query = cross_reference(community.target.domains.local, patient.local_id)
    baseline = community.fhir.basic(query)
    community.fhir.accepted(baseline)
    reply = over_tls(community, query, certificate)
    community.fhir.alive(baseline)
    if reply is not None:
        expect(reply).is_unauthorised(tolerated=[403]).discloses_nothing([patient.spid])


def over_tls(community: Community, query: Call, certificate: str) -> RestReply | None:
    """The reply, None where the handshake already refuses the certificate."""
    try:
        return community.fhir.send(query, tls=certificate)
    except (Unreachable, NoAnswer):
        return None
