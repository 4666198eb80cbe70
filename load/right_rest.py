"""Is an answer of the FHIR API right? As :mod:`load.right`: octets first, and the resource where they look wrong."""

from collections.abc import Callable
from typing import Any, Final

from fixtures.epr import iua
from fixtures.epr.fhir_documents import next_page, references_of
from fixtures.epr.fhir_json import values
from fixtures.epr.jwt import claims
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply, read_rest_reply
from load.right import told
from load.step import Answer, Judge

_REFERENCE: Final = b'"resourceType":"DocumentReference"'
_EVENT: Final = b'"resourceType":"AuditEvent"'
_CONSENT: Final = b'"resourceType":"Consent"'


def reply_of(name: str, answer: Answer) -> RestReply:
    """The answer, read; ``name`` is the transaction."""
    return read_rest_reply(Call(name, "GET"), answer.status, dict(answer.named()), answer.body)


def judged(name: str, looks_right: Callable[[bytes], bool], read: Callable[[RestReply], str]) -> Judge:
    """Right where the octets look right; else what ``read`` says of the answer."""

    def judge(answer: Answer) -> str:
        if looks_right(answer.body):
            return ""
        wrong = read(reply_of(name, answer))
        return wrong and told(wrong, answer)

    return judge


def finds_references(documents: int) -> Judge:
    """ITI-67: a Bundle with as many DocumentReferences, or the first page of as many."""

    def read(reply: RestReply) -> str:
        found = len(references_of(reply))
        total = (reply.resource or {}).get("total")
        right = found == documents or (next_page(reply) != "" and total in (None, documents) and found < documents)
        return "" if right else f"{found} DocumentReferences instead of {documents}"

    return judged("ITI-67", lambda body: body.count(_REFERENCE) == documents, read)


def is_document(content: bytes) -> Judge:
    """ITI-68: the octets that were published."""
    wrong = "not the octets that were published"
    return lambda answer: "" if answer.body == content else told(wrong, answer)


def says(name: str, *wanted: str) -> Judge:
    """ITI-83 and ITI-119: a resource with these values."""
    octets = [value.encode() for value in wanted]

    def read(reply: RestReply) -> str:
        missing = [each for each in wanted if not _holds(reply.resource, each)]
        return f"an answer without {', '.join(missing)}" if missing else ""

    return judged(name, lambda body: all(value in body for value in octets), read)


def is_provided(entries: int) -> Judge:
    """ITI-65: a transaction-response in which each of so many entries was created."""

    def looks_right(body: bytes) -> bool:
        return b'"transaction-response"' in body and body.count(b'"status":"201') == entries

    def read(reply: RestReply) -> str:
        resource = reply.resource or {}
        if resource.get("type") != "transaction-response":
            return f"no transaction-response ({reply.says})"
        created = [str(status)[:1] for status in values(resource, "entry[*].response.status")]
        right = created == ["2"] * entries
        return "" if right else f"{created.count('2')} of {entries} entries were created"

    return judged("ITI-65", looks_right, read)


def shows_trail(spid: str, events: int) -> Judge:
    """ITI-81: a Bundle with at least so many AuditEvents, all of this patient."""
    patient = spid.encode()

    def looks_right(body: bytes) -> bool:
        found = body.count(_EVENT)
        return found > 0 and found >= events and body.count(patient) >= found

    def read(reply: RestReply) -> str:
        found = [each for each in reply.resources if each.get("resourceType") == "AuditEvent"]
        if reply.kind != "Bundle":
            return f"no Bundle ({reply.says})"
        if len(found) < events and not next_page(reply):
            return f"{len(found)} AuditEvents, and {events} there were before"
        others = sum(not _holds(each, spid) for each in found)
        return f"{others} of {len(found)} AuditEvents without the EPR-SPID of the patient" if others else ""

    return judged("ITI-81", looks_right, read)


def has_consents(spid: str) -> Judge:
    """PPQ-5: a Bundle with Consents, all of this patient."""
    patient = spid.encode()

    def read(reply: RestReply) -> str:
        found = [each for each in reply.resources if each.get("resourceType") == "Consent"]
        about = bool(found) and all(_holds(each, spid) for each in found)
        return "" if about else "Consents without the EPR-SPID of the patient" if found else f"none ({reply.says})"

    def looks_right(body: bytes) -> bool:
        found = body.count(_CONSENT)
        return found > 0 and body.count(patient) >= found

    return judged("PPQ-5", looks_right, read)


def is_stored() -> Judge:
    """PPQ-3: the status says all; an OperationOutcome may come with it."""
    return lambda _: ""


def issues_access_token(spid: str) -> Judge:
    """ITI-71: an access token; where it says for which patient, for this one."""
    person = iua.cx(spid)

    def judge(answer: Answer) -> str:
        token = iua.access_token(reply_of("ITI-71", answer))
        if not token:
            return told("no token was issued", answer)
        found = values(claims(token), "extensions.ihe_iua.person_id")
        return "" if found in ([], [person]) else "a token for another patient"

    return judge


def _holds(value: Any, wanted: str) -> bool:
    """True where some text within a resource has this."""
    match value:
        case dict():
            return any(_holds(each, wanted) for each in value.values())
        case list():
            return any(_holds(each, wanted) for each in value)
    return isinstance(value, str) and wanted in value
