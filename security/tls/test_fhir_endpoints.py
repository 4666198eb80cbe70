"""FHIR endpoints: TLS with server authentication, and a token or a client certificate (CH EPR FHIR 5.0.0; IHE IUA)."""

import socket
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.fhir_patients import cross_reference, token
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import Call, metadata
from fixtures.suite import requirement, transaction
from fixtures.wire import NO_CERTIFICATE
from security.tls.endpoints import Address, demand, open_addresses
from security.tls.scans import VERSIONS, WEAK, Scans, nowhere, scans_of, suites, unwanted, without_gcm


@pytest.fixture(scope="module")
def scans(community: Community) -> Scans:
    return scans_of(community, open_addresses(community))


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    return community.patient()


@pytest.fixture
def query(community: Community, patient: RegisteredPatient) -> Call:
    """ITI-83, which needs a basic token or a registered node; so far without either."""
    return cross_reference(community.target.domains.local, patient.local_id)


# --- TLS itself -----------------------------------------------------------------------------------


@requirement("FHIR-GEN-023")
@pytest.mark.parametrize("version", ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"])
def test_old_versions_are_refused(scans: Scans, version: str) -> None:
    nowhere(scans, lambda scan: unwanted(scan, version), f"{version} refused")


@requirement("FHIR-GEN-023")
def test_weak_suites_are_refused(scans: Scans) -> None:
    def weak(scan: object) -> list[str]:
        return [name for name in unwanted(scan, *VERSIONS) if any(word in name for word in WEAK)]

    nowhere(scans, weak, "no NULL, anonymous, export, RC4 or DES suite")


@requirement("FHIR-GEN-023")
def test_forward_secret_suites_are_offered(scans: Scans) -> None:
    def missing(scan: object) -> list[str]:
        return [] if suites(scan, "tls_1_3") else without_gcm(scan, both=False)

    nowhere(scans, missing, "TLS 1.3, or ECDHE with AES-GCM in TLS 1.2")


@requirement("FHIR-GEN-022")
def test_plain_http_is_not_served(community: Community) -> None:
    community.fhir.accepted(metadata())
    path = urlsplit(community.fhir.base("FHIR API")).path.rstrip("/")
    heard = [over_plain_http(address, f"{path}/metadata") for address in open_addresses(community)]
    served = [each[:60] for each in heard if each.startswith(b"HTTP/") and each.split(b" ")[1][:1] == b"2"]
    demand(served, "the connection closed, a redirect or an HTTP error")
    demand([each[:60] for each in heard if b"CapabilityStatement" in each], "no FHIR content")


def over_plain_http(address: Address, path: str) -> bytes:
    """The first part of the answer; nothing where there is none."""
    received = b""
    question = f"GET {path} HTTP/1.1\r\nHost: {address[0]}\r\nConnection: close\r\n\r\n".encode()
    with suppress(OSError), socket.create_connection(address, timeout=3) as connection:
        connection.sendall(question)
        while (chunk := connection.recv(65_536)) and len(received) < 100_000:
            received += chunk
    return received


# --- token or certificate -------------------------------------------------------------------------


@requirement("XUA-TLS-035")
@transaction("ITI-83", "ITI-71")
def test_a_token_is_enough(community: Community, patient: RegisteredPatient, query: Call) -> None:
    open_addresses(community)
    reply = community.fhir.send(query.with_token(community.fhir.basic_token()))
    expect(reply).is_ok().reads("parameter.value.value", patient.spid)


@requirement("XUA-TLS-035")
@transaction("ITI-83")
def test_a_registered_certificate_is_enough(community: Community, patient: RegisteredPatient, query: Call) -> None:
    open_addresses(community)
    reply = community.fhir.send(replace(query, by_node=True))
    expect(reply).is_ok().reads("parameter.value.value", patient.spid)


@requirement("XUA-TLS-035")
@transaction("ITI-83")
def test_neither_token_nor_certificate_is_refused(
    community: Community, patient: RegisteredPatient, query: Call
) -> None:
    open_addresses(community)
    reply = community.fhir.send(query, baseline=community.fhir.basic(query))
    expect(reply).is_refused(401, 403).discloses_nothing([patient.spid])


@requirement("FHIR-GEN-025")
@transaction("ITI-67", "GetXUA")
def test_an_assertion_is_no_token_without_client_certificate(community: Community) -> None:
    open_addresses(community)
    patient = community.record()
    bearer = urlsafe_b64encode(community.token("PAT", patient)).rstrip(b"=").decode()
    question = (("patient.identifier", token(EPR_SPID, patient.spid)), ("status", "current"))
    query = Call("ITI-67", "GET", "DocumentReference", question).with_token(bearer)
    reply = community.fhir.send(query, baseline=replace(query, by_node=True), tls=NO_CERTIFICATE)
    expect(reply).is_unauthorised()
