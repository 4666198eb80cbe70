"""One recorded request sent again, and what is to be said of the answer."""

import hashlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.judge.judging import Said
from conformance.replay import documents, patients, policies, tokens
from conformance.replay.call_draft import CallDraft
from conformance.replay.calls import prepared_call
from conformance.replay.draft import Draft, NothingToReplay
from fixtures.checks.outcome import outcome
from fixtures.checks.rest_rows import RestView, answer_view, call_view
from fixtures.checks.rows import rows
from fixtures.checks.shape import misshapen
from fixtures.checks.verdicts import NotJudged, Reason, Verdict
from fixtures.checks.view import View, request_view, response_view
from fixtures.client import Community, refusal, renewed
from fixtures.client.fhir import refusal as refused
from fixtures.epr import wstrust
from fixtures.epr.message import Message, Reply
from fixtures.epr.names import XUA_TRANSACTIONS
from fixtures.epr.rest_reply import RestReply
from fixtures.epr.stored import NotReadable, Stored, named, read_file
from fixtures.epr.wstrust import NoToken
from fixtures.epr.xml import find_all
from fixtures.suite.watch import facts_of
from fixtures.wire import WireError


@dataclass(frozen=True)
class Replayed:
    """What became of one request. ``says`` is the answer in words, ``evidence`` where to see it."""

    file: str
    place: str = ""
    transaction: str = ""
    verdict: Verdict = Verdict.ERROR
    says: str = ""
    reason: str = ""
    changes: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    rows: tuple[str, ...] = ()
    evidence: tuple[tuple[str, Any], ...] = ()
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "place": self.place,
            "transaction": self.transaction,
            "verdict": str(self.verdict),
            "says": self.says,
            "reason": self.reason,
            "changes": list(self.changes),
            "judged": list(self.rows),
            "findings": [said.as_json() for said in self.said],
            "evidence": dict(self.evidence),
            "error": self.error,
        }


def replay_file(file: Path, community: Community, transaction: str = "") -> Iterator[Replayed]:
    """Every request of the file, in order; at least one result. ``transaction``: of those that do not tell theirs."""
    name = str(file)
    try:
        stored = read_file(file)
    except NotReadable as error:
        yield Replayed(name, error=str(error))
        return
    if transaction:
        stored = tuple(named(message, transaction) for message in stored)
    ours = [message for message in stored if message.kind.transaction and message.kind.direction == "request"]
    requests = [message for message in ours if not message.changes]
    for message in requests:
        yield replace(replay(message, community), file=name, place=message.place)
    if not requests:
        yield Replayed(name, error=_why_none(stored))


def _why_none(stored: tuple[Stored, ...]) -> str:
    first = stored[0]
    if first.problem:
        return first.problem
    if first.kind.transaction and first.kind.direction != "request":
        return f"{first.kind.message}: only requests are sent again"
    return f"no request of ours: {first.kind.what or 'all were changed on purpose'}"


def replay(stored: Stored, community: Community) -> Replayed:
    """Send ``stored`` again; never raises for what the target or its file does."""
    result = Replayed("", transaction=stored.kind.transaction)
    if stored.kind.bare:
        return replace(
            result, error=f"the payload of {result.transaction} without its SOAP envelope: store the whole envelope"
        )
    changes: list[str] = []
    try:
        answer = _answered(stored, community, changes)
    except NothingToReplay as error:
        return replace(result, error=str(error))
    except NotJudged as stopped:
        reason = f"{stopped.reason or 'not-applicable'}: {stopped.detail}"
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason, changes=tuple(changes))
    except (WireError, NoToken) as error:
        code = getattr(error, "reason", Reason.BASELINE_REFUSED)
        reason = f"{code}: {error}"
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason, changes=tuple(changes))
    return _judged(replace(result, changes=tuple(changes)), answer)


@dataclass(frozen=True)
class _Answer:
    """What came, in the words of its protocol; how rows see it, and what was sent."""

    reply: Reply | RestReply
    says: str
    refused: str
    view: View | RestView | None
    sent: View | RestView | None


def _answered(stored: Stored, community: Community, changes: list[str]) -> _Answer:
    """Make the request fresh, send it, read the answer; ``changes`` are added to as they are made."""
    facts = facts_of(community.target)
    if stored.rest is not None:
        call_draft = CallDraft.of(stored, changes)
        told = community.fhir.send(prepared_call(call_draft, community))
        sent = call_view(told.request, facts)
        return _Answer(told, told.says + _found(told), refused(told), answer_view(told, facts), sent)
    draft = Draft.of(stored, changes)
    reply = community.send(prepared(draft, community))
    view = response_view(reply, facts, now=time.time())
    return _Answer(reply, outcome(reply).says + _held(reply), refusal(reply), view, request_view(reply.request, facts))


def prepared(draft: Draft, community: Community) -> Message:
    """The message to send, with everything replaced that must be; ``draft.changes`` says what."""
    draft.address(community.url(draft.transaction))
    was_signed = tokens.is_signed(draft.root)
    if draft.transaction in ("ITI-44", "ITI-45", "ITI-47"):
        patients.adapt(draft, community)
    elif draft.transaction in ("PPQ-1", "PPQ-2", "CH:ADR"):
        policies.adapt(draft, community)
    else:
        patient = community.record() if draft.transaction in XUA_TRANSACTIONS else community.patient()
        draft.knows(patient, community.target.domains.local)
        if draft.transaction in XUA_TRANSACTIONS:
            tokens.renew_token(draft, community, patient)
            documents.adapt(draft, community, patient)
        else:
            tokens.adapt(draft, community, patient)
    message = renewed(draft.message())
    if message.envelope != draft.message().envelope:
        draft.say(_FRESH.get(draft.transaction, "HL7 message id, query id and creationTime: fresh"))
    if draft.transaction == "GetXUA" and was_signed:
        message = wstrust.signed(message, community.message_key())
    return _with_fresh_id(message, draft)


_OBJECTS = "uniqueIds and UUIDs of the submitted objects: fresh, wherever the message mentions them"
_FRESH = {"ITI-41": _OBJECTS, "ITI-42": _OBJECTS, "PPQ-1": "ids of the policy sets: fresh"}


def _with_fresh_id(message: Message, draft: Draft) -> Message:
    """A wsa:MessageID of its own, where the recording has one."""
    old = message.message_id
    if not old:
        return message
    fresh = f"urn:uuid:{uuid.uuid4()}"
    draft.say(f"wsa:MessageID: {old} -> fresh")
    changed = message.with_text("/env:Envelope/env:Header/wsa:MessageID", fresh)
    return replace(message, envelope=changed.envelope)


def _judged(result: Replayed, answer: _Answer) -> Replayed:
    judgements = rows().judge(answer.view) if answer.view else []
    said = tuple(Said(finding) for judgement in judgements for finding in judgement.findings)
    verdict = Verdict.WARN if said else Verdict.PASS
    if answer.refused or any(each.counts for each in said):
        verdict = Verdict.FAIL
    reason = f"refused: {answer.refused}" if answer.refused else ""
    if broken := _broken(answer.sent):
        verdict = Verdict.INCONCLUSIVE
        reason = f"the request {broken}, so its answer proves nothing" + (f"; {reason}" if reason else "")
    reply = answer.reply
    return replace(
        result,
        verdict=verdict,
        says=answer.says,
        reason=reason,
        said=said,
        rows=tuple(judgement.requirement.id for judgement in judgements if judgement.judged),
        evidence=(
            ("status", reply.status),
            ("octets", len(reply.body)),
            ("sha256", hashlib.sha256(reply.body).hexdigest()),
            ("exchange", reply.evidence),
        ),
    )


def _broken(view: View | RestView | None) -> str:
    """What is wrong with the request we sent: the SHALL rows of the client it does not keep, or its shape."""
    findings = [finding for judgement in (rows().judge(view) if view else ()) for finding in judgement.findings]
    if kept_not := sorted({finding.requirement for finding in findings if finding.verdict is Verdict.FAIL}):
        return f"does not keep {', '.join(kept_not)}"
    wrong = misshapen(view.root, 1) if isinstance(view, RestView) and view.root else []
    return f"is no FHIR R4 ({wrong[0].path}: {wrong[0].what})" if wrong else ""


def _held(reply: Reply) -> str:
    """How much an answer holds, where an empty one is a success too."""
    counted = {
        "ITI-18": ("rim:RegistryObjectList/*", "objects"),
        "ITI-43": ("xds:DocumentResponse", "documents"),
        "PPQ-2": ("saml2:Assertion/saml2:Statement/xacml:PolicySet", "policy sets"),
    }
    if reply.payload is None or reply.transaction not in counted:
        return ""
    path, what = counted[reply.transaction]
    return f", {len(find_all(reply.payload, path))} {what}"


def _found(reply: RestReply) -> str:
    """How many matches a Bundle holds."""
    found = [one for one in reply.resources if one.get("resourceType") != "OperationOutcome"]
    return f", {len(found)} resources" if (reply.resource or {}).get("type") == "searchset" else ""
