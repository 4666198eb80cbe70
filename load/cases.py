"""The patients a load run works with: registered, with documents and tokens, before the first request is due."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gevent.pool import Pool

from fixtures.checks.catalogue import REST
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
from load.login import ACCESS, AUTHORIZE, Login
from load.population import Journey
from load.rest import Rest
from load.step import Answer, Judge, Step, transaction_of
from load.template import TOKEN, XUA, Template, template

#: one in so many cases is for publishing, so that the others keep the number of their documents
PUBLISHED_TO: Final = 5
#: seconds for which an identity token is used, and how much longer while our clock is set: it is valid for five minutes
FRESH: Final = 60.0
SPARE: Final = 180.0
#: what is prepared with
PREPARATION: Final = ("ITI-44", "ITI-45", "ITI-41")


@dataclass
class Case:
    """A patient, the documents of the record, current tokens by kind and role, and the requests about the patient."""

    patient: RegisteredPatient
    documents: tuple[Published, ...]
    rest: Rest
    tokens: dict[tuple[str, str], bytes] = field(default_factory=dict)
    #: identity tokens by role, for log-ins
    identities: dict[str, str] = field(default_factory=dict)
    #: by name, and role where it matters
    requests: dict[tuple[str, str], tuple[Template, Judge]] = field(default_factory=dict)
    #: documents that were published under load
    published: int = 0
    #: time.monotonic() from which identity tokens and requests for tokens are too old
    old: float = 0.0

    def can(self, name: str) -> bool:
        """True where this request can be made for this patient."""
        return name in (AUTHORIZE, ACCESS) or any(known == name for known, _ in self.requests)

    def step(self, name: str, role: str) -> Step:
        """One request by a user of this role, other than a log-in."""
        made, judge = self.requests.get((name, role)) or self.requests[name, ""]
        token = self.tokens.get((made.token, role)) or self.tokens.get((made.token, ""), b"")
        return made.step(token, judge)

    def login(self, role: str) -> Login:
        """The beginning of a log-in by ITI-71."""
        return self.rest.login(role, self.patient, self.identities[role])


@dataclass
class Cases:
    """All cases of one process. ``left_out``: what cannot be done with this target, one sentence each."""

    community: Community
    journeys: Mapping[str, Journey]
    reading: list[Case] = field(default_factory=list)
    publishing: list[Case] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    rest: Rest = field(init=False)

    def __post_init__(self) -> None:
        self.rest = Rest(self.community)

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
        for _ in Pool(8).imap_unordered(self._with_tokens, self.everyone):
            pass

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
            steps, why = self._steps(journey)
            self.left_out += [f"journey {name}: {each}" for each in why]
            if steps and (not journey.needs or journey.needs in map(transaction_of, dict(steps))):
                yield name, replace(journey, steps=steps)

    def _steps(self, journey: Journey) -> tuple[tuple[tuple[str, float], ...], list[str]]:
        """What can be done of a journey, and why not the rest."""
        gone = [name for name, _ in journey.steps if not self.community.claims(transaction_of(name))]
        unclaimed = dict.fromkeys(map(transaction_of, gone))
        why = [f"the target does not claim {', '.join(unclaimed)}"] if gone else []
        rest = [name for name, _ in journey.steps if name not in gone and transaction_of(name) in REST]
        if rest and (impediment := self.rest.impediment(journey.role)):
            gone += rest
            why.append(impediment)
        return tuple(step for step in journey.steps if step[0] not in gone), why

    def _roles(self, *, of_rest: bool | None = None) -> Sequence[str]:
        """The roles of the journeys, all of them or those (not) of the FHIR API."""
        return tuple(
            dict.fromkeys(
                journey.role
                for journey in self.journeys.values()
                if of_rest is None or any((transaction_of(name) in REST) is of_rest for name, _ in journey.steps)
            )
        )

    def _is_asked(self, *transactions: str) -> bool:
        return any(name in transactions for journey in self.journeys.values() for name, _ in journey.steps)

    # --- one case ---------------------------------------------------------------------------------

    def _made(self, documents: int) -> Case:
        community = self.community
        patient = community.record()
        if "REP" in self._roles():
            community.appoint_representative(patient)
        granted = None
        if self._is_asked("PPQ-1", "PPQ-3"):
            granted = replace(right(professional("hcp-de").gln), spid=patient.spid)
            if community.claims("PPQ-1"):
                community.grant(patient, granted)
        published = tuple(community.publish(patient) for _ in range(documents))
        case = Case(patient, published, self.rest)
        self._with_tokens(case)
        self._with_requests(case, granted)
        return case

    def _with_tokens(self, case: Case) -> None:
        patient, of_rest = case.patient, self._roles(of_rest=True)
        for role in self._roles(of_rest=False):
            case.tokens[XUA, role] = self.community.token(role, patient)
        if of_rest:
            case.tokens.update(self.rest.tokens(patient, of_rest))
        if time.monotonic() < case.old + (SPARE if self.rest.clock.shift else 0):
            return
        case.old = time.monotonic() + FRESH
        case.identities = {role: self.rest.identity(role, patient) for role in of_rest}
        if self.community.claims("GetXUA"):
            for role in self._roles(of_rest=False):
                request = self.community.token_request(role, patient)
                case.requests["GetXUA", role] = (self._template(request), judging.issues_token(patient.spid))

    def _with_requests(self, case: Case, granted: PatientPolicy | None) -> None:
        community, patient = self.community, case.patient
        who, home = community.addressing, community.target.home_community_id
        messages: list[tuple[Message, Judge]] = [
            (pix_query(II(who.local, patient.local_id), who), judging.names("ITI-45", patient.mpi_pid)),
            (by_id(II(patient.spid_domain, patient.spid), addressing=who), judging.names("ITI-47", patient.spid)),
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
        for role in self._roles(of_rest=False):
            if community.claims("ITI-41"):
                sent = community.submission(patient, token=case.tokens[XUA, role]).message.with_security(TOKEN)
                case.requests["ITI-41", role] = (self._template(sent), _counting(case, judging.registered()))
        if of_rest := self._roles(of_rest=True):
            for name, made, judge in self.rest.requests(patient, case.documents, granted):
                case.requests[name, ""] = (made, judge)
            for role in of_rest if self._is_asked("ITI-65") else ():
                name, made, judge = self.rest.provision(patient, role)
                case.requests[name, role] = (made, _counting(case, judge))

    def _template(self, message: Message) -> Template:
        return template(message, self.community.url(message.transaction))


def _counting(case: Case, judge: Judge) -> Judge:
    """The same judge, which counts what is published."""

    def judged(answer: Answer) -> str:
        wrong = judge(answer)
        case.published += not wrong
        return wrong

    return judged
