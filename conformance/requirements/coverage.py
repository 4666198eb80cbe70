"""How far the catalogue is covered: which rows are mapped, executed, proven, and which are left without a word."""

import contextlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
import yaml

from fixtures.checks.catalogue import AREAS, LEVELS, Catalogue, Requirement
from fixtures.checks.verdicts import Verdict

ROOT: Final = Path(__file__).parents[2]
#: the transactions whose community duties must all be accounted for
SCOPE: Final = frozenset(
    {"GetXUA", "ITI-18", "ITI-19", "ITI-40", "ITI-41", "ITI-42", "ITI-43", "ITI-44", "ITI-45", "ITI-47"}
    | {"PPQ-3", "PPQ-4", "PPQ-5"}
    | {"PPQ-1", "PPQ-2", "CH:ADR"}
    | {"FHIR API", "ITI-83", "ITI-104", "ITI-119"}
    | {"ITI-65", "ITI-67", "ITI-68", "CH:MHD-1"}
    | {"ITI-71", "ITI-72", "ITI-103", "ITI-81"}
    | {"ITI-90", "ITI-130"}
)
#: verdicts that say something about the target
JUDGED: Final = (Verdict.PASS, Verdict.FAIL, Verdict.WARN)


class CollectionError(RuntimeError):
    """The tests cannot be collected; the text is what pytest said."""


@dataclass(frozen=True)
class Coverage:
    """What is known of every row: tests that cite it, verdict of the last run, faults that break it."""

    catalogue: Catalogue
    cited: Mapping[str, tuple[str, ...]]
    verdicts: Mapping[str, str] = field(default_factory=dict)
    proven: frozenset[str] = frozenset()

    def is_mapped(self, row: Requirement) -> bool:
        """A test or a check judges it."""
        return row.id in self.cited or bool(row.checks)

    def is_executed(self, row: Requirement) -> bool:
        """The last run gave it a verdict on the target."""
        return self.verdicts.get(row.id) in JUDGED

    def is_accounted_for(self, row: Requirement) -> bool:
        return self.is_mapped(row) or row.attestation is not None or row.reason is not None

    def gaps(self) -> Iterator[str]:
        """What the gate refuses, one sentence each."""
        for row in self.catalogue:
            demanded = row.level == "shall" and row.default_target == "community" and in_scope(row)
            if demanded and not self.is_accounted_for(row):
                yield f"{row.id} ({row.title}) has neither test, check, attestation nor reason"
        for cited, tests in sorted(self.cited.items()):
            if cited not in self.catalogue:
                yield f"{cited} is cited by {tests[0]} and stands in no file of the catalogue"
        for broken in sorted(self.proven):
            if broken not in self.catalogue:
                yield f"{broken} is broken by a fault and stands in no file of the catalogue"

    def stale(self) -> Iterator[str]:
        """Rows that give a reason for having no test although they have one."""
        for row in self.catalogue:
            if row.reason is not None and self.is_mapped(row):
                judge = self.cited.get(row.id, ("a check",))[0]
                yield f"{row.id} gives the reason {row.reason} but is judged by {judge}"

    def table(self) -> list[tuple[str, ...]]:
        """Lines of area, level, catalogued, mapped, executed, proven; the scope at the end."""
        groups: dict[tuple[str, str], list[Requirement]] = defaultdict(list)
        for row in self.catalogue:
            groups[row.area, row.level].append(row)
            if in_scope(row):
                groups["scope, " + row.default_target, row.level].append(row)
        areas = (*AREAS, "scope, community", "scope, client")
        places = [(area, level) for area in areas for level in LEVELS if (area, level) in groups]
        return [self._line(area, level, groups[area, level]) for area, level in places]

    def _line(self, area: str, level: str, rows: list[Requirement]) -> tuple[str, ...]:
        executed = [row for row in rows if self.is_executed(row)]
        return (
            area,
            level,
            str(len(rows)),
            str(sum(map(self.is_mapped, rows))),
            str(len(executed)) if self.verdicts else "-",
            str(sum(row.id in self.proven for row in executed or rows)),
        )


def in_scope(row: Requirement) -> bool:
    return bool(SCOPE & set(row.transactions))


def collect(folders: Iterable[str] = ("conformance", "security")) -> dict[str, tuple[str, ...]]:
    """Which tests cite which row, by a collection in this process; nothing is run and no target is needed."""
    citations = _Citations()
    said = io.StringIO()
    arguments = ["--collect-only", "-q", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib"]
    present = [str(ROOT / folder) for folder in folders if (ROOT / folder).is_dir()]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pytest.main([*arguments, f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml"), *present], [citations])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise CollectionError(said.getvalue()[-4000:])
    return {identifier: tuple(tests) for identifier, tests in citations.found.items()}


class _Citations:
    """A pytest plugin that reads the ``requirement`` marks of what was collected."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = defaultdict(list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("requirement"):
                for identifier in mark.args:
                    self.found[str(identifier)].append(item.nodeid)


def read_verdicts(results: Path) -> dict[str, str]:
    """Row id -> verdict of a ``results.json``; ValueError with a sentence where it is none."""
    try:
        rows = json.loads(results.read_bytes())["requirements"]
        return {str(identifier): str(row["verdict"]) for identifier, row in rows.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{results} is no results.json of a run: {error!r}") from None


def read_proofs(folder: Path = ROOT / "fixtures" / "faults") -> frozenset[str]:
    """The rows the seeded faults break; the self-tests of the faults hold them to it."""
    broken: set[str] = set()
    for file in sorted(folder.glob("*.yaml")):
        for fault in yaml.safe_load(file.read_bytes()) or ():
            broken.update(fault.get("breaks", ()))
    return frozenset(broken)
