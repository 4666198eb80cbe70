"""One good set of exchanges for each transaction of the FHIR API, on which its structural rows are judged."""

from collections.abc import Callable, Iterator, Mapping

from fixtures.checks.catalogue import Requirement
from fixtures.checks.rest_rows import RestView, answer_view, call_view
from fixtures.checks.rows import demand
from fixtures.client import Community
from fixtures.epr.fhir_patients import cross_reference, match
from fixtures.epr.names import EPR_SPID
from fixtures.epr.rest import Call, RestReply, metadata
from fixtures.suite.watch import facts_of

Maker = Callable[[Community], Iterator[Call]]


class RestSamples:
    """Sends each kind of call in its variants, once, and keeps requests and replies."""

    def __init__(self, community: Community, makers: Mapping[str, Maker] | None = None) -> None:
        self.community = community
        self.makers = MAKERS if makers is None else makers
        self.facts = facts_of(community.target)
        self._kept: dict[str, list[RestReply]] = {}

    def demand(self, message: str, row: Requirement) -> None:
        """``message`` is "ITI-83 response" or "ITI-83 request"."""
        transaction, _, side = message.rpartition(" ")
        replies = self._of(transaction)
        views: Iterator[RestView | None]
        if side == "response":
            views = (answer_view(reply, self.facts) for reply in replies)
        else:
            views = (call_view(reply.request, self.facts) for reply in replies)
        demand(row, views)

    def _of(self, transaction: str) -> list[RestReply]:
        if transaction not in self._kept:
            calls = self.makers[transaction](self.community)
            self._kept[transaction] = [self.community.fhir.send(call) for call in calls]
        return self._kept[transaction]


def _capabilities(community: Community) -> Iterator[Call]:
    del community
    yield metadata()
    yield Call("FHIR API", "GET", "Observation").without_token()


def _pix(community: Community) -> Iterator[Call]:
    patient, domains = community.patient(), community.target.domains
    yield community.fhir.basic(cross_reference(domains.local, patient.local_id))
    yield community.fhir.basic(cross_reference(domains.local, patient.local_id, EPR_SPID, domains.mpi))
    yield community.fhir.basic(cross_reference(domains.local, "never-added"))


def _match(community: Community) -> Iterator[Call]:
    patient = community.patient()
    yield community.fhir.basic(match(family=patient.family, birth_date=patient.birth_date))
    yield community.fhir.basic(match(spid=patient.spid))


#: transaction -> its calls, each as it is sent
MAKERS: dict[str, Maker] = {"FHIR API": _capabilities, "ITI-83": _pix, "ITI-119": _match}
