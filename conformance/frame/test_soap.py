"""The SOAP frame: versions, addressing, mandatory headers, broken XML (IHE ITI TF-2 Appendix V)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.hl7v3 import pix_query
from fixtures.epr.identifiers import II
from fixtures.epr.message import Http, Message
from fixtures.epr.names import NS
from fixtures.epr.queries import find_documents
from fixtures.suite import requirement

XDS, PAT = "ITI-18", "ITI-45"


def valid(community: Community, name: str) -> Message:
    """A valid ITI-18 or ITI-45 query."""
    patient = community.patient()
    if name == XDS:
        return find_documents(patient.xad_pid, token=community.token("PAT", patient))
    return pix_query(II(community.target.domains.local, patient.local_id), community.addressing)


def cases(documents: str, patients: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(XDS, id=XDS, marks=pytest.mark.requirement(documents)),
            pytest.param(PAT, id=PAT, marks=pytest.mark.requirement(patients)),
        ],
    )


@cases("XDS-SOAP-004", "PAT-GEN-007")
def test_an_unknown_action_is_refused(community: Community, name: str) -> None:
    message = valid(community, name)
    reply = community.send(message.with_text("//wsa:Action", "urn:example:NoSuchAction"), baseline=message)
    expect(reply).refuses()


@cases("XDS-SOAP-006", "PAT-GEN-008")
def test_a_mandatory_header_that_is_not_understood_is_refused(community: Community, name: str) -> None:
    message = valid(community, name)
    foo = '<Foo xmlns="urn:test:unknown" env:mustUnderstand="true"/>'
    reply = community.send(message.with_child("//env:Header", foo, "an unknown mandatory header"), baseline=message)
    expect(reply).is_fault("MustUnderstand")


def soap_1_1(http: Http) -> Http:
    body = http.body.replace(NS["env"].encode(), NS["env11"].encode())
    return Http("text/xml; charset=UTF-8", body, http.headers)


@cases("XDS-SOAP-007", "PAT-GEN-009")
def test_a_soap_1_1_envelope_is_refused(community: Community, name: str) -> None:
    message = valid(community, name)
    reply = community.send(message.on_the_wire("a SOAP 1.1 envelope", soap_1_1), baseline=message)
    is_refused = reply.status >= 400 or reply.fault is not None
    expect(reply).meets(is_refused, "a VersionMismatch fault, or HTTP 415, 400 or 500", reply.status)
    expect(reply).meets(reply.payload is None, "no answer of the application", reply.status)


def truncated(http: Http) -> Http:
    return Http(http.content_type, http.body[: len(http.body) // 2], http.headers)


@cases("XDS-SOAP-008", "PAT-GEN-010")
def test_truncated_xml_is_refused(community: Community, name: str) -> None:
    message = valid(community, name)
    reply = community.send(message.on_the_wire("the second half cut off", truncated), baseline=message)
    expect(reply).refuses()


@requirement("XDS-SOAP-008")
@pytest.mark.parametrize("xpath", ["//query:ResponseOption", "//rim:AdhocQuery"])
def test_an_incomplete_query_is_refused(community: Community, xpath: str) -> None:
    message = valid(community, XDS)
    expect(community.send(message.without(xpath), baseline=message)).refuses()


@requirement("XDS-SOAP-005")
@pytest.mark.parametrize("header", ["Action", "MessageID"])
def test_a_query_without_addressing_is_refused(community: Community, header: str) -> None:
    message = valid(community, XDS)
    expect(community.send(message.without(f"//wsa:{header}"), baseline=message)).refuses()
