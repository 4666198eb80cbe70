"""The register of known deviations: what published samples are known to do wrong.

``conformance/requirements/deviations.yaml`` is a list of::

    - sample: samples/ITI-44_response_raw.xml      # for the reader only
      sha256: '0f...'                              # of the whole file, with LF as line end
      requirement: PAT-GEN-019                     # or a list of rows, or undeclared-prefix
      reason: creationTime 202092393350 is no date
      source: where this is known from
      with_request: true                           # seen only when judged with the sample request

A deviation holds for the file with exactly that content, so it never hides what another file does wrong. The self-tests
judge the samples and break when an entry no longer holds.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from fixtures.checks.catalogue import REQUIREMENTS, load_catalogue

FILE: Final = REQUIREMENTS / "deviations.yaml"
_KEYS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "sample": str,
    "sha256": str,
    "requirement": (str, list),
    "reason": str,
    "source": str,
}
#: stands for a row where a file uses prefixes it does not declare
UNDECLARED: Final = "undeclared-prefix"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class RegisterError(ValueError):
    """The register cannot be used; the text names the entry."""


@dataclass(frozen=True)
class Deviation:
    """One row that one file is known not to keep."""

    sample: str
    sha256: str
    requirement: str
    reason: str
    source: str
    with_request: bool = False


@dataclass(frozen=True)
class Register:
    """All deviations by fingerprint of the file and row."""

    entries: Mapping[tuple[str, str], Deviation]

    def __iter__(self) -> Iterator[Deviation]:
        return iter(self.entries.values())

    def known(self, file: str, requirement: str) -> Deviation | None:
        """The deviation of the file with this fingerprint from this row."""
        return self.entries.get((file, requirement))


def fingerprint(content: bytes) -> str:
    """SHA-256 of a file, whatever line ends it was checked out with."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def load_register(path: Path = FILE) -> Register:
    """Raises :class:`RegisterError` for everything wrong in it."""
    try:
        content = yaml.safe_load(path.read_bytes()) or []
    except (OSError, yaml.YAMLError) as error:
        raise RegisterError(f"{path.name} cannot be read: {error}") from None
    if not isinstance(content, list):
        raise RegisterError(f"{path.name}: a list of deviations is expected")
    entries: dict[tuple[str, str], Deviation] = {}
    for number, entry in enumerate(content, 1):
        for deviation in _deviations(entry, f"{path.name}: entry {number}"):
            key = (deviation.sha256, deviation.requirement)
            if key in entries:
                raise RegisterError(f"{path.name}: entry {number}: {deviation.requirement} is registered twice")
            entries[key] = deviation
    return Register(entries)


def _deviations(entry: Any, name: str) -> Iterator[Deviation]:
    if not isinstance(entry, dict):
        raise RegisterError(f"{name}: a mapping is expected")
    for key, kind in _KEYS.items():
        if not isinstance(entry.get(key), kind) or not entry[key]:
            raise RegisterError(f"{name}: {key} is missing or of the wrong kind")
    if unknown := entry.keys() - {*_KEYS, "with_request"}:
        raise RegisterError(f"{name}: unknown key {', '.join(sorted(map(str, unknown)))}")
    if not _SHA256.fullmatch(entry["sha256"]):
        raise RegisterError(f"{name}: sha256 must be 64 hexadecimal digits")
    ids = entry["requirement"]
    for identifier in [ids] if isinstance(ids, str) else ids:
        if identifier != UNDECLARED and identifier not in load_catalogue():
            raise RegisterError(f"{name}: the catalogue has no row {identifier}")
        yield Deviation(
            entry["sample"],
            entry["sha256"],
            identifier,
            " ".join(entry["reason"].split()),
            entry["source"],
            bool(entry.get("with_request")),
        )
