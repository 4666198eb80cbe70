"""A valid message of each transaction, the rows its attacks are judged by, and how an attack is sent."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest

from fixtures.checks.expect import expect, note
from fixtures.checks.verdicts import Finding, Inconclusive, Unmet
from fixtures.client import Community
from fixtures.client.exchange import Baseline
from fixtures.epr.hl7v3 import add, by_id, pix_query
from fixtures.epr.identifiers import II
from fixtures.epr.message import Message, Reply
from fixtures.epr.xds import retrieve
from fixtures.wire import NoAnswer
from fixtures.wire.errors import TimedOut
from security.conftest import Scene
from security.xml.attacks import MARKER
from security.xml.collector import Collector

MESSAGES: Final[dict[str, Callable[[Scene], Message]]] = {
    "ITI-18": lambda scene: scene.valid,
    "ITI-41": lambda scene: scene.community.submission(scene.patient, token=scene.token).message,
    "ITI-43": lambda scene: retrieve([scene.published.request], token=scene.token),
    "ITI-44": lambda scene: add(scene.community.invented_patient(), scene.community.addressing),
    "ITI-45": lambda scene: pix_query(_local(scene), scene.community.addressing),
    "ITI-47": lambda scene: by_id(_local(scene), addressing=scene.community.addressing),
    "GetXUA": lambda scene: scene.community.token_request("HCP", scene.patient),
}
_DOCUMENTS: Final = ("XDS-SOAP-009", "XUA-ITI40-102")
DOCTYPE_ROWS: Final = {
    **dict.fromkeys(("ITI-18", "ITI-41", "ITI-43"), _DOCUMENTS),
    **dict.fromkeys(("ITI-44", "ITI-45", "ITI-47"), ("PAT-GEN-011",)),
    "GetXUA": ("XUA-STS-103",),
}
BOMB_ROWS: Final = {**DOCTYPE_ROWS, **dict.fromkeys(("ITI-18", "ITI-41", "ITI-43"), ("XDS-SOAP-009", "XUA-ITI40-103"))}


def _local(scene: Scene) -> II:
    return II(scene.community.target.domains.local, scene.patient.local_id)


def each(rows: dict[str, tuple[str, ...]], names: Iterable[str] = MESSAGES) -> list[Any]:
    """A case for each transaction, with its rows."""
    return [
        pytest.param(
            name, id=name, marks=[pytest.mark.requirement(*rows[name]), pytest.mark.transaction(name, "ITI-18")]
        )
        for name in names
        if name in rows
    ]


def baseline(scene: Scene, name: str, valid: Message) -> Baseline:
    """The valid message again; of a feed another one, because a patient is added once."""
    return (lambda: MESSAGES[name](scene)) if name == "ITI-44" else valid


def attacked(community: Community, message: Message, valid: Baseline) -> Reply | None:
    """The answer to an attack; None where the connection was closed instead.

    The valid message is accepted before. A target that hangs, or does not serve afterwards, has been harmed.
    """
    community.accepted(valid)
    try:
        reply = community.send(message)
    except TimedOut as error:
        raise Unmet(Finding("an answer, or the connection closed", str(error), evidence=(error.evidence,))) from None
    except NoAnswer:
        reply = None
    _demand_alive(community, valid)
    return reply


def _demand_alive(community: Community, valid: Baseline) -> None:
    try:
        community.alive(valid)
    except Inconclusive as problem:
        raise Unmet(Finding("the target serves the valid message afterwards", problem.detail)) from None


def nothing_followed(reply: Reply | None, collector: Collector) -> None:
    """Nobody called, and neither the file nor what the collector gives away stands in the answer."""
    evidence = (reply.evidence,) if reply else ()
    if collector.calls:
        raise Unmet(Finding("no call at the collector", collector.calls[0], evidence=evidence))
    if reply is not None:
        expect(reply).discloses_nothing([MARKER, collector.secret])


def refused(reply: Reply | None) -> None:
    """SOAP fault, failure, or HTTP 4xx; a closed connection is secure and no answer: noted."""
    if reply is None:
        note(Finding("a SOAP fault or HTTP 400", "the connection was closed"))
    else:
        expect(reply).refuses()
