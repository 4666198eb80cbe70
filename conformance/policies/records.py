"""The record of a patient as tests of policies see it: who feeds, what is held, and what is decided, over the wire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Inconclusive, Reason, Skipped
from fixtures.client import Community
from fixtures.client.patients import RegisteredPatient
from fixtures.epr import adr, ppq
from fixtures.epr.adr import Resource, Subject
from fixtures.epr.message import Message, Reply
from fixtures.epr.policy_read import DecisionResponse, decision_response, policy_response
from fixtures.epr.swiss_day import swiss_day
from fixtures.epr.xml import Element, find_all, parse, text
from fixtures.policy.canonical import canonical
from fixtures.policy.decide import answer
from fixtures.policy.patient_policy import PatientPolicy, onboarding, patient_policy
from fixtures.policy.stack import stack
from fixtures.policy.xacml import patient_document
from fixtures.target import User

#: somebody whom the target need not know: a valid GLN, the OID of a group
SOMEBODY = "7601999100202"
NOBODY = "7601999100219"
GROUP = "urn:oid:2.999.756.1.77.1"
_WHO = {"301": SOMEBODY, "304": SOMEBODY, "302": GROUP, "303": "rep-9"}
_DATED = ("302", "304")


def day(offset: int) -> date:
    """The Swiss day so many days from today."""
    return swiss_day() + timedelta(days=offset)


@dataclass(frozen=True)
class Record:
    """A registered patient whose policy sets are fed, read and decided on."""

    community: Community
    patient: RegisteredPatient

    @property
    def spid(self) -> str:
        return self.patient.spid

    def policy(self, template: str, reference: str = "", **more: object) -> PatientPolicy:
        """A policy set of this patient; who it names and an end that must be there are filled in."""
        given = {"who": _WHO.get(template, ""), **({"end": day(30)} if template in _DATED else {}), **more}
        return patient_policy(template, self.spid, reference, **given)  # type: ignore[arg-type]

    # --- users ----------------------------------------------------------------------------------

    def token(self, who: str, purpose: str = "") -> bytes:
        """The X-User Assertion of a user by role, or of another professional ("colleague")."""
        if who == "colleague":
            return self.community.token("HCP", self.patient, purpose=purpose, user=self.colleague)
        return self.community.token(who, self.patient, purpose=purpose)

    @property
    def gln(self) -> str:
        """The GLN of the usual professional."""
        return self.community.user("HCP").gln

    @property
    def colleague(self) -> User:
        """A second professional of the target file; Skipped (NEEDS_USER) where there is none."""
        for user in self.community.target.users:
            if user.role == "HCP" and user.state == "active" and user.gln != self.gln and not user.patient:
                return user
        raise Skipped(Reason.NEEDS_USER, f"{self.community.target.path} has no second [[users]] of role HCP")

    def principal(self, role: str) -> str:
        """The GLN of the professional an assistant or technical user acts for."""
        return self.community.target.user(self.community.user(role).principal).gln

    def name_id(self, role: str) -> str:
        """The id by which the target's X-User Assertion names the user."""
        return text(parse(self.token(role)), "saml2:Subject/saml2:NameID")

    # --- PPQ-1 ----------------------------------------------------------------------------------

    def adding(self, *sets: PatientPolicy, by: str = "PADM", purpose: str = "") -> Message:
        return ppq.add_policies(_documents(sets), token=self.token(by, purpose), issuer=self._home)

    def updating(self, *sets: PatientPolicy, by: str = "PADM") -> Message:
        return ppq.update_policies(_documents(sets), token=self.token(by), issuer=self._home)

    def deleting(self, *ids: str, by: str = "PADM") -> Message:
        return ppq.delete_policies(ids, token=self.token(by), issuer=self._home)

    def add(self, *sets: PatientPolicy) -> None:
        """Add policy sets as the policy administrator; they are demanded to be taken."""
        self.community.accepted(lambda: self.adding(*sets))

    def onboard(self, *more: PatientPolicy, emergency: str = "access-level:normal") -> tuple[PatientPolicy, ...]:
        """Open the record by 201, 202, 203 and ``more``; gives all of them."""
        sets = (*onboarding(self.spid, emergency=emergency), *more)
        self.add(*sets)
        return sets

    # --- PPQ-2 ----------------------------------------------------------------------------------

    def by_patient(self, who: str = "PADM") -> Message:
        return ppq.query_by_patient(self.spid, token=self.token(who))

    def by_id(self, *ids: str, who: str = "PADM") -> Message:
        return ppq.query_by_id(ids, token=self.token(who))

    def held(self) -> dict[str, Element]:
        """The policy sets the repository shows the administrator, by id in lower case; {} where it holds none.

        Inconclusive (BASELINE_REFUSED) where it does not answer.
        """
        reply = self.community.send(self.by_patient())
        said = expect(reply).outcome
        if said.kind != "saml":
            raise Inconclusive(Reason.BASELINE_REFUSED, f"PPQ-2 by patient is needed to see what is held: {said.says}")
        return {found.get("PolicySetId", "").lower(): found for found in policy_response(reply).policy_sets}

    def holds(self, id_: str) -> bool:
        """Whether a policy set of a patient under this id comes back, by patient or by id."""
        by_id = self.community.send(self.by_id(id_))
        # a base set, which a repository may show as well, has no Resources
        own = (
            [] if by_id.payload is None else find_all(by_id.payload, ".//xacml:PolicySet[xacml:Target/xacml:Subjects]")
        )
        return id_.lower() in self.held() or any(found.get("PolicySetId") == id_ for found in own)

    # --- CH:ADR ---------------------------------------------------------------------------------

    def subject(self, role: str, purpose: str = "NORM", id_: str = "", organizations: Sequence[str] = ()) -> Subject:
        """Somebody of that role: the professional that is named, the patient, an administrator, or ``id_``."""
        usual = {"HCP": SOMEBODY, "PAT": self.spid, "REP": _WHO["303"], "PADM": "padm-9", "DADM": "dadm-9"}
        return adr.subject(role, id_ or usual[role], purpose, organizations=organizations, home=self._home)

    def documents(self) -> tuple[Resource, ...]:
        return adr.documents(self.spid, self._home)

    def asking(self, subject: Subject, resources: Sequence[Resource], action: str) -> Message:
        """An Authorization Decision Request; the token is that of the patient."""
        return adr.decision_request(subject, resources, action, token=self.token("PAT"), issuer=self._home)

    def expected(
        self, sets: Sequence[PatientPolicy], subject: Subject, resources: Sequence[Resource], action: str
    ) -> dict[str, str]:
        """The decision of the stack's table about each resource, by its id."""
        said = answer(stack(), sets, subject, resources, action, swiss_day())
        return {one.id: str(decision) for one, decision in zip(resources, said.decisions, strict=True)}

    @property
    def _home(self) -> str:
        return self.community.target.home_community_id


def says(found: Element, policy: PatientPolicy) -> bool:
    """Whether a policy set that came back says what ``policy`` says, in whatever form."""
    return canonical(found) == canonical(parse(patient_document(policy)))


def decided(reply: Reply) -> DecisionResponse:
    """The answer to CH:ADR; a fault in its place does not do."""
    said = expect(reply).outcome
    expect(reply).meets(said.kind == "saml", "a samlp:Response with decisions", said.says)
    return decision_response(reply)


def shows(reply: Reply) -> tuple[str, ...]:
    """The ids of all policy sets in an answer, in lower case; () for a fault or an answer without any."""
    found = [] if reply.root is None else find_all(reply.root, "//xacml:PolicySet")
    return tuple(each.get("PolicySetId", "").lower() for each in found)


def _documents(sets: Sequence[PatientPolicy]) -> list[bytes]:
    return [patient_document(each) for each in sets]
