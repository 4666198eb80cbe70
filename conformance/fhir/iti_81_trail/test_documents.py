"""What the trail shows of documents: DocumentAuditEvent (CH:ATC)."""

from conformance.fhir.iti_81_trail.book import Book, Page
from conformance.fhir.iti_81_trail.conftest import Look, after
from fixtures.epr.fhir_audit import GLNS
from fixtures.suite import requirement, transaction

CREATE, READ, SEARCH, UPDATE = "ATC_DOC_CREATE", "ATC_DOC_READ", "ATC_DOC_SEARCH", "ATC_DOC_UPDATE"


def described(book: Book, page: Page) -> dict[str, str]:
    """The details of the document a page is about, by their names in the event."""
    entry, target = page["entry"], book.community.target
    return {
        "Repository_Unique_Id": target.repository_unique_id,
        "homeCommunityID": target.home_community_id,
        "EprDocumentTypeCode": entry.type_code.code,
        "title": entry.title,
    }


@requirement("AUD-ATC-001", "AUD-ATC-019")
@after("upload", "registration", "upload by a patient", "automatic upload")
def test_an_upload_is_an_event_with_the_uniqueid(look: Look, act: str) -> None:
    page = look(act)
    page.seen.has(CREATE).documents_are(CREATE, page["entry"].unique_id)


@requirement("AUD-ATC-020")
@after("upload")
def test_the_document_is_described(book: Book, look: Look, act: str) -> None:
    page = look(act)
    page.seen.describes(CREATE, **described(book, page))


@requirement("AUD-ATC-021")
@after("upload")
def test_letters_with_accents_of_a_title_survive(look: Look, act: str) -> None:
    page = look(act)
    page.seen.describes(CREATE, title=page["entry"].title)


@requirement("AUD-ATC-002", "AUD-ATC-019")
@after("retrieval", "retrieval of two documents")
def test_each_document_that_was_retrieved_is_an_event(look: Look, act: str) -> None:
    page = look(act)
    page.seen.has(READ, times=len(page["documents"])).documents_are(READ, *page["documents"])


@requirement("AUD-ATC-005")
@after("search", "search by a patient")
def test_a_search_is_an_event(look: Look, act: str) -> None:
    page = look(act)
    page.seen.has(SEARCH).asks(SEARCH, page["query"])


@requirement("AUD-ATC-003")
@after("update")
def test_an_update_is_an_event(look: Look, act: str) -> None:
    page = look(act)
    page.seen.has(UPDATE).documents_are(UPDATE, page["entry"].unique_id)


@requirement("XDS-AUD-006")
@after("upload", "retrieval", "retrieval in an emergency", "update")
def test_the_patient_sees_who_did_what_with_which_document(book: Book, look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.has(code).names(code, "HCP", GLNS, page["id"]).purpose_is(code, page["purpose"])
    page.seen.documents_are(code, page["entry"].unique_id).describes(code, **described(book, page))


@requirement("XDS-AUD-006")
@after("search")
def test_the_patient_sees_who_searched(look: Look, act: str) -> None:
    page = look(act)
    page.seen.has(SEARCH).names(SEARCH, "HCP", GLNS, page["id"]).purpose_is(SEARCH, page["purpose"])


@requirement("AUD-ATC-029")
@after("retrieval of an unknown document", "retrieval without right")
def test_what_was_refused_is_not_shown_as_done(look: Look, act: str) -> None:
    look(act).seen.lacks(READ)


# --- who ------------------------------------------------------------------------------------------


@requirement("AUD-ATC-013", "AUD-ATC-014", "AUD-ATC-015")
@after("upload")
def test_a_professional_initiates_with_gln_and_name(look: Look, act: str) -> None:
    page = look(act)
    page.seen.initiator_is(CREATE, "HCP").names(CREATE, "HCP", GLNS, page["id"])


@requirement("AUD-ATC-013", "AUD-ATC-014", "AUD-ATC-015")
@after("retrieval by an assistant")
def test_an_assistant_initiates_and_the_professional_is_named(look: Look, act: str) -> None:
    page = look(act)
    page.seen.initiator_is(READ, "ASS").names(READ, "ASS", GLNS, page["delegate"]).names(READ, "HCP", GLNS, page["id"])


@requirement("AUD-ATC-013", "AUD-ATC-015")
@after("automatic upload")
def test_a_system_initiates_and_the_professional_is_named(look: Look, act: str) -> None:
    page = look(act)
    page.seen.initiator_is(CREATE, "TCU").names(CREATE, "HCP", GLNS, page["id"])


@requirement("AUD-ATC-013", "AUD-ATC-014", "AUD-ATC-015")
@after("upload by a patient")
def test_the_patient_initiates_without_identifier(look: Look, act: str) -> None:
    look(act).seen.initiator_is(CREATE, "PAT").names(CREATE, "PAT").identifies_nobody(CREATE, "PAT")


@requirement("AUD-ATC-013", "AUD-ATC-014")
@after("upload by a representative")
def test_a_representative_initiates(look: Look, act: str) -> None:
    look(act).seen.initiator_is(CREATE, "REP").names(CREATE, "REP")


@requirement("AUD-ATC-016")
@after("retrieval", "upload")
def test_the_groups_of_the_professional_are_named(look: Look, act: str) -> None:
    page = look(act)
    page.seen.names_groups(page.seen.events[0].code, page["groups"])


@requirement("AUD-ATC-017")
@after("upload", "automatic upload", "retrieval in an emergency", "search in an emergency")
def test_the_purpose_is_that_of_the_assertion(look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.purpose_is(code, page["purpose"])


# --- every event ----------------------------------------------------------------------------------


@requirement("AUD-ATC-018", "AUD-ITI81-004")
@after("upload", "search", "retrieval")
def test_every_event_is_about_the_patient(look: Look, act: str) -> None:
    look(act).seen.is_about_the_patient()


@requirement("AUD-ATC-026")
@after("upload", "search", "retrieval")
def test_an_event_has_the_time_of_the_act(look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.is_timed(code)


@requirement("AUD-ATC-027")
@after("upload with trace")
def test_the_trace_of_the_request_goes_on(look: Look, act: str) -> None:
    look(act).seen.goes_on(CREATE)


@requirement("AUD-ITI81-002", "AUD-ITI81-034")
@transaction("ITI-81", "ITI-41", "ITI-18")
def test_uploads_and_searches_are_found_by_the_query(look: Look) -> None:
    look("upload").seen.has(CREATE)
    look("search").seen.has(SEARCH)
