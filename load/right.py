"""Is an answer right? The cheap judgement that every answer under load gets: status inside the body, patient, count.

Each function makes a judge for one expectation: "" for right, else a sentence. One answer in n is judged by the
conformance checks as well (:mod:`load.inspection`).
"""

import base64
import re
from collections.abc import Callable
from typing import Final

from fixtures.epr.policy_names import FEED_SUCCESS
from load.sender import Answer

Judge = Callable[[Answer], str]

_SUCCESS: Final = b"urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
_ENTRY: Final = re.compile(rb"<(?:[\w.-]+:)?ExtrinsicObject[\s/>]")
_POLICY_SET: Final = re.compile(rb"<(?:[\w.-]+:)?PolicySet[\s/>]")
_FED: Final = FEED_SUCCESS.encode()
_FAULT: Final = re.compile(rb"<(?:[\w.-]+:)?Fault[\s/>]")
_OK: Final = re.compile(rb"queryResponseCode[^>]*\bcode=[\"']OK[\"']")


def registered() -> Judge:
    """ITI-41: status Success."""
    return lambda answer: "" if _SUCCESS in answer.body else _told("no status Success", answer)


def finds(documents: int) -> Judge:
    """ITI-18: status Success and as many DocumentEntries."""

    def judge(answer: Answer) -> str:
        if _SUCCESS not in answer.body:
            return _told("no status Success", answer)
        if answer.body.count(b"ExtrinsicObject ") == documents:  # as most write it, and ten times as quick to count
            return ""
        found = len(_ENTRY.findall(answer.body))
        return "" if found == documents else f"{found} DocumentEntries instead of {documents}"

    return judge


def has_document(content: bytes) -> Judge:
    """ITI-43: status Success and the octets that were published, as a MIME part or in base64."""
    encoded = base64.b64encode(content)

    def judge(answer: Answer) -> str:
        if _SUCCESS not in answer.body:
            return _told("no status Success", answer)
        there = content in answer.body or encoded in answer.body
        return "" if there else "not the octets that were published"

    return judge


def names(*values: str) -> Judge:
    """ITI-45, ITI-47: query response OK that has these identifiers of the patient."""
    wanted = [value.encode() for value in values]

    def judge(answer: Answer) -> str:
        if not _OK.search(answer.body):
            return _told("no queryResponseCode OK", answer)
        missing = [value.decode() for value in wanted if value not in answer.body]
        return f"an answer without {', '.join(missing)}" if missing else ""

    return judge


def issues_token(spid: str) -> Judge:
    """GetXUA: an assertion about this patient, no fault."""
    patient = spid.encode()

    def judge(answer: Answer) -> str:
        if _FAULT.search(answer.body) or b"RequestedSecurityToken" not in answer.body:
            return _told("no token was issued", answer)
        return "" if patient in answer.body else "a token without the EPR-SPID of the patient"

    return judge


def has_policy_sets(spid: str) -> Judge:
    """PPQ-2: policy sets of this patient."""
    patient = spid.encode()

    def judge(answer: Answer) -> str:
        if _FAULT.search(answer.body) or not _POLICY_SET.search(answer.body):
            return _told("no policy sets", answer)
        return "" if patient in answer.body else "policy sets without the EPR-SPID of the patient"

    return judge


def is_fed() -> Judge:
    """PPQ-1: status success."""
    return lambda answer: "" if _FED in answer.body else _told("no status success", answer)


def _told(what: str, answer: Answer) -> str:
    return f"{what}: {answer.body[:300].decode('utf-8', 'replace')}"
