"""The MIME frame of documents: what has to be accepted, and octets that must survive (IHE ITI TF-2 Appendix V.3.6)."""

import re
from dataclasses import replace

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.ebrim import new_oid
from fixtures.epr.message import Http
from fixtures.epr.mtom import Part
from fixtures.epr.xds import DocumentRequest, retrieve
from fixtures.epr.xds_read import retrieve_response
from fixtures.suite import requirement

OCTETS = b"%PDF-1.4\n" + bytes(range(256)) + b"\r \n \r\n--MIMEBoundary_of_another_message--\r\n"


@requirement("XDS-MTOM-007")
def test_every_octet_survives(community: Community) -> None:
    patient = community.record()
    token = community.token("PAT", patient)
    published = community.publish(patient, token=token, content=OCTETS)
    reply = community.send(retrieve([published.request], token=token))
    contents = [document.content for document in retrieve_response(reply).documents]
    expect(reply).is_success().meets(contents == [OCTETS], "the octets that were sent", contents[:1])


@requirement("XDS-MTOM-003")
def test_a_retrieve_request_in_mtom_is_understood(community: Community) -> None:
    token = community.token("PAT", community.patient())
    request = retrieve([DocumentRequest(community.target.repository_unique_id, new_oid())], token=token)
    reply = community.send(request)
    expect(reply).is_failure("XDSDocumentUniqueIdError").lacks("//xds:DocumentResponse")


@requirement("XDS-MTOM-006")
def test_a_percent_encoded_reference_is_decoded(community: Community) -> None:
    patient = community.record()
    token = community.token("PAT", patient)
    sent = community.submission(patient, token=token)
    part = Part(sent.content, "urn:uuid:11111111-2222-4333-8444-555555555555@eprobe.example", "application/pdf")
    href = "cid:urn%3Auuid%3A11111111-2222-4333-8444-555555555555%40eprobe.example"
    message = replace(sent.message.with_attribute("//xop:Include", "href", href), parts=(part,))
    expect(community.send(message, baseline=sent.message)).is_success()
    request = DocumentRequest(community.target.repository_unique_id, sent.entry.unique_id)
    reply = community.send(retrieve([request], token=token))
    contents = [document.content for document in retrieve_response(reply).documents]
    expect(reply).meets(contents == [sent.content], "the octets of the part", len(contents))


def unquoted(http: Http) -> Http:
    return Http(re.sub(r'boundary="([^"]*)"', r"boundary=\1", http.content_type), http.body)


def reordered(http: Http) -> Http:
    kind, *parameters = http.content_type.split("; ")
    return Http("; ".join([kind, *reversed(parameters)]), http.body)


def lower_case(http: Http) -> Http:
    names = rb"(?m)^Content-(Type|ID|Transfer-Encoding):"
    return Http(http.content_type, re.sub(names, lambda found: found.group(0).lower(), http.body))


def no_start(http: Http) -> Http:
    return Http(re.sub(r' start="[^"]*";', "", http.content_type), http.body)


def surrounded(http: Http) -> Http:
    return Http(http.content_type, b"a preamble\r\n" + http.body + b"an epilogue\r\n")


FORMS = {
    "unquoted": unquoted,
    "reordered": reordered,
    "lower-case": lower_case,
    "no-start": no_start,
    "surrounded": surrounded,
}


@requirement("XDS-MTOM-008")
@pytest.mark.parametrize("form", FORMS)
def test_a_variant_of_the_mime_frame_is_accepted(community: Community, form: str) -> None:
    patient = community.record()
    sent = community.submission(patient, token=community.token("PAT", patient))
    changed = sent.message.on_the_wire(form, FORMS[form])
    expect(community.send(changed, baseline=sent.message)).is_success()
