"""A valid message of each transaction, the rows its attacks are judged by, and how an attack is sent."""

from collections.abc import Callable, Iterable
from random import SystemRandom
from typing import Any, Final

import pytest

from fixtures.checks.expect import expect, note
from fixtures.checks.verdicts import Finding, Inconclusive, Unmet
from fixtures.client import Community
from fixtures.client.exchange import Baseline
from fixtures.epr.adr import decision_request, documents, subject
from fixtures.epr.hl7v3 import add, by_id, pix_query
from fixtures.epr.identifiers import II, new_gln
from fixtures.epr.message import Message, Reply
from fixtures.epr.ppq import add_policies, query_by_patient
from fixtures.epr.xds import retrieve
from fixtures.policy.patient_policy import patient_policy
from fixtures.policy.xacml import patient_document
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
    "PPQ-1": lambda scene: add_policies([_right(scene)], token=_administrator(scene), issuer=_home(scene)),
    "PPQ-2": lambda scene: query_by_patient(scene.patient.spid, token=_administrator(scene)),
    "CH:ADR": lambda scene: decision_request(
        subject("PAT", scene.patient.spid, home=_home(scene)),
        documents(scene.patient.spid, _home(scene)),
        "ITI-18",
        token=_administrator(scene),
    ),
}
_DOCUMENTS: Final = ("XDS-SOAP-009", "XUA-ITI40-102")
_POLICIES: Final = ("PPQ-1", "PPQ-2", "CH:ADR")
DOCTYPE_ROWS: Final = {
    **dict.fromkeys(("ITI-18", "ITI-41", "ITI-43"), _DOCUMENTS),
    **dict.fromkeys(("ITI-44", "ITI-45", "ITI-47"), ("PAT-GEN-011",)),
    "GetXUA": ("XUA-STS-103",),
    **dict.fromkeys(_POLICIES, ("XUA-ITI40-102",)),
}
BOMB_ROWS: Final = {
    **DOCTYPE_ROWS,
    **dict.fromkeys(("ITI-18", "ITI-41", "ITI-43"), ("XDS-SOAP-009", "XUA-ITI40-103")),
    **dict.fromkeys(_POLICIES, ("XUA-ITI40-103",)),
}


def _local(scene: Scene) -> II:
    return II(scene.community.target.domains.local, scene.patient.local_id)


def _home(scene: Scene) -> str:
    return scene.community.target.home_community_id


def _administrator(scene: Scene) -> bytes:
    return scene.community.token("PADM", scene.patient)


def _right(scene: Scene) -> bytes:
    """A policy set the record does not have yet."""
    right = patient_policy("301", scene.patient.spid, "access-level:normal", who=new_gln(SystemRandom()))
    return patient_document(right)


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
