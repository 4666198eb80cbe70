"""Is an answer right? The cheap judgement that every answer under load gets: status inside the body, patient, count.

Each function makes a judge for one expectation: "" for right, else a sentence. A judge looks at the octets first, for
that is cheap; what does not look right there may only be spelled unusually (character references, other prefixes), so
it is read before it is called wrong. One answer in n is judged by the conformance checks as well
(:mod:`load.inspection`); answers of the FHIR API: :mod:`load.right_rest`.
"""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Final

from fixtures.epr.hl7v3_read import pdq_response, pix_response
from fixtures.epr.message import Message, Reply, read_reply
from fixtures.epr.names import SUCCESS
from fixtures.epr.policy_names import FEED_SUCCESS
from fixtures.epr.policy_read import feed_response, policy_response
from fixtures.epr.saml_read import read_xua
from fixtures.epr.wstrust import read_token
from fixtures.epr.xds_read import query_response, registry_response, retrieve_response
from fixtures.epr.xml import Element
from load.step import Answer, Judge

_SUCCESS: Final = SUCCESS.encode()
_ENTRY: Final = re.compile(rb"<(?:[\w.-]+:)?ExtrinsicObject[\s/>]")
_POLICY_SET: Final = re.compile(rb"<(?:[\w.-]+:)?PolicySet[\s/>]")
_FED: Final = FEED_SUCCESS.encode()
_FAULT: Final = re.compile(rb"<(?:[\w.-]+:)?Fault[\s/>]")
_OK: Final = re.compile(rb"queryResponseCode[^>]*\bcode=[\"']OK[\"']")


def judged(transaction: str, looks_right: Callable[[bytes], bool], read: Callable[[Reply], str]) -> Judge:
    """Right where the octets look right; else what ``read``, which may raise ValueError, says of the answer."""

    def judge(answer: Answer) -> str:
        if looks_right(answer.body):
            return ""
        headers = {"content-type": answer.content_type}
        reply = read_reply(Message(transaction, b""), answer.status, headers, answer.body)
        try:
            wrong = read(reply)
        except ValueError as error:
            wrong = str(error)
        return wrong and told(wrong, answer)

    return judge


def registered() -> Judge:
    """ITI-41: status Success."""
    return judged("ITI-41", lambda body: _SUCCESS in body, lambda reply: _status(registry_response(reply).status))


def finds(documents: int) -> Judge:
    """ITI-18: status Success and as many DocumentEntries."""

    def looks_right(body: bytes) -> bool:
        if _SUCCESS not in body:
            return False
        # the first as most write it, and ten times as quick to count
        return body.count(b"ExtrinsicObject ") == documents or len(_ENTRY.findall(body)) == documents

    def read(reply: Reply) -> str:
        response = query_response(reply)
        found = len(response.documents)
        right = found == documents
        return _status(response.status) or ("" if right else f"{found} DocumentEntries instead of {documents}")

    return judged("ITI-18", looks_right, read)


def has_document(content: bytes) -> Judge:
    """ITI-43: status Success and the octets that were published, as a MIME part or in base64."""
    encoded = base64.b64encode(content)

    def read(reply: Reply) -> str:
        response = retrieve_response(reply)
        there = [document.content for document in response.documents] == [content]
        return _status(response.status) or ("" if there else "not the octets that were published")

    return judged("ITI-43", lambda body: _SUCCESS in body and (content in body or encoded in body), read)


def names(transaction: str, *values: str) -> Judge:
    """ITI-45, ITI-47: query response OK that has these identifiers of the patient."""
    wanted = [value.encode() for value in values]

    def read(reply: Reply) -> str:
        response = pix_response(reply) if transaction == "ITI-45" else pdq_response(reply)
        if response.query_ack.response_code != "OK":
            return "no queryResponseCode OK"
        missing = set(values) - {found.extension for found in response.ids}
        return f"an answer without {', '.join(sorted(missing))}" if missing else ""

    return judged(transaction, lambda body: bool(_OK.search(body)) and all(each in body for each in wanted), read)


def issues_token(spid: str) -> Judge:
    """GetXUA: an assertion about this patient, no fault."""
    patient = spid.encode()

    def looks_right(body: bytes) -> bool:
        return b"RequestedSecurityToken" in body and patient in body and not _FAULT.search(body)

    def read(reply: Reply) -> str:
        return "" if read_xua(read_token(reply)).spid == spid else "a token without the EPR-SPID of the patient"

    return judged("GetXUA", looks_right, read)


def has_policy_sets(spid: str) -> Judge:
    """PPQ-2: policy sets of this patient."""
    patient = spid.encode()

    def looks_right(body: bytes) -> bool:
        return bool(_POLICY_SET.search(body)) and patient in body and not _FAULT.search(body)

    def read(reply: Reply) -> str:
        sets = policy_response(reply).policy_sets
        about = any(spid in _said(each) for each in sets)
        return "" if about else "policy sets without the EPR-SPID of the patient" if sets else "no policy sets"

    return judged("PPQ-2", looks_right, read)


def is_fed() -> Judge:
    """PPQ-1: status success."""
    return judged("PPQ-1", lambda body: _FED in body, lambda reply: _status(feed_response(reply).status, FEED_SUCCESS))


def told(what: str, answer: Answer) -> str:
    """The sentence with the beginning of the answer."""
    return f"{what}: {answer.body[:300].decode('utf-8', 'replace')}"


def _status(status: str, wanted: str = SUCCESS) -> str:
    return "" if status == wanted else f"status {status or 'missing'}, not {wanted}"


def _said(element: Element) -> Iterator[str]:
    """Every value within an element."""
    for each in element.iter():
        yield (each.text or "").strip()
        yield from map(str, each.attrib.values())
