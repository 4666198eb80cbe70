"""What a person reads of a judgement."""

from collections.abc import Iterator, Mapping, Sequence

from conformance.judge.judging import Result, Said, words
from fixtures.checks.catalogue import load_catalogue
from fixtures.checks.verdicts import Verdict

_LONGEST_CHECK = 400


def told(results: Sequence[Result]) -> Iterator[str]:
    """Line by line: each message with its findings, then the sum."""
    for result in results:
        yield from _result(result)
    judged = [result for result in results if result.rows]
    counts = (
        (len(judged), "judged"),
        (sum(len(result.findings) for result in results), "findings"),
        (sum(said.counts for result in results for said in result.said), "of them fail"),
        (sum(len(result.known) for result in results), "known deviations"),
        (sum(bool(result.note) for result in results), "not judged"),
        (sum(bool(result.error) for result in results), "not readable"),
    )
    yield f"{len(results)} messages: " + ", ".join(f"{count} {what}" for count, what in counts)


def _result(result: Result) -> Iterator[str]:
    name = result.file + (f" ({result.place})" if result.place else "")
    if result.error and not result.rows:
        yield f"{name}: cannot be judged: {result.error}"
        return
    kind = f"{result.transaction} {result.direction}".strip()
    if result.note:
        yield f"{name}: " + (f"{kind}, " if kind else "") + result.note
    else:
        found = f"{len(result.findings)} findings" if result.findings else "no finding"
        known = f", {len(result.known)} known deviations" if result.known else ""
        yield f"{name}: {kind}, {len(result.rows)} rows judged, {found}{known}"
    if result.error:
        yield f"  ERROR {result.error}"
    for remark in result.remarks:
        yield f"  remark: {remark}"
    for said in result.said:
        yield from _said(said)
    if result.left_out:
        yield f"  left out: {_left_out(result.left_out)}"


def _said(said: Said) -> Iterator[str]:
    row = load_catalogue()[said.finding.requirement]
    if said.deviation:
        yield f"  known deviation  {row.id} ({row.level})  {row.title}"
        yield f"    reason    {said.deviation.reason} ({said.deviation.source})"
        return
    verdict = "FAIL" if said.finding.verdict is Verdict.FAIL else "WARN"
    yield f"  {verdict}  {row.id} ({row.level})  {row.title}"
    yield f"    expected  {row.statement}"
    yield f"    check     {said.finding.expected.removeprefix(f'{row.title}: ')[:_LONGEST_CHECK]}"
    yield f"    received  {said.finding.received}"
    yield f"    at        {said.finding.path}"
    yield f"    source    {row.source}"


def _left_out(left_out: Mapping[str, frozenset[str]]) -> str:
    lacking = sorted({word for names in left_out.values() for word in words(names)})
    return f"checks of {len(left_out)} rows need {', '.join(lacking)}: {', '.join(left_out)}"
