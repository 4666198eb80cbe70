"""Who acted and why, as the assertion says (ITI TF-2 3.40.4.2, EPRO-FDHA Annex 5 Amendment 1, 1.6.4.3.5.1)."""

from conformance.audit.conftest import Look, each_act
from fixtures.suite import requirement

SECURED = ("find documents", "find documents as patient", "find documents as representative")
DELEGATED = ("find documents as assistant", "provide as technical user")


@requirement("XUA-ITI40-130", "AUD-XUA-003")
@each_act(*SECURED, *DELEGATED, "provide as professional", "retrieve two documents")
def test_the_user_of_the_assertion_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("xua_user")


@requirement("XUA-ITI40-131", "AUD-XUA-004", "AUD-XUA-005")
@each_act(*SECURED, *DELEGATED, "provide as professional", "retrieve two documents")
def test_the_main_user_is_recorded_with_name_and_role(look: Look, act: str) -> None:
    look(act).is_right("main_user")


@requirement("AUD-XUA-009")
@each_act("provide", "retrieve two documents", "retrieve one document of two")
def test_the_responder_records_the_users_of_every_secured_transaction(look: Look, act: str) -> None:
    look(act).is_right("xua_user", "main_user")


@requirement("XUA-ITI40-132", "AUD-XUA-006")
@each_act("find documents as assistant")
def test_the_assistant_is_recorded_beside_the_professional(look: Look, act: str) -> None:
    look(act).is_right("main_user", "delegated_user")


@requirement("XUA-ITI40-132", "AUD-XUA-007")
@each_act("provide as technical user")
def test_the_technical_user_is_recorded_beside_the_professional(look: Look, act: str) -> None:
    look(act).is_right("main_user", "delegated_user")


@requirement("AUD-XUA-008")
@each_act("find documents", "find documents as patient", "find documents as representative")
def test_nobody_is_recorded_as_delegate_who_is_none(look: Look, act: str) -> None:
    look(act).is_right("delegated_user")


@requirement("XUA-ITI40-133", "AUD-XUA-001")
@each_act(*SECURED, *DELEGATED, "provide", "retrieve two documents")
def test_the_purpose_of_use_is_recorded(look: Look, act: str) -> None:
    look(act).is_right("purpose")


@requirement("AUD-XUA-014")
@each_act("find documents as Hélène")
def test_names_are_recorded_letter_for_letter(look: Look, act: str) -> None:
    look(act).is_right("main_user")
