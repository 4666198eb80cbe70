"""What a person reads of a replay."""

from collections.abc import Iterator

from conformance.replay.replaying import Replayed
from fixtures.checks.catalogue import load_catalogue


def told(result: Replayed) -> Iterator[str]:
    """Line by line: verdict, what was changed, what came."""
    name = result.file + (f" ({result.place})" if result.place else "")
    if result.error:
        yield f"{name}: nothing to replay: {result.error}"
        return
    yield f"{name}: {result.transaction} request: {str(result.verdict).upper()}"
    for change in result.changes:
        yield f"  changed   {change}"
    if result.says:
        yield f"  answer    {result.says}"
    if result.reason:
        yield f"  reason    {result.reason}"
    if result.rows:
        yield f"  judged    {len(result.rows)} rows on the answer, {len(result.said)} findings"
    for said in result.said:
        row = load_catalogue()[said.finding.requirement]
        yield f"  {str(said.finding.verdict).upper()}  {row.id} ({row.level})  {row.title}"
        yield f"    expected  {row.statement}"
        yield f"    received  {said.finding.received}"
        yield f"    at        {said.finding.path}"
        yield f"    source    {row.source}"
    if result.evidence:
        yield "  evidence  " + ", ".join(f"{name} {value}" for name, value in result.evidence if value)
