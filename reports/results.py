"""results.json: the machine-readable view. Its keys are a contract (README)."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from fixtures.ledger import compared
from reports.run import Judged, Run, readiness

STATEMENT = (
    "This measures readiness. It is no certification: the certificate is decided by the certification body "
    "with eHealth Suisse's own test environment."
)


def results(run: Run) -> dict[str, Any]:
    """``{target, tool, started, requirements: {ID: {level, verdict, reason, tests}}, counts, ...}``."""
    opinion = compared(run.ledger)
    return {
        "target": dict(run.target),
        "tool": dict(run.tool),
        "started": run.started,
        "finished": run.finished,
        "exit": readiness(run),
        "statement": STATEMENT,
        "counts": {"collected": len(run.collected), "executed": len(run.tests), **run.counts},
        "suites": dict(Counter(run.collected.values())),
        "second_opinion": opinion.as_json() if opinion else None,
        "measures": [measure.as_json() for measure in run.measures],
        "requirements": {judged.row.id: _requirement(judged) for judged in run.judged()},
    }


def _requirement(judged: Judged) -> dict[str, Any]:
    return {
        "level": judged.row.level,
        "verdict": judged.verdict.value if judged.verdict else "not-tested",
        "reason": judged.reason,
        "proven_by": list(judged.proven_by),
        "tests": [
            {"test": test.observed_in or test.id, "verdict": test.verdict.value, "exchanges": list(test.exchanges)}
            for test in judged.tests
        ],
    }


def write_results(run: Run, folder: Path) -> Path:
    path = folder / "results.json"
    path.write_text(json.dumps(results(run), indent=1, ensure_ascii=False) + "\n")
    return path
