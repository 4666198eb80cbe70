"""One request under load, and what comes back for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers`` may be read by name in any case; what was sent twice is a list."""

    status: int
    body: bytes
    content_type: str = ""
    headers: Mapping[str, str | list[str]] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """Where a redirection leads, "" without one."""
        found = self.headers.get("location", "")
        return found if isinstance(found, str) else ""

    def named(self) -> Iterator[tuple[str, str]]:
        """Every header with its name in lower case."""
        for name, value in self.headers.items():
            yield name.lower(), value if isinstance(value, str) else ", ".join(value)


Judge = Callable[[Answer], str]


@dataclass(frozen=True)
class Step:
    """One request of a journey, and the cheap judgement of its answer: "" for right, else a sentence."""

    #: as it is counted: the transaction, and which of its requests where there are several ("ITI-71 token")
    name: str
    url: str
    body: bytes
    #: the same each time
    headers: Mapping[str, str]
    judge: Judge
    method: str = "POST"
    #: header lines that are new each time, each with its line end
    fresh: bytes = b""
    #: False for who shows a token alone
    shows_certificate: bool = True
    #: those of a right answer
    statuses: tuple[int, ...] = (200,)

    @property
    def transaction(self) -> str:
        return transaction_of(self.name)


def transaction_of(name: str) -> str:
    """The transaction of a request, by the name it is counted under."""
    return name.partition(" ")[0]
