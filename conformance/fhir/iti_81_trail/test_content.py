"""The form of query and answer: every row of the catalogue that speaks of them, on answers with every kind of event."""

from conformance.fhir.iti_81_trail.acts import ACTS
from conformance.fhir.iti_81_trail.book import Book
from conformance.fhir.iti_81_trail.conftest import Look
from fixtures.checks.catalogue import Requirement
from fixtures.checks.rest_rows import answer_view, call_view
from fixtures.checks.rows import demand
from fixtures.client import RegisteredPatient
from fixtures.suite import each_row, transaction
from fixtures.suite.watch import facts_of

#: acts that leave events of every kind of user and of object
SHOWN = [
    *("upload", "upload by a patient", "automatic upload", "upload by a representative", "retrieval by an assistant"),
    *("search in an emergency", "grant", "change of a grant", "end of a grant", "grant to a group", "representative"),
    *("exclusion", "provide level", "end of emergency access"),
]


@each_row("ITI-81 response")
@transaction("ITI-81")
def test_answer(book: Book, look: Look, row: Requirement) -> None:
    target = book.community.target
    claimed = [act for act in SHOWN if all(map(book.community.claims, ACTS[act][0]))]
    demand(row, (answer_view(look(act).seen.reply, facts_of(target)) for act in claimed))


@each_row("ITI-81 request")
@transaction("ITI-81")
def test_query(book: Book, patient: RegisteredPatient, row: Requirement) -> None:
    demand(row, [call_view(book.query(patient), facts_of(book.community.target))])
