"""The requests that gate: generated once from fixed seeds, kept beside this module, one file for each operation.

Stored, they stay the same whichever release of the generator is there, and cost nothing to make. A request that once
found a mistake is added by hand, with ``seed`` 0.
"""

import base64
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from security.fuzz.contract import Operation, operation
from security.fuzz.drafts import Draft

FOLDER: Final = Path(__file__).with_name("cases")


@cache
def stored(one: Operation) -> tuple[Draft, ...]:
    """The requests of this operation."""
    file = _file(one)
    if not file.exists():
        return ()
    return tuple(_read(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines())


def store(one: Operation, drafts: Iterable[Draft]) -> int:
    """Write the generated requests of an operation, beside those added by hand; how many there are."""
    FOLDER.mkdir(exist_ok=True)
    lines = [json.dumps(_written(draft), ensure_ascii=False, sort_keys=True) for draft in (*_by_hand(one), *drafts)]
    _file(one).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    stored.cache_clear()
    return len(lines)


def _by_hand(one: Operation) -> list[Draft]:
    return [draft for draft in stored(one) if draft.seed == 0]


def _file(one: Operation) -> Path:
    return FOLDER / f"{one.id.replace(':', '-')}.jsonl"


def _written(draft: Draft) -> dict[str, Any]:
    try:
        content = {"content": draft.content.decode()}
    except UnicodeDecodeError:
        content = {"base64": base64.b64encode(draft.content).decode()}
    return {
        "operation": draft.operation.id,
        "kind": draft.kind,
        "target": draft.target,
        **(content if draft.content else {}),
        "content_type": draft.content_type,
        "headers": dict(draft.headers),
        "seed": draft.seed,
        "number": draft.number,
    }


def _read(line: dict[str, Any]) -> Draft:
    content = base64.b64decode(line["base64"]) if "base64" in line else line.get("content", "").encode()
    return Draft(
        operation(line["operation"]),
        line["kind"],
        line["target"],
        content,
        line["content_type"],
        line["headers"],
        line["seed"],
        line["number"],
    )
