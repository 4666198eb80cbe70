"""At which level documents may be published: provide level, exclusion, and what needs no right to read."""

import pytest

from conformance.authorisation.charts import LEVELS, Charts
from fixtures.checks.expect import expect
from fixtures.epr.queries import find_documents, get_documents
from fixtures.suite import requirement, transaction


@requirement("XDS-ACC-018")
@transaction("PPQ-1", "ITI-41", "ITI-18")
@pytest.mark.parametrize("who", ["HCP", "ASS", "TCU"])
def test_nothing_is_published_below_the_provide_level(charts: Charts, who: str) -> None:
    attempt = charts["provide-restricted"].publishes(who, "normal")
    expect(attempt.reply).meets(attempt.stored != "normal", "nothing registered as normal", attempt.stored)


@requirement("XDS-ACC-020", "POL-ENF-006")
@transaction("PPQ-1", "ITI-41", "ITI-18")
@pytest.mark.parametrize("level", ["normal", "restricted"])
def test_publishing_needs_no_right_to_read(charts: Charts, level: str) -> None:
    chart = charts["no-right"]
    attempt = chart.publishes("HCP", level)
    expect(attempt.reply).is_success().meets(attempt.stored == level, f"registered as {level}", attempt.stored)
    left = chart.community.send(find_documents(chart.patient.xad_pid, token=chart.token("HCP")))
    expect(left).lacks("//rim:ExtrinsicObject")


@requirement("XDS-ACC-021", "POL-ENF-007")
@transaction("PPQ-1", "ITI-41", "ITI-18")
@pytest.mark.parametrize("who", ["HCP", "ASS", "TCU"])
def test_an_excluded_professional_publishes_nothing(charts: Charts, who: str) -> None:
    chart = charts["excluded"]
    sent = chart.community.submission(chart.patient, token=chart.token(who))
    expect(chart.community.send(sent.message)).refuses()
    left = chart.community.send(get_documents(token=chart.token("PAT"), unique_ids=[sent.entry.unique_id]))
    expect(left).lacks("//rim:ExtrinsicObject")


@requirement("XDS-ACC-022")
@transaction("PPQ-1", "ITI-41", "ITI-18")
@pytest.mark.parametrize(
    ("setup", "may"), [("no-right", False), ("provide-restricted", False), ("provide-secret", True)]
)
def test_a_professional_publishes_secret_documents_where_the_patient_wants_it(
    charts: Charts, setup: str, may: bool
) -> None:
    attempt = charts[setup].publishes("HCP", "secret")
    expect(attempt.reply).meets((attempt.stored == "secret") == may, f"secret: {may}", attempt.stored or "nothing")


@requirement("XDS-ACC-026")
@transaction("PPQ-1", "ITI-41", "ITI-18")
@pytest.mark.parametrize("level", LEVELS)
def test_a_representative_publishes_at_every_level(charts: Charts, level: str) -> None:
    attempt = charts["represented"].publishes("REP", level)
    expect(attempt.reply).is_success().meets(attempt.stored == level, f"registered as {level}", attempt.stored)
