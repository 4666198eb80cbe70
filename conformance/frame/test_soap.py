"""The SOAP frame: versions, addressing, mandatory headers, broken XML (IHE ITI TF-2 Appendix V)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.hl7v3 import by_id, pix_query
from fixtures.epr.identifiers import II, spid
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


@requirement("PAT-GEN-007")
def test_an_action_that_does_not_fit_the_body_is_refused(community: Community) -> None:
    message = valid(community, PAT)
    reply = community.send(message.with_text("//wsa:Action", "urn:hl7-org:v3:PRPA_IN201301UV02"), baseline=message)
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
    expect(reply).meets(reply.status >= 400, "HTTP 415, 400 or 500", reply.status).lacks("//rim:ExtrinsicObject")


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


@requirement("PAT-GEN-012")
@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "unknown"])
def test_an_empty_or_unknown_body_is_refused(community: Community, is_empty: bool) -> None:
    message = valid(community, PAT)
    root = "//env:Body/*"
    changed = message.without(root) if is_empty else message.replaced(root, "<hl7:PRPA_IN999999UV02/>")
    expect(community.send(changed, baseline=message)).refuses()


@requirement("PAT-GEN-035")
@pytest.mark.parametrize("name", ["id", "interactionId", "receiver", "sender", "controlActProcess"])
def test_a_missing_wrapper_element_is_refused(community: Community, name: str) -> None:
    message = valid(community, PAT)
    expect(community.send(message.without(f"//env:Body/*/hl7:{name}"), baseline=message)).refuses()


@requirement("PAT-GEN-001")
def test_soap_1_2_is_answered_by_soap_1_2(community: Community) -> None:
    reply = community.send(valid(community, PAT))
    expect(reply).is_success().has("/env:Envelope", times=1)
    expect(reply).meets(
        reply.content_type.startswith("application/soap+xml"), "application/soap+xml", reply.content_type
    )


@requirement("PAT-GEN-002")
@pytest.mark.parametrize(
    "action", ["", "urn:hl7-org:v3:PRPA_IN201309UV02", "urn:example:any"], ids=["none", "right", "any"]
)
def test_the_action_parameter_is_not_needed(community: Community, action: str) -> None:
    parameter = f'; action="{action}"' if action else ""
    message = valid(community, PAT).on_the_wire(
        "action parameter",
        lambda http: Http(f"application/soap+xml; charset=utf-8{parameter}", http.body, http.headers),
    )
    expect(community.send(message)).answers("AA/OK")


def prefixed(http: Http) -> Http:
    body = http.body.replace(b'xmlns="urn:hl7-org:v3"', b'xmlns="urn:hl7-org:v3" xmlns:unused="urn:hl7-org:v3"')
    return Http(
        http.content_type, body.replace(b"env:", b"soap12:").replace(b"xmlns:env=", b"xmlns:soap12="), http.headers
    )


@requirement("PAT-GEN-017")
def test_other_prefixes_are_accepted(community: Community) -> None:
    message = valid(community, PAT).on_the_wire("other prefixes", prefixed)
    expect(community.send(message)).answers("AA/OK")


@requirement("PAT-GEN-047")
def test_concurrent_queries_get_their_own_answers(community: Community) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from fixtures.epr.hl7v3_read import pdq_response

    patients = [community.patient() for _ in range(5)] * 4
    queries = [by_id(spid(patient.spid), addressing=community.addressing) for patient in patients]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(community.send, queries))
    found = [{ii.extension for one in pdq_response(reply).patients for ii in one.ids} for reply in replies]
    wrong = [patient.spid for patient, ids in zip(patients, found, strict=True) if patient.spid not in ids]
    expect(replies[0]).meets(not wrong, "every answer about its own patient", wrong)
