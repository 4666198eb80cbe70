"""readiness.html: one self-contained page for a reviewer. Verdict first, then chapters, then every requirement."""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.checks.verdicts import MEANING, Reason, Verdict
from fixtures.ledger import compared
from reports import audit_page, charts, load_page
from reports.matrix import ACTS, matrix
from reports.results import STATEMENT
from reports.run import Judged, Run, Test, readiness
from reports.templating import TEMPLATES, templates

#: chapters of the page: file of the catalogue -> title
CHAPTERS = {
    "xds": "Documents: XDS.b",
    "patient": "Patients: PIX, PDQ, XCPD V3",
    "identity": "Identity: X-User Assertion, identity providers, TLS",
    "policy": "Policies and authorisation: CH:PPQ, CH:ADR",
    "audit": "Audit trail: ATNA, CH:ATC",
    "cross_community": "Across communities: XCA",
    "directory": "Provider directory and community index",
    "fhir": "FHIR API",
}
#: (word, sentence) by exit code of readiness
HEADLINES = {
    0: ("Ready", "Every claimed requirement that could be judged was met."),
    1: ("Findings", "The community breaks requirements that certification will look at."),
    2: ("Incomplete", "No violation was found, but requirements stayed without a verdict."),
    3: ("Not valid", "The tool made a mistake of its own; this run proves nothing. Please report it."),
}
#: wrong cells of the matrix that are listed at once; more are folded away
WRONG_CELLS = 20
#: errors of a second opinion that are shown
MISTAKES = 100
#: octets of a message shown in the page; the ledger has all of it
EXCERPT = 6_000


@dataclass(frozen=True)
class Chapter:
    title: str
    anchor: str
    judged: tuple[Judged, ...]
    counts: Mapping[str, int]
    shalls: int
    shalls_judged: int
    shalls_met: int

    @property
    def tested(self) -> tuple[Judged, ...]:
        return tuple(judged for judged in self.judged if judged.verdict is not None)

    @property
    def untested(self) -> dict[str, list[Judged]]:
        """Rows without a test, by reason: shown, never hidden."""
        groups: dict[str, list[Judged]] = {}
        for judged in self.judged:
            if judged.verdict is None:
                groups.setdefault(judged.reason, []).append(judged)
        return dict(sorted(groups.items()))


def chapters(rows: Iterable[Judged]) -> list[Chapter]:
    by_area: dict[str, list[Judged]] = {area: [] for area in CHAPTERS}
    for judged in rows:
        by_area.setdefault(judged.row.area, []).append(judged)
    return [_chapter(area, tuple(found)) for area, found in by_area.items()]


def _chapter(area: str, judged: tuple[Judged, ...]) -> Chapter:
    counts = Counter(item.verdict.value if item.verdict else "not-tested" for item in judged)
    shalls = [item for item in judged if item.row.level == "shall"]
    met = sum(item.verdict in (Verdict.PASS, Verdict.WARN) for item in shalls)
    judged_shalls = sum(item.verdict not in (None, Verdict.SKIP, Verdict.NOT_APPLICABLE) for item in shalls)
    return Chapter(CHAPTERS.get(area, area), area, judged, dict(counts), len(shalls), judged_shalls, met)


def write_page(run: Run, folder: Path, *, allure: str = "") -> Path:
    """Write ``folder/readiness.html``; ``allure`` is the relative link to the Allure report or ""."""
    rows = run.judged()
    word, sentence = HEADLINES[readiness(run)]
    worst = [item for item in rows if item.verdict in (Verdict.FAIL, Verdict.ERROR)]
    page = (
        templates()
        .get_template("readiness.html.j2")
        .render(
            run=run,
            word=word,
            sentence=sentence,
            statement=STATEMENT,
            counts={verdict: count for verdict, count in run.counts.items() if count},
            chapters=chapters(rows),
            worst=worst,
            open_questions=[item for item in rows if item.verdict is Verdict.INCONCLUSIVE],
            untested=untested(rows),
            meaning=meaning,
            proven=sum(bool(item.proven_by) for item in rows if item.verdict),
            total=len(rows),
            tested=sum(item.verdict is not None for item in rows),
            evidence=lambda test: evidence(test, run),
            source_of=lambda test: test.observed_in or test.id,
            allure=allure,
            load=load_page.picture(run.ledger.load),
            drawing=charts.drawing,
            matrix=matrix(run),
            acts=tuple(ACTS.values()),
            most=WRONG_CELLS,
            audit=audit_page.picture(run),
            audit_columns=audit_page.COLUMNS,
            opinion=compared(run.ledger),
            most_mistakes=MISTAKES,
            style="".join((TEMPLATES / f"{name}.css").read_text() for name in ("readiness", "load", "audit")),
        )
    )
    path = folder / "readiness.html"
    path.write_text(page)
    return path


def untested(rows: Iterable[Judged]) -> dict[str, int]:
    """How many rows no test judged, by reason, most first."""
    return dict(Counter(item.reason for item in rows if item.verdict is None).most_common())


def meaning(reason: str) -> str:
    """The sentence of a reason code."""
    return MEANING[Reason(reason)] if reason in set(Reason) else "no test of this run judges it"


def evidence(test: Test, run: Run) -> list[dict[str, str]]:
    """Excerpts of the last exchanges of a test that did not pass."""
    if test.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.SKIP):
        return []
    known = set(run.ledger.exchange_ids)
    shown = [run.ledger.exchange(id_) for id_ in test.exchanges if id_ in known][-2:]
    return [
        {
            "id": exchange.id,
            "what": f"{exchange.transaction} {exchange.request.get('method', 'POST')} {exchange.url}",
            "change": "; ".join(exchange.changes),
            "request": body(exchange.request),
            "response": body(exchange.response) or json.dumps(exchange.error),
        }
        for exchange in shown
    ]


def body(side: Mapping[str, Any] | None) -> str:
    """The text of a recorded body, shortened; what is not text is named by its size."""
    if not side:
        return ""
    content = side.get("body") or ""
    if side.get("encoding") == "base64":
        content = base64.b64decode(content).decode("utf-8", "replace")
    head = f"HTTP {side['status']}\n" if "status" in side else ""
    if len(content) > EXCERPT:
        content = content[:EXCERPT] + f"\n… shortened, {side.get('octets', len(content))} octets in all"
    return head + content
