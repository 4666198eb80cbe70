"""The revision of July 2026: what a provider of signed requests refuses (identity rows XUA-STS-010 and 012)."""

from datetime import UTC, datetime, timedelta

import pytest

from conformance.identity.get_xua.issuing import declared
from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community
from fixtures.suite import requirement


@requirement("XUA-STS-010")
def test_an_unsigned_request_is_refused_where_signed_ones_are_the_rule(community: Community) -> None:
    if community.target.sts_profile != "2026":
        raise Skipped(Reason.NEEDS_PROFILE, "the target does not declare sts_profile 2026, which demands a signature")
    patient = community.patient()
    valid = community.token_request("HCP", patient)
    unsigned = community.token_request("HCP", patient, profile="2020").changed("not signed", lambda _: None)
    reply = community.send(unsigned, baseline=valid)
    expect(reply).is_token_refusal("wsse:InvalidSecurity").lacks("//saml2:Assertion")


#: when the Timestamp begins; it lasts five minutes
MOMENTS = {"expired": -timedelta(minutes=10), "future": timedelta(minutes=10)}


@requirement("XUA-STS-012")
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_signed_request_outside_its_timestamp_is_refused(community: Community, moment: str) -> None:
    patient, profile = community.patient(), declared(community, "2026")
    valid = community.token_request("HCP", patient, profile=profile)
    created = datetime.now(UTC) + MOMENTS[moment]
    changed = community.token_request("HCP", patient, profile=profile, created=created)
    reply = community.send(changed.changed(f"Timestamp {moment}", lambda _: None), baseline=valid)
    expect(reply).is_token_refusal("wsse:MessageExpired").lacks("//saml2:Assertion")
