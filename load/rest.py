"""What a case needs for the FHIR API: its requests, the tokens that go with them, and log-ins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from fixtures.checks.verdicts import NotJudged
from fixtures.client import Community, Published, RegisteredPatient
from fixtures.client.authorization import Authorization
from fixtures.epr import fhir_documents, fhir_policies, iua
from fixtures.epr.fhir_audit import assertion_token, events_of, fhir_instant, retrieve_audit_events
from fixtures.epr.fhir_patients import cross_reference, match
from fixtures.epr.rest import Call
from fixtures.policy.consent import consent
from fixtures.policy.patient_policy import PatientPolicy
from load import right_rest as judging
from load.login import Login
from load.rest_template import BASIC, CERTIFICATE, EXTENDED, RestTemplate, rest_template
from load.steady_clock import SteadyClock
from load.step import Judge

#: transactions for which a basic token does, or our certificate
_OF_BASIC: Final = ("ITI-83", "ITI-119")
_DAY: Final = timedelta(days=1)
#: role for which documents and trail are looked up in preparation
_READER: Final = "PAT"
#: stands in a call for the token of the moment
_ANY: Final = "token"

Request = tuple[str, RestTemplate, Judge]


@dataclass(frozen=True)
class Rest:
    community: Community
    #: by kind
    clients: dict[str, iua.Credentials] = field(default_factory=dict)
    clock: SteadyClock = field(default_factory=SteadyClock)

    def impediment(self, role: str) -> str:
        """Why a user of this role cannot ask the FHIR API; "" where nothing is in the way."""
        try:
            if self.community.claims("ITI-71"):
                self.client(role)
        except NotJudged as error:
            return error.detail
        target = self.community.target
        if self._by_assertion and not target.fhir_mtls:
            return f"{target.path} has no ITI-71, no as_key in [trust], and not fhir_mtls = true"
        return ""

    def client(self, role: str) -> iua.Credentials:
        """The client users of this role log in with, read once; Skipped (NEEDS_USER) without one."""
        kind = "technical" if role == "TCU" else "portal"
        if kind not in self.clients:
            known = self.community.fhir.authorization
            self.clients[kind] = known.credentials("technical") if role == "TCU" else known.with_code()
        return self.clients[kind]

    def login(self, role: str, patient: RegisteredPatient, identity: str) -> Login:
        """The beginning of a log-in."""
        return Login(self._authorization, self.client(role), patient, role, identity, self.clock)

    def identity(self, role: str, patient: RegisteredPatient) -> str:
        """A fresh identity token of a user, "" for who needs none."""
        if role == "TCU" or not self.community.claims("ITI-71"):
            return ""
        return self._authorization.identity(self.community.user(role, patient), patient)

    def tokens(self, patient: RegisteredPatient, roles: Iterable[str]) -> Iterator[tuple[tuple[str, str], bytes]]:
        """Kind and role, and a token that is valid for a while."""
        for role in roles:
            if self._by_assertion:
                token = assertion_token(self.community.token(role, patient))
            else:
                token = self.community.fhir.token(role, patient)
            yield (EXTENDED, role), token.encode()
        if not self._is_by_node:
            yield (BASIC, ""), self.community.fhir.basic_token().encode()

    # --- requests ---------------------------------------------------------------------------------

    def requests(
        self, patient: RegisteredPatient, published: tuple[Published, ...], granted: PatientPolicy | None
    ) -> Iterator[Request]:
        """Name, template and judge of every request that is claimed and can be made for this patient."""
        domains = self.community.target.domains
        calls: list[tuple[Call, Judge]] = [
            (cross_reference(domains.local, patient.local_id), judging.says("ITI-83", patient.spid)),
            (match(spid=patient.spid, only_certain=True), judging.says("ITI-119", patient.spid)),
            (
                fhir_documents.find_document_references(patient.spid, token=_ANY),
                judging.finds_references(len(published)),
            ),
            (fhir_policies.by_patient(patient.spid, token=_ANY), judging.has_consents(patient.spid)),
        ]
        if granted is not None:
            calls.append((fhir_policies.put(consent(granted), granted.id, token=_ANY), judging.is_stored()))
        for call, judge in calls:
            if self.community.claims(call.transaction):
                yield self._request(call, judge)
        if published:
            yield from self._document(patient, published[0])
        if self.community.claims("ITI-81"):
            yield self._trail(patient)

    def provision(self, patient: RegisteredPatient, role: str) -> Request:
        """The request that publishes a document (ITI-65)."""
        call = self.community.fhir.provision(patient, role=role, token=_ANY).call
        entries = len((call.resource or {})["entry"])
        return self._request(call, judging.is_provided(entries))

    def _document(self, patient: RegisteredPatient, document: Published) -> Iterator[Request]:
        """ITI-68 of a document as ITI-67 shows it; nothing where it does not."""
        fhir = self.community.fhir
        if not (self.community.claims("ITI-67") and self.community.claims("ITI-68")):
            return
        token = dict(self.tokens(patient, [_READER]))[EXTENDED, _READER].decode()
        reply = fhir.send(fhir_documents.find_document_references(patient.spid, token=token))
        for reference in fhir_documents.references_of(reply):
            url = fhir_documents.attachment_of(reference).get("url")
            if isinstance(url, str) and fhir_documents.master_identifier(reference) == document.entry.unique_id:
                call = fhir_documents.retrieve_document(url, token=_ANY)
                yield self._request(call, judging.is_document(document.content))
                return

    def _trail(self, patient: RegisteredPatient) -> Request:
        """ITI-81 for the time of what there is already, so that the answer does not grow while the run goes on."""
        now, token = datetime.now(UTC), dict(self.tokens(patient, [_READER]))[EXTENDED, _READER].decode()
        since, until = fhir_instant(now - _DAY), fhir_instant(now + _DAY)
        reply = self.community.fhir.send(retrieve_audit_events(patient.spid, since=since, until=until, token=token))
        seen = [event.recorded for event in events_of(reply) if event.recorded is not None]
        if seen:
            since, until = fhir_instant(min(seen)), fhir_instant(max(seen) + timedelta(seconds=1))
        call = retrieve_audit_events(patient.spid, since=since, until=until, token=_ANY)
        return self._request(call, judging.shows_trail(patient.spid, len(seen)))

    def _request(self, call: Call, judge: Judge) -> Request:
        name = call.transaction
        kind, shows_certificate = EXTENDED, self._by_assertion
        if name in _OF_BASIC:
            kind, shows_certificate = (CERTIFICATE, True) if self._is_by_node else (BASIC, False)
        bare = replace(call, token="")
        base = self.community.fhir.base(name)
        return name, rest_template(bare, base, kind=kind, shows_certificate=shows_certificate), judge

    # --- how to log in ----------------------------------------------------------------------------

    @property
    def _authorization(self) -> Authorization:
        return self.community.fhir.authorization

    @cached_property
    def _by_assertion(self) -> bool:
        """An X-User Assertion with our certificate stands for an access token."""
        return not self.community.claims("ITI-71") and self.community.target.trust.authorization_server is None

    @cached_property
    def _is_by_node(self) -> bool:
        """Our certificate stands for a basic token."""
        return self.community.fhir.basic(Call("ITI-83", "GET")).by_node
