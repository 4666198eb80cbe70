"""The patients a load run works with: registered, with documents and tokens, before the first request is due."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gevent.pool import Pool

from fixtures.checks.verdicts import NotJudged
from fixtures.client import Community, Published, RegisteredPatient
from fixtures.client.records import right
from fixtures.epr import ppq
from fixtures.epr.hl7v3 import by_id, pix_query
from fixtures.epr.identifiers import II
from fixtures.epr.message import Message
from fixtures.epr.queries import find_documents
from fixtures.epr.xds import retrieve
from fixtures.people.professionals import professional
from fixtures.policy.patient_policy import PatientPolicy
from fixtures.policy.xacml import patient_document
from load import right as judging
from load.engine import Step
from load.population import Journey
from load.right import Judge
from load.sender import Answer
from load.template import TOKEN, Template, template

#: one in so many cases is for publishing, so that the others keep the number of their documents
PUBLISHED_TO: Final = 5
#: what is prepared with
PREPARATION: Final = ("ITI-44", "ITI-45", "ITI-41")


@dataclass
class Case:
    """A patient, the documents of the record, current tokens by role, and the requests about the patient."""

    patient: RegisteredPatient
    documents: tuple[Published, ...]
    tokens: dict[str, bytes] = field(default_factory=dict)
    requests: dict[tuple[str, str], tuple[Template, Judge]] = field(default_factory=dict)
    #: documents that were published under load
    published: int = 0

    def step(self, transaction: str, role: str) -> Step:
        """One request by a user of this role."""
        made, judge = self.requests.get((transaction, role)) or self.requests[transaction, ""]
        return Step(transaction, made.url, made.fill(self.tokens.get(role, b"")), made.headers, judge)


@dataclass
class Cases:
    """All cases of one process. ``left_out``: what cannot be done with this target, one sentence each."""

    community: Community
    journeys: Mapping[str, Journey]
    reading: list[Case] = field(default_factory=list)
    publishing: list[Case] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def prepare(self, count: int, documents: Callable[[], int]) -> None:
        """Register patients, open records, publish; raises what :class:`Community` raises when it cannot."""
        self.journeys = dict(self._possible())
        numbers = [documents() for _ in range(max(1, count))]
        pool = Pool(8)
        for case in pool.imap_unordered(self._made, numbers):
            (
                self.publishing
                if len(self.reading) >= (len(self.publishing) + 1) * (PUBLISHED_TO - 1)
                else self.reading
            ).append(case)
        if not self.publishing:
            self.publishing.append(self._made(1))

    @property
    def everyone(self) -> list[Case]:
        return [*self.reading, *self.publishing]

    def renew(self) -> None:
        """Replace the tokens, and requests for tokens, that would run out."""
        for case in self.everyone:
            self._with_tokens(case)

    def created(self) -> Iterator[tuple[str, tuple[str, ...], int]]:
        """EPR-SPID, uniqueIds of documents published in preparation, and how many more were published under load."""
        for case in self.everyone:
            yield case.patient.spid, tuple(document.entry.unique_id for document in case.documents), case.published

    # --- what is possible -------------------------------------------------------------------------

    def _possible(self) -> Iterator[tuple[str, Journey]]:
        """The journeys with the steps the target claims, of roles it has users for."""
        for name, journey in self.journeys.items():
            try:
                self.community.user(journey.role)
            except NotJudged as error:
                self.left_out.append(f"journey {name}: {error.detail}")
                continue
            steps = tuple(step for step in journey.steps if self.community.claims(step[0]))
            gone = [transaction for transaction, _ in journey.steps if not self.community.claims(transaction)]
            if gone:
                self.left_out.append(f"journey {name}: the target does not claim {', '.join(gone)}")
            if steps:
                yield name, replace(journey, steps=steps)

    @property
    def _roles(self) -> Sequence[str]:
        return tuple(dict.fromkeys(journey.role for journey in self.journeys.values()))

    # --- one case ---------------------------------------------------------------------------------

    def _made(self, documents: int) -> Case:
        community = self.community
        patient = community.record()
        if "REP" in self._roles:
            community.appoint_representative(patient)
        granted = None
        if any(step[0] == "PPQ-1" for journey in self.journeys.values() for step in journey.steps):
            granted = replace(right(professional("hcp-de").gln), spid=patient.spid)
            community.grant(patient, granted)
        published = tuple(community.publish(patient) for _ in range(documents))
        case = Case(patient, published)
        self._with_tokens(case)
        self._with_requests(case, granted)
        return case

    def _with_tokens(self, case: Case) -> None:
        for role in self._roles:
            case.tokens[role] = self.community.token(role, case.patient)
            if self.community.claims("GetXUA"):
                request = self.community.token_request(role, case.patient)
                judge = judging.issues_token(case.patient.spid)
                case.requests["GetXUA", role] = (self._template(request), judge)

    def _with_requests(self, case: Case, granted: PatientPolicy | None) -> None:
        community, patient = self.community, case.patient
        who, home = community.addressing, community.target.home_community_id
        messages: list[tuple[Message, Judge]] = [
            (pix_query(II(who.local, patient.local_id), who), judging.names(patient.mpi_pid)),
            (by_id(II(patient.spid_domain, patient.spid), addressing=who), judging.names(patient.spid)),
            (find_documents(patient.xad_pid, token=TOKEN), judging.finds(len(case.documents))),
            (ppq.query_by_patient(patient.spid, token=TOKEN), judging.has_policy_sets(patient.spid)),
        ]
        if case.documents:
            document = case.documents[0]
            messages.append((retrieve([document.request], token=TOKEN), judging.has_document(document.content)))
        if granted is not None:
            update = ppq.update_policies([patient_document(granted)], token=TOKEN, issuer=home)
            messages.append((update, judging.is_fed()))
        for message, judge in messages:
            if community.claims(message.transaction):
                case.requests[message.transaction, ""] = (self._template(message), judge)
        for role in self._roles:
            if community.claims("ITI-41"):
                sent = community.submission(patient, token=case.tokens[role]).message.with_security(TOKEN)
                case.requests["ITI-41", role] = (self._template(sent), _counting(case, judging.registered()))

    def _template(self, message: Message) -> Template:
        return template(message, self.community.url(message.transaction))


def _counting(case: Case, judge: Judge) -> Judge:
    """The same judge, which counts what is published."""

    def judged(answer: Answer) -> str:
        wrong = judge(answer)
        case.published += not wrong
        return wrong

    return judged
