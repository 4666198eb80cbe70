"""Which documents a professional sees: by the own right, a group, emergency access; exclusion; validity."""

from dataclasses import replace

import pytest

from conformance.authorisation.charts import Charts, make_chart
from conformance.authorisation.setups import SETUPS
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.suite import requirement, transaction

NOBODY = ("HCP", "HCP-EMER", "ASS", "TCU")


def sees(charts: Charts, setup: str, who: str, *levels: str) -> None:
    """The documents of exactly these levels are found, and exactly those are retrieved."""
    chart = charts[setup]
    reply, expected = chart.found(who), f"documents found: {', '.join(levels) or 'none'}"
    found = tuple(name for name, one in chart.documents.items() if one.is_found(reply))
    expect(reply).meets(found == levels, expected, ", ".join(found) or "none")
    for name, one in chart.documents.items():
        retrieved = chart.retrieved(who, name)
        came = any(part.content == one.content for part in retrieved.parts)
        expect(retrieved).meets(came == (name in levels), f"documents retrieved: {', '.join(levels) or 'none'}", name)


@requirement("XDS-ACC-001")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
def test_with_the_normal_right_normal_documents_are_seen(charts: Charts) -> None:
    sees(charts, "right-normal", "HCP", "normal")


@requirement("XDS-ACC-002")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
def test_with_the_restricted_right_restricted_documents_are_seen_too(charts: Charts) -> None:
    sees(charts, "right-restricted", "HCP", "normal", "restricted")


@requirement("XDS-ACC-003")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize("who", ["HCP", "HCP-EMER", "ASS"])
def test_secret_documents_are_seen_by_no_professional(charts: Charts, who: str) -> None:
    sees(charts, "right-restricted", who, "normal", "restricted")


@requirement("XDS-ACC-003")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
def test_a_secret_document_is_not_seen_by_who_published_it(charts: Charts) -> None:
    chart = charts["provide-secret"]
    attempt = chart.publishes("HCP", "secret")
    expect(attempt.reply).is_success()
    sees(charts, "provide-secret", "HCP", "normal", "restricted")


@requirement("XDS-ACC-005")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize("setup", ["no-right", "right-of-colleague", "delegation"])
def test_without_a_right_nothing_is_seen(charts: Charts, setup: str) -> None:
    sees(charts, setup, "HCP")


@requirement("XDS-ACC-006")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize("who", NOBODY)
def test_exclusion_outweighs_group_and_emergency(charts: Charts, who: str) -> None:
    sees(charts, "excluded", who)


@requirement("XDS-ACC-007")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize(
    ("setup", "levels"),
    [("no-right", ()), ("emergency-normal", ("normal",)), ("emergency-restricted", ("normal", "restricted"))],
)
def test_in_an_emergency_the_level_of_the_patient_is_seen(charts: Charts, setup: str, levels: tuple[str, ...]) -> None:
    sees(charts, setup, "HCP-EMER", *levels)


@requirement("XDS-ACC-008")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
def test_emergency_access_is_for_emergencies(charts: Charts) -> None:
    sees(charts, "emergency-restricted", "HCP")


@requirement("XDS-ACC-009")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize(
    ("setup", "levels"),
    [("group-normal", ("normal",)), ("group-restricted", ("normal", "restricted")), ("other-group", ())],
)
def test_the_right_of_a_group_is_that_of_its_members(charts: Charts, setup: str, levels: tuple[str, ...]) -> None:
    sees(charts, setup, "HCP", *levels)


@requirement("XDS-ACC-010")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize(
    ("setup", "levels"),
    [
        ("right-valid-today", ("normal", "restricted")),
        ("right-expired", ()),
        ("right-in-future", ()),
        ("group-expired", ()),
    ],
)
def test_a_right_is_valid_from_its_first_to_its_last_day(charts: Charts, setup: str, levels: tuple[str, ...]) -> None:
    sees(charts, setup, "HCP", *levels)


@requirement("XDS-ACC-025")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize(("setup", "levels"), [("right-restricted", ("normal", "restricted")), ("no-right", ())])
def test_an_assistant_has_the_rights_of_the_professional(charts: Charts, setup: str, levels: tuple[str, ...]) -> None:
    sees(charts, setup, "ASS", *levels)


@requirement("XDS-ACC-026")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize(
    ("setup", "levels"),
    [("represented", ("normal", "restricted", "secret")), ("representation-expired", ()), ("no-right", ())],
)
def test_a_representative_sees_everything_while_assigned(charts: Charts, setup: str, levels: tuple[str, ...]) -> None:
    sees(charts, setup, "REP", *levels)


@requirement("XDS-ACC-027")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize(("who", "levels"), [("DADM", ("normal", "restricted", "secret")), ("PADM", ())])
def test_administrators_see_everything_or_nothing(charts: Charts, who: str, levels: tuple[str, ...]) -> None:
    sees(charts, "no-right", who, *levels)


@requirement("XDS-ACC-029")
@transaction("PPQ-1", "ITI-41", "ITI-18", "ITI-43")
@pytest.mark.parametrize("who", ["HCP", "HCP-EMER", "PAT", "DADM"])
def test_without_policies_nobody_sees_anything(charts: Charts, who: str) -> None:
    sees(charts, "no-policies", who)


@requirement("XDS-ACC-028", "POL-ENF-011")
@transaction("PPQ-1", "PPQ-2", "ITI-41", "ITI-18", "ITI-43")
def test_a_withdrawn_right_is_gone_at_once(community: Community) -> None:
    chart = make_chart(community, SETUPS["right-restricted"])
    before = chart.retrieved("HCP", "restricted")
    expect(before).is_success()
    expect(chart.found("HCP")).is_success().has("//rim:ExtrinsicObject", times=2)
    community.revoke(chart.patient, *(one for one in chart.policies if one.template == "301"))
    after = replace(chart, _replies={})
    hidden = after.retrieved("HCP", "restricted")
    expect(hidden).discloses_nothing([chart.documents["restricted"].content])
    expect(after.found("HCP")).discloses_nothing([chart.documents["restricted"].entry.unique_id])
