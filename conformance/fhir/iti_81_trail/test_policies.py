"""What the trail shows of policies: PolicyAuditEvent (CH:ATC), offered by the reference community of the patient."""

from conformance.fhir.iti_81_trail.conftest import Look, after
from fixtures.suite import requirement

CREATE, UPDATE, REMOVE = (f"ATC_POL_{what}_AUT_PART_AL" for what in ("CREATE", "UPDATE", "REMOVE"))


@requirement("AUD-ATC-007")
@after("grant", "change of a grant", "end of a grant", "grant to a group", "representative")
def test_a_grant_its_change_and_its_end_are_events(look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.has(code).lacks(*{CREATE, UPDATE, REMOVE} - {code})


@requirement("AUD-ATC-022")
@after("grant", "change of a grant")
def test_the_professional_of_a_grant_is_named_with_gln(look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.grants(code, "HCP", page["who"])


@requirement("AUD-ATC-022")
@after("grant to a group")
def test_the_group_of_a_grant_is_named(look: Look, act: str) -> None:
    page = look(act)
    page.seen.grants(CREATE, "GRP", page["who"])


@requirement("AUD-ATC-022")
@after("representative")
def test_a_representative_who_is_appointed_is_named(look: Look, act: str) -> None:
    look(act).seen.grants(CREATE, "REP")


@requirement("AUD-ATC-023")
@after("grant", "change of a grant", "grant to a group")
def test_level_and_end_of_a_grant_are_told(look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.has_detail(code, "AccessLevel", page["reference"]).has_detail(code, "AccessLimitedToDate", page["end"])


@requirement("AUD-ATC-023")
@after("grant without end")
def test_a_grant_without_end_has_a_level(look: Look, act: str) -> None:
    page = look(act)
    page.seen.has_detail(CREATE, "AccessLevel", page["reference"])


@requirement("AUD-ATC-008")
@after("provide level")
def test_the_level_of_new_documents_is_told(look: Look, act: str) -> None:
    page = look(act)
    page.seen.has("ATC_POL_DEF_CONFLEVEL").has_detail("ATC_POL_DEF_CONFLEVEL", "ProvideLevel", page["reference"])


@requirement("AUD-ATC-009")
@after("emergency access", "end of emergency access")
def test_emergency_access_is_switched_on_and_off(look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.has(code)


@requirement("AUD-ATC-010")
@after("exclusion", "end of an exclusion")
def test_the_exclusion_list_has_codes_of_its_own(look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.has(code).lacks(CREATE, REMOVE).grants(code, "HCP", page["who"])


@requirement("AUD-ATC-013", "AUD-ATC-014", "AUD-ATC-018")
@after("grant", "exclusion", "provide level")
def test_the_patient_initiates_what_she_decides(look: Look, act: str) -> None:
    page = look(act)
    (code,) = page.deed.due
    page.seen.initiator_is(code, "PAT").is_about_the_patient()


@requirement("AUD-ATC-026")
@after("grant")
def test_an_event_has_the_time_of_the_act(look: Look, act: str) -> None:
    look(act).seen.is_timed(CREATE)
