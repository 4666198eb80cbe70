"""What the patient's trail (ITI-81) shows of acts whose records are judged: another store, judged by itself."""

from collections.abc import Callable

from conformance.audit.conftest import each_act
from fixtures.checks.audit_shown import Shown
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-81")
SEARCHES = ("find documents", "find documents in an emergency")
UPLOADS = ("provide", "provide as technical user")
RETRIEVALS = ("retrieve two documents", "retrieve one document of two")


@requirement("XDS-AUD-006")
@each_act(*SEARCHES, *UPLOADS, *RETRIEVALS)
def test_the_trail_shows_what_was_done_with_documents(shown: Callable[[str], Shown], act: str) -> None:
    shown(act).is_whole()


@requirement("AUD-ATC-008", "AUD-ATC-009")
@each_act("add policy sets")
def test_the_trail_shows_the_opening_of_a_record(shown: Callable[[str], Shown], act: str) -> None:
    shown(act).is_whole()


@requirement("AUD-ATC-029")
@each_act("retrieve an unknown document")
def test_the_trail_does_not_show_as_done_what_was_refused(shown: Callable[[str], Shown], act: str) -> None:
    shown(act).is_whole()
