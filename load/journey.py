"""Locust users of the core journey: who is the patient (ITI-45), which documents are there (ITI-18), read one (ITI-43).

Every message is built by the protocol library and every answer is read by it: a right answer names this patient, and
the document has the octets that were published.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gevent.event import Event
from locust import constant, task
from locust.contrib.fasthttp import FastHttpUser

from fixtures.client import Community, Published, RegisteredPatient
from fixtures.epr.hl7v3 import pix_query
from fixtures.epr.hl7v3_read import pix_response
from fixtures.epr.identifiers import II
from fixtures.epr.message import Message, Reply, read_reply
from fixtures.epr.names import SUCCESS
from fixtures.epr.queries import find_documents
from fixtures.epr.xds import retrieve
from fixtures.epr.xds_read import query_response, retrieve_response
from load.verdict import Series


@dataclass(frozen=True)
class Case:
    """A registered patient with one published document and a token for a professional."""

    patient: RegisteredPatient
    published: Published
    token: bytes


def prepare(community: Community, count: int) -> list[Case]:
    """Register ``count`` patients, publish a document for each, mint the tokens: all before the ramp."""
    cases = []
    for _ in range(count):
        patient = community.record()
        token = community.token("HCP", patient)
        cases.append(Case(patient, community.publish(patient, token=token), token))
    return cases


class Stage:
    """What the users of one run share: the community, the cases in turn, and the series being measured."""

    def __init__(self, community: Community, cases: list[Case], seconds: float) -> None:
        self.community = community
        self.cases: Iterator[Case] = itertools.cycle(cases)
        #: how long the run took, as measured
        self.seconds = seconds
        self.series = {name: Series(name) for name in ("ITI-45", "ITI-18", "ITI-43")}
        #: set when one journey has come to its end, right or wrong
        self.travelled = Event()
        self.pause = 1 / community.target.consent.max_rps if community.target.consent.max_rps else 0.0


Judge = Callable[[Reply], str]


class Journey(FastHttpUser):  # type: ignore[misc]
    """One user: over and over the journey 45 -> 18 -> 43 of the next case."""

    abstract = True
    wait_time = constant(0)
    stage: Stage

    @task  # type: ignore[untyped-decorator]
    def journey(self) -> None:
        stage, case = self.stage, next(self.stage.cases)
        local_id = II(stage.community.target.domains.local, case.patient.local_id)
        self._send(pix_query(local_id, stage.community.addressing), lambda reply: _finds_patient(reply, case))
        query = find_documents(case.patient.xad_pid, token=case.token)
        self._send(query, lambda reply: _finds_document(reply, case))
        request = retrieve([case.published.request], token=case.token)
        self._send(request, lambda reply: _has_octets(reply, case))
        stage.travelled.set()

    def _send(self, message: Message, judge: Judge) -> None:
        if self.stage.pause:
            time.sleep(self.stage.pause * self.environment.runner.user_count)  # keeps to consent.max_rps
        url = self.stage.community.target.endpoints[message.transaction]
        message = message.addressed(url)
        http = message.http()
        series = self.stage.series[message.transaction]
        with self.client.post(
            url,
            data=http.body,
            headers={"Content-Type": http.content_type},
            name=message.transaction,
            catch_response=True,
        ) as response:
            wrong = _judge(message, response, judge)
            if wrong:
                series.wrong.append(wrong)
                response.failure(wrong)
            else:
                series.milliseconds.append(float(response.request_meta["response_time"]))
                response.success()


def _judge(message: Message, response: Any, judge: Judge) -> str:
    """ "" for a right answer, else a sentence."""
    if not response.status_code:
        return f"no answer: {response.error}"
    reply = read_reply(message, response.status_code, dict(response.headers.items()), response.content or b"")
    if reply.problem:
        return reply.problem
    if reply.fault is not None:
        return f"SOAP fault {reply.fault.code}: {reply.fault.reason}"
    try:
        return judge(reply)
    except ValueError as error:
        return str(error)


def _finds_patient(reply: Reply, case: Case) -> str:
    found = pix_response(reply).identifiers(case.patient.mpi_domain)
    return "" if found == (case.patient.mpi_pid,) else f"PIX answer without the XAD-PID of the patient: {found}"


def _finds_document(reply: Reply, case: Case) -> str:
    found = query_response(reply)
    unique_ids = [document.unique_id for document in found.documents]
    if found.status != SUCCESS or unique_ids != [case.published.entry.unique_id]:
        return f"FindDocuments: status {found.status}, documents {unique_ids}"
    return ""


def _has_octets(reply: Reply, case: Case) -> str:
    found = retrieve_response(reply)
    if found.status != SUCCESS or [document.content for document in found.documents] != [case.published.content]:
        return f"RetrieveDocumentSet: status {found.status}, not the octets that were published"
    return ""
