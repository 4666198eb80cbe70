"""Node authentication: who shows no certificate, or a wrong one, gets nothing (IHE ITI TF-2 3.19; RFC 9325)."""

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from fixtures.checks.expect import expect, note
from fixtures.checks.verdicts import Finding, Reason, Skipped, Unmet
from fixtures.client import Community
from fixtures.epr.hl7v3 import pix_query
from fixtures.epr.identifiers import II
from fixtures.epr.keypair import KeyPair
from fixtures.epr.message import Message
from fixtures.epr.queries import find_documents
from fixtures.suite import requirement, transaction
from fixtures.trust.client_context import client_context
from fixtures.trust.forgery import below_leaf, key_of_another, of_twin_authority, of_unknown_authority, self_signed
from fixtures.wire import ClientCertificate, NoAnswer, Unreachable
from security.tls.endpoints import demand, over_tls


def valid(community: Community, transaction_id: str) -> Message:
    """A valid request of the transaction."""
    patient = community.patient()
    if transaction_id == "GetXUA":
        return community.token_request("HCP", patient)
    if transaction_id == "ITI-18":
        return find_documents(patient.xad_pid, token=community.token("HCP", patient))
    return pix_query(II(community.target.domains.local, patient.local_id), community.addressing)


#: refusals as the catalogue tells them; nginx says 400, IIS 403, some proxies 495 and 496
FORBIDDEN = (400, 401, 403, 495, 496)


def refused(community: Community, message: Message, tls: str | ClientCertificate) -> None:
    """The handshake fails, the connection is closed, or HTTP 401/403 comes without a SOAP answer.

    The target answers the same message before and after over the registered certificate, so a connection that does
    not come about is a refusal, with or without an alert. Another HTTP error, or a SOAP fault, is secure: noted.
    """
    community.accepted(message)
    try:
        reply = community.send(message, tls=tls)
    except (Unreachable, NoAnswer):
        community.alive(message)
        return
    finding = Finding(
        "a TLS refusal or HTTP 401/403",
        f"HTTP {reply.status}: {expect(reply).outcome.says}",
        evidence=(reply.evidence,),
    )
    if reply.status < 400 or reply.payload is not None:
        raise Unmet(finding)
    if reply.status not in FORBIDDEN or reply.fault is not None:
        note(finding)
    community.alive(message)


def _genuine(community: Community) -> x509.Certificate:
    client = community.target.tls.client
    if client is None:
        raise Skipped(Reason.NEEDS_CERTIFICATE, "[tls] has no client_cert")
    return x509.load_pem_x509_certificate(client.certificate.read_bytes())


def _shown(pair: KeyPair, folder: Path) -> ClientCertificate:
    return ClientCertificate(_file(folder, pair.certificate_pem), pair.key_pem.decode(), permissive=True)


def _file(folder: Path, certificate: bytes) -> Path:
    file = folder / "shown.pem"
    file.write_bytes(certificate)
    return file


CITED = {"ITI-45": "PAT-GEN-038", "ITI-18": "XDS-SOAP-015", "GetXUA": "XUA-STS-105"}
EACH = [pytest.param(name, id=name, marks=pytest.mark.requirement("XUA-TLS-022", row)) for name, row in CITED.items()]


@pytest.mark.parametrize("name", EACH)
def test_no_client_certificate_is_refused(community: Community, name: str) -> None:
    refused(community, valid(community, name), "none")


@requirement("XUA-TLS-023", "PAT-GEN-039")
@transaction("ITI-45")
@pytest.mark.parametrize("make", [of_unknown_authority, of_twin_authority], ids=["unknown-CA", "twin-CA"])
def test_a_certificate_of_another_authority_is_refused(community: Community, tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    refused(community, valid(community, "ITI-45"), _shown(make(_genuine(community)), tmp_path))


@requirement("XUA-TLS-024")
@transaction("ITI-45")
def test_a_self_signed_certificate_is_refused(community: Community, tmp_path: Path) -> None:
    refused(community, valid(community, "ITI-45"), _shown(self_signed(_genuine(community)), tmp_path))


@requirement("XUA-TLS-028")
@transaction("ITI-45")
def test_a_registered_certificate_without_its_key_is_refused(community: Community, tmp_path: Path) -> None:
    genuine = _genuine(community)
    shown = _file(tmp_path, genuine.public_bytes(Encoding.PEM))
    refused(community, valid(community, "ITI-45"), ClientCertificate(shown, key_of_another(genuine), permissive=True))


@requirement("XUA-TLS-029")
@transaction("ITI-45")
def test_a_certificate_issued_by_a_node_is_refused(community: Community, tmp_path: Path) -> None:
    client = community.target.tls.client
    _genuine(community)
    assert client is not None
    pair, chain = below_leaf(KeyPair.from_pem(client.certificate.read_bytes(), client.key.reveal()))
    shown = ClientCertificate(_file(tmp_path, chain), pair.key_pem.decode(), permissive=True)
    refused(community, valid(community, "ITI-45"), shown)


@requirement("XUA-TLS-033")
@transaction("ITI-45")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS-1.2", "TLS-1.3"])
def test_a_resumed_session_without_certificate_is_not_served(community: Community, version: ssl.TLSVersion) -> None:
    message = valid(community, "ITI-45")
    community.accepted(message)
    context = client_context(community.target.tls.ca)
    context.minimum_version = context.maximum_version = version
    first = over_tls(community, context, message)
    second = over_tls(community, context, message, first.session)
    community.alive(message)
    demand([told[:80] for told in (first.answer, second.answer) if is_served(told)], "no SOAP answer in either session")


def is_served(answer: bytes) -> bool:
    return b"PRPA_IN201310UV02" in answer


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


@requirement("XUA-TLS-021")
@pytest.mark.parametrize("name", CITED)
def test_the_registered_certificate_is_accepted(community: Community, name: str) -> None:
    expect(community.send(valid(community, name))).is_success()


@requirement("XUA-TLS-021")
@transaction("ITI-45")
def test_a_registered_node_is_not_turned_away(community: Community) -> None:
    reply = community.send(pix_query(II(community.target.domains.local, "never-added"), community.addressing))
    is_turned_away = reply.status in FORBIDDEN and reply.payload is None and reply.fault is None
    expect(reply).meets(not is_turned_away, "an answer", f"HTTP {reply.status}")
