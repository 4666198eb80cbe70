"""FHIR endpoints: TLS with server authentication, and a token or a client certificate (CH EPR FHIR 5.0.0; IHE IUA)."""

import socket
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community, RegisteredPatient
from fixtures.epr.fhir_audit import retrieve_audit_events
from fixtures.epr.fhir_audit_feed import record_audit_event, search_event
from fixtures.epr.fhir_patients import cross_reference, token
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import Call, Raw, metadata
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


@requirement("AUD-FEED-012")
@transaction("ITI-20", "ITI-71")
def test_no_audit_event_is_taken_over_plain_http(community: Community, patient: RegisteredPatient) -> None:
    url, site = community.url("ITI-20"), community.target.domains.sender
    event = search_event(patient.spid, site=site, url=url)
    sent = record_audit_event(event, token=community.fhir.basic_token())
    community.fhir.accepted(sent)
    demand(served_plainly(community, sent), "the connection closed, a redirect or an HTTP error")


@requirement("FHIR-ITI81-004", "AUD-ITI81-026")
@transaction("ITI-81", "ITI-71")
def test_no_trail_is_read_over_plain_http(community: Community) -> None:
    record = community.record()
    token, spans = community.fhir.token("PAT", record), {"since": "2020-01-01", "until": "2100-01-01"}
    query = retrieve_audit_events(record.spid, **spans, token=token)
    community.fhir.accepted(query)
    demand(served_plainly(community, query), "the connection closed, a redirect or an HTTP error")


def served_plainly(community: Community, call: Call) -> list[bytes]:
    """The status line of a success over HTTP without TLS, at the port that speaks TLS; none is right."""
    raw = call.addressed().raw(community.fhir.base(call.transaction))
    url = urlsplit(raw.url)
    if url.scheme != "https":
        raise Skipped(Reason.NEEDS_TLS, f"the endpoint of {call.transaction} is not https")
    community.wire.wait()
    target = f"{url.path}?{url.query}" if url.query else url.path
    heard = over_plain_http((url.hostname or "", url.port or 443), target, replace(raw, url=""))
    is_served = heard.startswith(b"HTTP/") and heard.split(b" ")[1][:1] == b"2"
    return [heard.partition(b"\r\n")[0]] if is_served else []


def over_plain_http(address: Address, path: str, raw: Raw | None = None) -> bytes:
    """The first part of the answer to a GET, or to ``raw``; nothing where there is none."""
    received, raw = b"", raw or Raw("GET", "")
    lines = [f"{raw.method} {path} HTTP/1.1", f"Host: {address[0]}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in raw.headers.items()]
    lines += [f"Content-Length: {len(raw.body)}"] if raw.body else []
    question = "\r\n".join([*lines, "", ""]).encode() + raw.body
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
