"""The revision of July 2026: what a provider of signed requests refuses (identity rows XUA-STS-010 and 012)."""

from datetime import UTC, datetime, timedelta

import pytest

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community
from fixtures.suite import requirement


def demand_profile(community: Community, *profiles: str) -> None:
    """Skipped (NEEDS_PROFILE) unless the target declares one of them."""
    declared = community.target.sts_profile
    if declared not in profiles:
        raise Skipped(Reason.NEEDS_PROFILE, f"sts_profile of the target is {declared!r}, not {' or '.join(profiles)}")


@requirement("XUA-STS-010")
def test_an_unsigned_request_is_refused_where_signed_ones_are_the_rule(community: Community) -> None:
    demand_profile(community, "2026")
    patient = community.patient()
    valid = community.token_request("HCP", patient, profile="2026")
    unsigned = community.token_request("HCP", patient, profile="2020").changed("not signed", lambda _: None)
    reply = community.send(unsigned, baseline=valid)
    expect(reply).is_token_refusal("wsse:InvalidSecurity").lacks("//saml2:Assertion")


#: when the Timestamp begins; it lasts five minutes
MOMENTS = {"expired": -timedelta(minutes=10), "future": timedelta(minutes=10)}


@requirement("XUA-STS-012")
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_signed_request_outside_its_timestamp_is_refused(community: Community, moment: str) -> None:
    demand_profile(community, "2026", "both")
    patient = community.patient()
    valid = community.token_request("HCP", patient, profile="2026")
    created = datetime.now(UTC) + MOMENTS[moment]
    changed = community.token_request("HCP", patient, profile="2026", created=created)
    reply = community.send(changed.changed(f"Timestamp {moment}", lambda _: None), baseline=valid)
    expect(reply).is_token_refusal("wsse:MessageExpired").lacks("//saml2:Assertion")
