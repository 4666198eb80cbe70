"""The cells of the table of decisions: a record, a user, an action, and the row of the catalogue it stands for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from conformance.policies.records import GROUP, NOBODY, SOMEBODY, Record, day
from fixtures.epr.adr import Resource, Subject, audit_trail, policy_set
from fixtures.epr.names import EPR_ROLE
from fixtures.epr.policy_names import POLICIES
from fixtures.epr.valuesets import Code
from fixtures.policy.patient_policy import PatientPolicy, new_id

NORMAL, RESTRICTED = "access-level:normal", "access-level:restricted"
#: a policy set beside 201: template, reference, first and last day from today (None: not said)
_Set = tuple[str, str, int | None, int | None]


def _plain(template: str, reference: str) -> _Set:
    return template, reference, None, 30 if template in ("302", "304") else None


_REP: Final = _plain("303", "access-level:full")
_EMERGENCY, _PROVIDE = _plain("202", NORMAL), _plain("203", "provide-level:normal")
_SETUP: Final = (_EMERGENCY, _PROVIDE, _REP)
RECORDS: Final[Mapping[str, tuple[_Set, ...]]] = {
    "setup": _SETUP,
    "nothing-more": (),
    "own-normal": (*_SETUP, _plain("301", NORMAL)),
    "own-restricted": (*_SETUP, _plain("301", RESTRICTED)),
    "own-normal-no-emergency": (_PROVIDE, _plain("301", NORMAL)),
    "group-normal": (*_SETUP, _plain("302", NORMAL)),
    "group-restricted": (*_SETUP, _plain("302", RESTRICTED)),
    "group-ended": (*_SETUP, ("302", RESTRICTED, None, -1)),
    "own-and-group": (*_SETUP, _plain("301", NORMAL), _plain("302", RESTRICTED)),
    "emergency-restricted": (_plain("202", RESTRICTED), _PROVIDE, _REP),
    "provide-normal": _SETUP,
    "provide-restricted": (_EMERGENCY, _plain("203", "provide-level:restricted"), _REP),
    "provide-secret": (_EMERGENCY, _plain("203", "provide-level:secret"), _REP),
    "excluded": (
        _plain("202", RESTRICTED),
        _PROVIDE,
        _plain("301", "exclusion-list"),
        _plain("301", RESTRICTED),
        _plain("302", RESTRICTED),
        _plain("304", "access-level:delegation-and-restricted"),
    ),
    "excluded-until-yesterday": (_PROVIDE, ("301", "exclusion-list", None, -1), _plain("302", RESTRICTED)),
    "ended": (("301", RESTRICTED, None, -1), ("302", RESTRICTED, None, -1), ("303", "access-level:full", None, -1)),
    "not-begun": (("301", RESTRICTED, 1, 9), ("302", RESTRICTED, 1, 9), ("303", "access-level:full", 1, 9)),
    "delegation": (*_SETUP, _plain("304", "access-level:delegation-and-restricted")),
    "own-until-today": (("301", NORMAL, None, 0),),
    "own-until-yesterday": (("301", NORMAL, None, -1),),
    "own-from-today": (("301", NORMAL, 0, 9),),
    "own-from-tomorrow": (("301", NORMAL, 1, 9),),
}


_PROFESSIONALS: Final = {"HCP": (SOMEBODY, ()), "MEMBER": (SOMEBODY, (GROUP,)), "STRANGER": (NOBODY, ())}
_SELF: Final = ("PAT", "REP", "PADM", "DADM")


@dataclass(frozen=True)
class Cell:
    """One question. ``user`` is ROLE or ROLE-PURPOSE; the professionals are HCP, MEMBER and STRANGER (cells.yaml)."""

    record: str
    user: str
    action: str

    def subject(self, record: Record) -> Subject:
        name, _, purpose = self.user.partition("-")
        id_, groups = _PROFESSIONALS.get(name, ("", ()))
        found = record.subject(name if name in _SELF else "HCP", purpose or "NORM", id_, groups)
        return replace(found, role=Code(name, EPR_ROLE)) if name in ("ASS", "TCU") else found

    def resources(self, record: Record) -> tuple[Resource, ...]:
        if self.action == "ITI-81":
            return (audit_trail(record.spid),)
        if self.action.startswith("PPQ"):
            return (policy_set(record.spid, new_id(), f"{POLICIES}{NORMAL}", None, day(20)),)
        return record.documents()


def policies(record: Record, name: str) -> tuple[PatientPolicy, ...]:
    """The policy sets of a record by that name, 201 first."""
    dated = (
        record.policy(
            template, reference, start=None if start is None else day(start), end=None if end is None else day(end)
        )
        for template, reference, start, end in RECORDS[name]
    )
    return record.policy("201"), *dated


def cells() -> list[Any]:
    """Every cell once, as a case of a parametrised test that cites the row it stands for."""
    return [
        pytest.param(
            cell, id=f"{row}-{cell.record}-{cell.user}-{cell.action}", marks=pytest.mark.requirement(row, "POL-ADR-019")
        )
        for row, cell in _cells()
    ]


@cache
def _table() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cells.yaml").read_bytes())
    return loaded


def _cells() -> Iterator[tuple[str, Cell]]:
    for line in _table():
        for record in line["records"]:
            for user in line["users"]:
                for action in line["actions"]:
                    yield line["row"], Cell(record, user, action)
