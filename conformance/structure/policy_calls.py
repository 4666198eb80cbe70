"""Calls about policy sets (PPQ-3, PPQ-4, PPQ-5) in their variants, for the structural rows."""

from collections.abc import Iterator, Mapping
from typing import Final

from conformance.fhir.policies import Consents
from conformance.policies.records import day
from conformance.structure.rest_samples import Maker
from fixtures.client import Community
from fixtures.epr.fhir_policies import adding, deleting, putting
from fixtures.epr.rest import Call
from fixtures.policy.consent import consent
from fixtures.policy.patient_policy import new_id


def _policy_feeds(community: Community) -> Iterator[Call]:
    """Add, replace, delete; an unknown one, one that is not permitted."""
    record = Consents(community, community.record())
    right = record.right(end=day(9))
    yield record.posting(right)
    yield record.putting(right)
    yield record.removing(right.id)
    yield record.removing(new_id())
    yield record.posting(record.policy("302"), by="HCP")
    yield record.posting(record.policy("303"))


def _policy_bundles(community: Community) -> Iterator[Call]:
    record = Consents(community, community.record())
    rights = [record.right(end=day(9)), record.policy("304", "access-level:delegation-and-normal")]
    yield record.bundling(*(adding(consent(right)) for right in rights))
    yield record.bundling(*(putting(consent(right), right.id) for right in rights))
    yield record.bundling(*(deleting(right.id) for right in rights))
    yield record.bundling(deleting(rights[0].id))


def _policy_queries(community: Community) -> Iterator[Call]:
    record = Consents(community, community.record())
    for policy in (
        record.right(end=day(9)),
        record.policy("302", start=day(0)),
        record.policy("303"),
        record.policy("304", "access-level:delegation-and-normal"),
    ):
        community.fhir.accepted(record.posting(policy))
    yield record.consents_of(record.spid)
    yield record.consent_with(next(iter(record.consents())))
    yield record.consent_with(new_id())
    yield record.consents_of(record.spid, "HCP")


#: transaction -> its calls, each as it is sent
POLICY_CALLS: Final[Mapping[str, Maker]] = {
    "PPQ-3": _policy_feeds,
    "PPQ-4": _policy_bundles,
    "PPQ-5": _policy_queries,
}
