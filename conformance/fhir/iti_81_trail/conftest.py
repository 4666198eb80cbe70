"""Each act is done once, and the trail read once after it, for all tests of it."""

from collections.abc import Callable

import pytest

from conformance.fhir.iti_81_trail.acts import ACTS
from conformance.fhir.iti_81_trail.book import Book, Page
from fixtures.client import Community, RegisteredPatient

Look = Callable[[str], Page]


def after(*names: str) -> pytest.MarkDecorator:
    """Run the test after each of these acts, where the target claims what they need."""
    return pytest.mark.parametrize(
        "act", [pytest.param(name, marks=pytest.mark.transaction("ITI-81", *ACTS[name][0])) for name in names]
    )


@pytest.fixture(scope="session")
def book(community: Community) -> Book:
    return Book(community)


@pytest.fixture(scope="session")
def look(book: Book) -> Look:
    """Does an act, once, and reads what the trail shows of it."""
    pages: dict[str, Page] = {}

    def done(name: str) -> Page:
        if name not in pages:
            pages[name] = book.written(ACTS[name][1](book))
        return pages[name]

    return done


@pytest.fixture
def patient(book: Book) -> RegisteredPatient:
    """A patient whose trail has a few events: policies, a document, a reading. Each reading makes it longer."""
    known = book.community.record()
    if book.community.claims("ITI-41") and not book.community.target.is_read_only:
        book.community.publish(known, token=book.community.token("PAT", known))
    book.read(known)
    book.awaited(known, lambda events: any(event.code == "ATC_LOG_READ" for event in events))
    return known


@pytest.fixture(scope="module")
def other(book: Book) -> RegisteredPatient:
    """Another patient, whose trail has events, too."""
    known = book.community.record()
    book.read(known)
    return known
