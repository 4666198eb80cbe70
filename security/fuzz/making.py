"""The stored requests, made anew: ``python -m security.fuzz store``."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from security.fuzz.contract import Operation
from security.fuzz.drafts import Draft, generated
from security.fuzz.thinning import is_proven, thinned

VALID, INVALID, THINNED = 4, 4, 4
#: seeds of the stored requests: valid, generated wrong, thinned
SEEDS: Final = (1, 2, 3)


def drafts(one: Operation, seeds: tuple[int, int, int] = SEEDS, *, share: int = 1) -> Iterator[Draft]:
    """Valid requests of an operation, wrong ones, and valid ones with something left out; ``share`` times as many."""
    valid = generated(one, "valid", seed=seeds[0], count=VALID * share)
    yield from valid
    wrong = (draft for draft in generated(one, "invalid", seed=seeds[1], count=2 * INVALID * share) if is_proven(draft))
    yield from islice(wrong, INVALID * share)
    whole = valid if one.is_oauth else valid[-share:]  # of each grant, for a token request is small
    for place, draft in enumerate(whole):
        yield from thinned(draft, seed=seeds[2] + place, count=THINNED)
