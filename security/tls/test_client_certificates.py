"""Node authentication: who shows no certificate, or a wrong one, gets nothing (IHE ITI TF-2 3.19; RFC 9325)."""

from pathlib import Path

import pytest
from cryptography import x509

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Finding, Reason, Skipped, Unmet
from fixtures.client import Community
from fixtures.epr.keypair import KeyPair
from fixtures.epr.message import Message
from fixtures.epr.queries import find_documents
from fixtures.suite import requirement, transaction
from fixtures.trust.forgery import of_twin_authority, of_unknown_authority, self_signed
from fixtures.wire import ClientCertificate, TlsRefused


def valid(community: Community, transaction_id: str) -> Message:
    """A valid request of the transaction."""
    patient = community.patient()
    if transaction_id == "GetXUA":
        return community.token_request("HCP", patient)
    if transaction_id == "ITI-18":
        return find_documents(patient.xad_pid, token=community.token("HCP", patient))
    from fixtures.epr.hl7v3 import pix_query
    from fixtures.epr.identifiers import II

    return pix_query(II(community.target.domains.local, patient.local_id), community.addressing)


def refused(community: Community, message: Message, tls: str | ClientCertificate) -> None:
    """The handshake fails, the connection is closed, or HTTP 401/403 comes without a SOAP answer."""
    community.accepted(message)
    try:
        reply = community.send(message, tls=tls)
    except TlsRefused:
        community.alive(message)
        return
    if reply.status not in (400, 401, 403) or reply.payload is not None:
        raise Unmet(Finding("a TLS refusal or HTTP 401/403", f"HTTP {reply.status}", evidence=(reply.evidence,)))
    community.alive(message)


def _genuine(community: Community) -> x509.Certificate:
    client = community.target.tls.client
    if client is None:
        raise Skipped(Reason.NEEDS_CERTIFICATE, "[tls] has no client_cert")
    return x509.load_pem_x509_certificate(client.certificate.read_bytes())


def _shown(pair: KeyPair, folder: Path) -> ClientCertificate:
    file = folder / "shown.pem"
    file.write_bytes(pair.certificate_pem)
    return ClientCertificate(file, pair.key_pem.decode(), permissive=True)


CITED = {"ITI-45": "PAT-GEN-038", "ITI-18": "XDS-SOAP-015", "GetXUA": "XUA-STS-105"}
EACH = [pytest.param(name, id=name, marks=pytest.mark.requirement("XUA-TLS-022", row)) for name, row in CITED.items()]


@pytest.mark.parametrize("name", EACH)
def test_no_client_certificate_is_refused(community: Community, name: str) -> None:
    refused(community, valid(community, name), "none")


@requirement("XUA-TLS-023", "PAT-GEN-039", "XCA-SEC-002")
@transaction("ITI-45")
@pytest.mark.parametrize("make", [of_unknown_authority, of_twin_authority], ids=["unknown-CA", "twin-CA"])
def test_a_certificate_of_another_authority_is_refused(community: Community, tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    refused(community, valid(community, "ITI-45"), _shown(make(_genuine(community)), tmp_path))


@requirement("XUA-TLS-024")
@transaction("ITI-45")
def test_a_self_signed_certificate_is_refused(community: Community, tmp_path: Path) -> None:
    refused(community, valid(community, "ITI-45"), _shown(self_signed(_genuine(community)), tmp_path))


HOSTILE = {
    "expired": ("XUA-TLS-025", "PAT-GEN-039"),
    "not_yet_valid": ("XUA-TLS-026",),
    "revoked": ("XUA-TLS-027",),
    "unregistered": ("XUA-TLS-030", "PAT-GEN-040"),
    "weak": ("XUA-TLS-031",),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, id=name, marks=pytest.mark.requirement(*rows)) for name, rows in HOSTILE.items()]
)
@transaction("ITI-45")
def test_a_certificate_of_the_trusted_authority_that_is_not_in_order_is_refused(
    community: Community, name: str
) -> None:
    refused(community, valid(community, "ITI-45"), name)


@requirement("XUA-TLS-021", "XUA-TLS-020")
@pytest.mark.parametrize("name", CITED)
def test_the_registered_certificate_is_accepted(community: Community, name: str) -> None:
    expect(community.send(valid(community, name))).is_success()
