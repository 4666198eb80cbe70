"""A generated request and what came, and what must hold of every one of them, whatever was asked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fixtures.checks.expect import expect
from fixtures.checks.profiles import ProfileCheck, select
from fixtures.checks.verdicts import Finding, Unmet
from fixtures.epr.rest_reply import RestReply
from fixtures.wire import NoAnswer
from fixtures.wire.errors import TimedOut
from security.fuzz.contract import Operation, issue_codes, violations
from security.fuzz.drafts import Draft
from security.fuzz.scene import Scene

_TRACE: Final = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
#: the table of the profile a body must keep: of an operation, of a transaction, or of the type of the resource
_TABLES: Final[Mapping[str, Sequence[str]]] = {
    "ITI-104": ("PF",),
    "ITI-65": ("PB",),
    "PPQ-3": ("CO", "CT"),
    "PPQ-4": ("PQ",),
    "createOrganization": ("OG",),
    "updateOrganization": ("OG",),
    "createPractitioner": ("PT",),
    "updatePractitioner": ("PT",),
    "createPractitionerRole": ("PL",),
    "updatePractitionerRole": ("PL",),
    "recordAuditEvent": ("AE",),
}
#: what may be dropped without a word instead of being refused (religion and contact of ITI-104)
_DROPPED: Final = frozenset({"PF-04", "PF-05"})


@dataclass(frozen=True)
class Shot:
    """``reply`` is None where the connection was closed or nothing came in time: ``error`` says so."""

    draft: Draft
    reply: RestReply | None
    #: why the request is none of the contract
    violations: tuple[str, ...] = ()
    error: str = ""
    evidence: str = ""
    #: what is stored before and after, "" where it was not looked at
    before: str = ""
    after: str = ""

    @property
    def status(self) -> int:
        return self.reply.status if self.reply else 0

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 400

    def finding(self, expected: str, received: str, path: str = "") -> Finding:
        wrong = f"; wrong on purpose: {self.violations[0]}" if self.violations else ""
        evidence = (self.evidence,) if self.evidence else ()
        return Finding(expected, f"{received} ({self.draft.name}{wrong})", path, evidence=evidence)


@dataclass
class Volley:
    """Everything sent to one operation."""

    operation: Operation
    shots: list[Shot] = field(default_factory=list)
    #: the valid ones again, without a token
    bare: list[Shot] = field(default_factory=list)
    #: claimed invalid, and found to keep the contract: not sent
    unproven: int = 0

    @property
    def count(self) -> int:
        return len(self.shots) + len(self.bare)


def fire(scene: Scene, one: Operation, drafts: Sequence[Draft]) -> Volley:
    """Send these requests of one operation: with the right token, and the valid ones without."""
    volley = Volley(one)
    for draft in drafts:
        ready = scene.prepared(draft)
        wrong = tuple(violations(one, ready.target, ready.content, ready.resource)) if draft.kind == "invalid" else ()
        if draft.kind == "invalid" and not wrong:
            volley.unproven += 1
            continue
        volley.shots.append(watched(scene, ready, wrong))
        if draft.kind == "valid" and len(volley.bare) < 2 and needs_token(one):
            volley.bare.append(watched(scene, ready, (), token=False))
    return volley


def needs_token(one: Operation) -> bool:
    return not one.is_oauth and one.transaction != "FHIR API"


def watched(scene: Scene, draft: Draft, wrong: tuple[str, ...], *, token: bool = True) -> Shot:
    """Sent, with a look before and after at what could change."""
    with scene.turn(draft):
        before = scene.witness(draft) if draft.operation.writes else None
        try:
            reply = scene.send(draft, token=token)
        except (NoAnswer, TimedOut) as error:
            return Shot(draft, None, wrong, str(error), error.evidence)
        after = scene.witness(draft) if before is not None and reply.status >= 400 else None
        return Shot(draft, reply, wrong, "", reply.evidence, before or "", after or "")


# --- what must hold -------------------------------------------------------------------------------


def stays_whole(shot: Shot) -> None:
    """An answer that is no 5xx but 503, without a look at the inside."""
    if shot.reply is None:
        raise Unmet(shot.finding("an answer", shot.error))
    if shot.status >= 500 and shot.status != 503:
        raise Unmet(shot.finding("HTTP 2xx, 3xx, 4xx or 503", shot.reply.says, "HTTP status"))
    try:
        expect(shot.reply).shows_no_internals()
    except Unmet as unmet:
        raise Unmet(shot.finding(unmet.finding.expected, unmet.finding.received)) from None


def says_why(shot: Shot) -> None:
    """A refusal has an OperationOutcome with a code that fits the status; of the authorization server, an error."""
    reply = shot.reply
    if reply is None or not 400 <= reply.status < 500:
        return
    if shot.draft.operation.is_oauth:
        _says_oauth_error(shot, reply)
        return
    if not reply.issues or reply.kind != "OperationOutcome":
        raise Unmet(shot.finding("an OperationOutcome", reply.says))
    codes, fitting = {issue.code for issue in reply.issues}, issue_codes(reply.status)
    if fitting and not codes & fitting:
        expected = f"an issue.code that fits HTTP {reply.status}: {', '.join(sorted(fitting))}"
        raise Unmet(shot.finding(expected, reply.says, "OperationOutcome.issue.code"))
    severities = {issue.severity for issue in reply.issues}
    if not severities & {"error", "fatal"}:
        raise Unmet(shot.finding("severity error or fatal", reply.says, "OperationOutcome.issue.severity"))


def _says_oauth_error(shot: Shot, reply: RestReply) -> None:
    if shot.draft.operation.id != "getAccessToken":
        return
    if not isinstance((reply.resource or {}).get("error"), str):
        raise Unmet(shot.finding("a JSON object with error (RFC 6749, 5.2)", reply.says))


def keeps_the_trace(shot: Shot) -> None:
    """The answer has a traceparent: with our trace-id and another parent-id."""
    reply = shot.reply
    if reply is None or shot.draft.operation.is_oauth or reply.status == 503:
        return
    sent, told = _TRACE.fullmatch(reply.request.header("traceparent")), reply.headers.get("traceparent", "")
    found = _TRACE.fullmatch(told)
    if found is None:
        raise Unmet(shot.finding("a traceparent", told or "none", "HTTP header"))
    if sent and (found[1] != sent[1] or found[2] == sent[2]):
        expected = f"traceparent with trace-id {sent[1]} and a new parent-id"
        raise Unmet(shot.finding(expected, told, "HTTP header"))


def is_unauthorised(shot: Shot) -> None:
    """Sent without token: 401 and no data."""
    if shot.reply is None:
        return
    try:
        expect(shot.reply).is_unauthorised()
    except Unmet as unmet:
        raise Unmet(shot.finding(unmet.finding.expected, unmet.finding.received, unmet.finding.path)) from None


def leaves_nothing(shot: Shot) -> None:
    """What was refused has changed nothing."""
    if shot.before != shot.after and shot.after:
        received = f"HTTP {shot.status}, and {_difference(shot.before, shot.after)}"
        raise Unmet(shot.finding("the same as before the refused request", received))


def takes_only_what_is_right(shot: Shot) -> None:
    """A body that is no JSON, or breaks its profile, is refused."""
    if shot.draft.kind == "valid" or not shot.violations or not shot.is_taken or not shot.draft.content:
        return
    if why := _broken(shot.draft):
        assert shot.reply is not None
        raise Unmet(shot.finding(f"a refusal, for the body breaks {why}", shot.reply.says))


def _broken(draft: Draft) -> str:
    """The second proof: what the contract refuses also breaks FHIR, or a check of the profile."""
    if not draft.content_type.endswith("json"):
        return ""
    resource = draft.resource
    if not isinstance(resource, dict):
        return "the form of JSON"
    return next((f"{check.id} ({check.why or check.expression})" for check in _broken_checks(draft, resource)), "")


def _broken_checks(draft: Draft, resource: dict[str, Any]) -> Iterator[ProfileCheck]:
    names = _TABLES.get(draft.operation.id) or _TABLES.get(draft.operation.transaction, ())
    for check in select(names):
        if check.is_warning or check.id in _DROPPED:
            continue
        if _breaks(check, resource):
            yield check


def _breaks(check: ProfileCheck, resource: dict[str, Any]) -> bool:
    try:
        return not check.holds(resource)
    except Exception:  # what an expression cannot be asked about proves nothing
        return False


def _difference(before: str, after: str) -> str:
    place = next((at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), 0)
    start = max(place - 40, 0)
    return f"now {after[start : start + 160]!r} instead of {before[start : start + 160]!r}"


#: what is judged of every request that was sent as it should be
RULES: Final[Mapping[str, Callable[[Shot], None]]] = {
    "whole": stays_whole,
    "why": says_why,
    "trace": keeps_the_trace,
    "kept": leaves_nothing,
    "right": takes_only_what_is_right,
}


def findings(volley: Volley) -> Iterator[tuple[str, Finding]]:
    """Everything that does not hold, with the name of the rule."""
    for name, rule in RULES.items():
        for shot in volley.shots:
            if found := _found(rule, shot):
                yield name, found
    for shot in volley.bare:
        for name, rule in {**RULES, "token": is_unauthorised}.items():
            if found := _found(rule, shot):
                yield name, found


def _found(rule: Callable[[Shot], None], shot: Shot) -> Finding | None:
    try:
        rule(shot)
    except Unmet as unmet:
        return unmet.finding
    return None
