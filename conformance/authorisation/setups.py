"""The policy configurations a record may be in, and who may turn to it (policy stack, templates 201 to 304)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community
from fixtures.client.records import EXCLUDED, FULL, NORMAL, RESTRICTED, right
from fixtures.epr.swiss_day import swiss_day
from fixtures.policy.patient_policy import PatientPolicy
from fixtures.target import User


@dataclass(frozen=True)
class People:
    """Users of the target file by their relation to the record; ``representative`` is the id in the token."""

    community: Community
    representative: str = ""

    @property
    def hcp(self) -> User:
        """The professional whom rights are given to."""
        return self.community.user("HCP")

    @property
    def colleague(self) -> User:
        """A professional who shares no group with the first one; Skipped (NEEDS_USER) where there is none."""
        own = {self.hcp.gln, *(group.oid for group in self.hcp.groups)}
        for user in self.community.target.users:
            others = {user.gln, *(group.oid for group in user.groups)}
            if user.role == "HCP" and user.state == "active" and not own & others:
                return user
        raise Skipped(Reason.NEEDS_USER, "the target file has no second active professional of other groups")

    @property
    def group(self) -> str:
        """A group of the professional."""
        groups = self.hcp.groups
        if not groups:
            raise Skipped(Reason.NEEDS_USER, f"the professional {self.hcp.handle!r} belongs to no group")
        return groups[0].oid

    @property
    def other_group(self) -> str:
        """A group the professional does not belong to."""
        own = {group.oid for group in self.hcp.groups}
        others = (group.oid for user in self.community.target.users for group in user.groups if group.oid not in own)
        found = next(others, "")
        if not found:
            raise Skipped(Reason.NEEDS_USER, "no other professional of the target file belongs to another group")
        return found


def _days(number: int) -> date:
    return swiss_day() + timedelta(days=number)


def _nothing(_: People) -> Sequence[PatientPolicy]:
    return ()


@dataclass(frozen=True)
class Setup:
    """``rights`` beside 201, 202 (none with ``emergency`` "") and 203, and the ``actors`` it matters to.

    A record that is not ``held`` has lost all its policies again.
    """

    actors: str
    rights: Callable[[People], Sequence[PatientPolicy]] = _nothing
    emergency: str = ""
    provide: str = "provide-level:normal"
    is_held: bool = True


def _hcp(reference: str, start: int | None = None, end: int | None = None) -> Callable[[People], list[PatientPolicy]]:
    return lambda people: [right(people.hcp.gln, reference, **_validity(start, end))]


def _group(reference: str, end: int = 7) -> Callable[[People], list[PatientPolicy]]:
    return lambda people: [right(people.group, reference, template="302", end=_days(end))]


def _other_group(people: People) -> list[PatientPolicy]:
    return [right(people.other_group, template="302", end=_days(7))]


def _colleague(people: People) -> list[PatientPolicy]:
    return [right(people.colleague.gln)]


def _representative(end: int | None = None) -> Callable[[People], list[PatientPolicy]]:
    return lambda people: [right(people.representative, FULL, template="303", **_validity(None, end))]


def _excluded(people: People) -> list[PatientPolicy]:
    return [*_hcp(EXCLUDED)(people), *_group(RESTRICTED)(people), *_representative()(people)]


def _delegation(people: People) -> list[PatientPolicy]:
    return [right(people.hcp.gln, "access-level:delegation-and-restricted", template="304", end=_days(7))]


def _validity(start: int | None, end: int | None) -> dict[str, Any]:
    return {name: _days(day) for name, day in (("start", start), ("end", end)) if day is not None}


_ALL: Final = "HCP HCP-EMER colleague ASS TCU PAT REP DADM PADM"

SETUPS: Final[Mapping[str, Setup]] = {
    "no-right": Setup(_ALL),
    "right-normal": Setup(_ALL, _hcp(NORMAL)),
    "right-restricted": Setup("HCP HCP-EMER colleague ASS TCU", _hcp(RESTRICTED)),
    "right-of-colleague": Setup("HCP colleague", _colleague),
    "right-valid-today": Setup("HCP", _hcp(RESTRICTED, 0, 0)),
    "right-expired": Setup("HCP ASS", _hcp(RESTRICTED, end=-1)),
    "right-in-future": Setup("HCP", _hcp(RESTRICTED, 1, 9)),
    "group-normal": Setup("HCP ASS colleague", _group(NORMAL)),
    "group-restricted": Setup("HCP colleague", _group(RESTRICTED)),
    "group-expired": Setup("HCP", _group(RESTRICTED, -1)),
    "other-group": Setup("HCP", _other_group),
    "excluded": Setup("HCP HCP-EMER ASS TCU PAT REP DADM", _excluded, RESTRICTED),
    "emergency-normal": Setup("HCP HCP-EMER", emergency=NORMAL),
    "emergency-restricted": Setup("HCP HCP-EMER ASS TCU", emergency=RESTRICTED),
    "right-normal-emergency-restricted": Setup("HCP HCP-EMER", _hcp(NORMAL), RESTRICTED),
    "provide-restricted": Setup("HCP HCP-EMER ASS TCU PAT", _hcp(NORMAL), provide="provide-level:restricted"),
    "provide-secret": Setup("HCP HCP-EMER ASS TCU", _hcp(RESTRICTED), provide="provide-level:secret"),
    "represented": Setup("HCP REP", _representative()),
    "representation-expired": Setup("REP", _representative(-1)),
    "delegation": Setup("HCP colleague ASS TCU", _delegation),
    "no-policies": Setup(_ALL, _hcp(RESTRICTED), RESTRICTED, is_held=False),
}

#: who turns to a record: role and purpose of use; colleague is a professional of another institution
ACTORS: Final[Mapping[str, tuple[str, str]]] = {
    "HCP": ("HCP", "NORM"),
    "HCP-EMER": ("HCP", "EMER"),
    "colleague": ("HCP", "NORM"),
    "ASS": ("ASS", "NORM"),
    "TCU": ("TCU", "AUTO"),
    "PAT": ("PAT", "NORM"),
    "REP": ("REP", "NORM"),
    "DADM": ("DADM", "NORM"),
    "PADM": ("PADM", "NORM"),
}


def relation(who: str) -> str:
    """How whoever turns to a record stands to those its patient gives rights to."""
    role, _ = ACTORS[who]
    acting = {"ASS": "for the professional", "TCU": "for the professional", "colleague": "another professional"}
    return acting.get(who) or {"HCP": "the professional", "PAT": "the patient", "REP": "the representative"}.get(
        role, "no relation"
    )
