"""From files to what is to be said of each message in them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from conformance.judge.register import UNDECLARED, Deviation, Register, fingerprint
from fixtures.checks.catalogue import load_catalogue
from fixtures.checks.stored import judge_stored
from fixtures.checks.verdicts import Finding, Verdict
from fixtures.epr.atna_read import NoAuditRecord, read_audit
from fixtures.epr.stored import NotReadable, Stored, answering, is_ledger, named, read_file, read_ledger
from fixtures.epr.xml import text

#: what a check may lack, by variable
NEEDS: Final = {
    "request": "the request",
    "sent": "the request",
    "query": "the URL of the request",
    "http": "the HTTP frame",
    "now": "the time of the exchange",
}
_TARGET: Final = "the target"


@dataclass(frozen=True)
class Said:
    """A finding, and the registered deviation it is, if it is one."""

    finding: Finding
    deviation: Deviation | None = None

    @property
    def counts(self) -> bool:
        """A SHALL that is not kept, and not known."""
        return self.finding.verdict is Verdict.FAIL and self.deviation is None

    def as_json(self) -> dict[str, Any]:
        row = load_catalogue()[self.finding.requirement]
        told = {
            "requirement": row.id,
            "level": row.level,
            "verdict": str(self.finding.verdict),
            "path": self.finding.path,
            "expected": row.statement,
            "received": self.finding.received,
            "message": row.title,
            "source": row.source,
            "check": self.finding.expected.removeprefix(f"{row.title}: "),
        }
        if self.deviation:
            told |= {"reason": self.deviation.reason, "reason_source": self.deviation.source}
        return told


@dataclass(frozen=True)
class Result:
    """One message of a file (or the file itself, where nothing can be read)."""

    file: str
    place: str = ""
    transaction: str = ""
    direction: str = ""
    rows: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    left_out: Mapping[str, frozenset[str]] | None = None
    remarks: tuple[str, ...] = ()
    note: str = ""
    error: str = ""

    @property
    def findings(self) -> tuple[Said, ...]:
        return tuple(said for said in self.said if said.deviation is None)

    @property
    def known(self) -> tuple[Said, ...]:
        return tuple(said for said in self.said if said.deviation is not None)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "place": self.place,
            "transaction": self.transaction,
            "direction": self.direction,
            "judged": list(self.rows),
            "findings": [said.as_json() for said in self.findings],
            "known_deviations": [said.as_json() for said in self.known],
            "left_out": [
                {"requirement": row, "needs": sorted(words(names))} for row, names in (self.left_out or {}).items()
            ],
            "remarks": list(self.remarks),
            "note": self.note,
            "error": self.error,
        }


@dataclass(frozen=True)
class _Read:
    """A message and the file it was read from."""

    file: str
    fingerprint: str
    message: Stored


def words(variables: Iterable[str]) -> set[str]:
    """What a check lacks, in words."""
    return {NEEDS.get(name, _TARGET) for name in variables}


def judge_files(
    files: Sequence[Path],
    *,
    register: Register,
    request: Stored | None = None,
    facts: Mapping[str, str] | None = None,
    transaction: str = "",
) -> list[Result]:
    """Every message of every file, in order.

    ``request``: what the responses in the files answer; ``transaction``: of a message that does not say of which it is.
    """
    read: list[_Read | Result] = []
    for file in files:
        read += _of_ledger(file, register, facts) if is_ledger(file) else _read(file)
    messages = [item.message for item in read if isinstance(item, _Read)]
    by_id = _requests_by_id(messages)
    results = []
    for item in read:
        if isinstance(item, Result):
            results.append(item)
            continue
        message = _with_request(item.message, request, by_id)
        message = named(message, transaction) if transaction else message
        results.append(_judged(replace(item, message=message), register, facts))
    return results


def _read(file: Path) -> list[_Read | Result]:
    try:
        messages = read_file(file)
        mark = fingerprint(file.read_bytes()) if file.is_file() else ""
    except NotReadable as error:
        return [Result(str(file), error=str(error))]
    return [_Read(str(file), mark, message) for message in messages]


def _of_ledger(file: Path, register: Register, facts: Mapping[str, str] | None) -> Iterator[Result]:
    """A ledger may hold thousands of messages: each is judged, with its own request, and let go."""
    try:
        for message in read_ledger(file):
            yield _judged(_Read(str(file), "", message), register, facts)
    except NotReadable as error:
        yield Result(str(file), error=str(error))


def _requests_by_id(messages: Iterable[Stored]) -> dict[str, Stored]:
    """Requests by their MessageID; an id that several have says nothing."""
    found = [(message_id, m) for m in messages if m.kind.direction == "request" and (message_id := _header(m))]
    counts = Counter(message_id for message_id, _ in found)
    return {message_id: message for message_id, message in found if counts[message_id] == 1}


def _header(message: Stored, name: str = "MessageID") -> str:
    if message.root is None:
        return ""
    return text(message.root, f"*[local-name()='Header']/wsa:{name}")


def _with_request(message: Stored, request: Stored | None, by_id: Mapping[str, Stored]) -> Stored:
    if message.problem or message.kind.direction in ("request", "assertion") or message.request is not None:
        return message
    counterpart = request or by_id.get(_header(message, "RelatesTo"))
    if counterpart is None:
        return message
    answer = answering(message, counterpart)
    same = answer.kind.transaction == counterpart.kind.transaction
    return answer if same else message


def _judged(read: _Read, register: Register, facts: Mapping[str, str] | None) -> Result:
    message, kind = read.message, read.message.kind
    result = Result(read.file, message.place, kind.transaction, kind.direction, remarks=message.remarks)
    if message.changes and kind.direction == "request":
        return replace(result, note=f"not judged: changed on purpose ({'; '.join(message.changes)})")
    if message.problem:
        return replace(result, error=message.problem)
    if not kind.transaction:
        return replace(result, note=f"no transaction of ours: {kind.what}{_recorded(message)}")
    judged = judge_stored(message, facts=facts)
    said = tuple(Said(finding, register.known(read.fingerprint, finding.requirement)) for finding in judged.findings)
    note = "" if judged.rows else "no row of the catalogue speaks of what this message holds"
    error = "" if register.known(read.fingerprint, UNDECLARED) else _undeclared(message)
    return replace(result, rows=judged.rows, said=said, left_out=judged.left_out, note=note, error=error)


def _recorded(message: Stored) -> str:
    """What an audit record says of itself, and how it departs from DICOM; "" for anything else."""
    if message.rest is not None:
        return ""
    try:
        record = read_audit(message.xml)
    except NoAuditRecord:
        return ""
    types = ", ".join(each.code for each in record.types)
    return "".join((f" of {types}, outcome {record.outcome}", *(f"; {remark}" for remark in record.remarks)))


def _undeclared(message: Stored) -> str:
    """Rows were judged, yet nobody else could have read this message."""
    if not message.undeclared:
        return ""
    return f"XML with undeclared prefixes ({', '.join(message.undeclared)}), which no reader with namespaces takes"
