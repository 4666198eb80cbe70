"""PPQ-5: who sees policy sets is decided (CH:ADR, PolicyQuery); how the parameters are read (CH EPR FHIR 5.0.0)."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

import pytest

from conformance.fhir.policies import Consents, found_in
from conformance.policies.records import day
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.rest import Call, Raw
from fixtures.epr.rest_reply import RestReply
from fixtures.policy.consent_read import id_of
from fixtures.suite import requirement, transaction

pytestmark = pytest.mark.transaction("PPQ-3", "PPQ-5")


def ids(reply: RestReply) -> list[str]:
    return sorted(id_of(each) for each in found_in(reply))


@pytest.fixture(scope="module")
def shown(community: Community) -> Consents:
    """An open record: the usual professional has a right and a delegation, the usual representative is assigned."""
    record = Consents(community, community.record())
    for policy in (
        record.policy("304", "access-level:delegation-and-normal", who=record.gln),
        record.policy("303", who=record.name_id("REP")),
    ):
        community.fhir.accepted(record.posting(policy))
    return record


@requirement("POL-PPQ5-006")
@pytest.mark.parametrize("who", ["REP", "PADM"])
def test_representative_and_administrator_read_what_the_patient_reads(shown: Consents, who: str) -> None:
    expected = ids(shown.send(shown.consents_of(shown.spid)))
    reply = shown.send(shown.consents_of(shown.spid, who))
    expect(reply).is_ok().meets(bool(expected) and ids(reply) == expected, f"the policy sets {expected}", ids(reply))


@requirement("POL-PPQ5-006")
@pytest.mark.parametrize("by", ["patient", "id"])
@pytest.mark.parametrize("who", ["HCP", "ASS", "TCU", "DADM", "colleague"])
def test_nobody_else_reads_any(shown: Consents, who: str, by: str) -> None:
    stored = shown.stored("303").id
    call = {"patient": shown.consents_of(shown.spid, who), "id": shown.consent_with(stored, who)}[by]
    expect(shown.send(call, baseline=shown.consents_of(shown.spid))).is_denied()


@requirement("POL-PPQ5-006")
@pytest.mark.parametrize("validity", [(-9, -1), (1, 9)], ids=["ended", "not-begun"])
def test_a_representative_reads_none_at_other_times(record: Consents, validity: tuple[int, int]) -> None:
    start, end = map(day, validity)
    # a repository may refuse what has ended
    record.send(record.posting(record.policy("303", who=record.name_id("REP"), start=start, end=end)))
    expect(record.send(record.consents_of(record.spid, "REP"), baseline=record.consents_of(record.spid))).is_denied()


# --- parameters -----------------------------------------------------------------------------------


def spelled(name: str, value: str) -> Call:
    """The search with exactly this query."""
    query = f"{name}={value}"

    def spell(raw: Raw) -> Raw:
        return replace(raw, url=f"{raw.url.partition('?')[0]}?{query}")

    return Call("PPQ-5", "GET", "Consent", (("patient:identifier", value),)).on_the_wire(query, spell)


SPIDS = "urn:oid:2.16.756.5.30.1.127.3.10.3"
SPELLINGS: Mapping[str, tuple[str, str]] = {
    "plain": ("patient:identifier", f"{SPIDS}|"),
    "bar-encoded": ("patient:identifier", f"{SPIDS}%7C"),
    "bar-encoded-in-lower-case": ("patient:identifier", f"{SPIDS}%7c"),
    "all-encoded": ("patient%3Aidentifier", quote(f"{SPIDS}|", safe="")),
}


@requirement("POL-PPQ5-011")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_encoded_parameter_is_the_same(shown: Consents, spelling: str) -> None:
    name, system = SPELLINGS[spelling]
    expected = ids(shown.send(shown.consents_of(shown.spid)))
    reply = shown.send(spelled(name, f"{system}{shown.spid}").with_token(shown.access()))
    expect(reply).is_ok().meets(bool(expected) and ids(reply) == expected, f"the policy sets {expected}", ids(reply))


@requirement("POL-PPQ5-011")
@pytest.mark.parametrize("system", ["urn:oid:2.16.756.5.32", "urn:oid:2.999.1", "urn:ietf:rfc:3986"])
def test_the_same_number_of_another_system_finds_nothing(shown: Consents, system: str) -> None:
    valid = shown.consents_of(shown.spid)
    reply = shown.send(valid.with_query("patient:identifier", f"{system}|{shown.spid}"), baseline=valid)
    expect(reply).meets(not found_in(reply), "no policy set", ids(reply))
    expect(reply).meets(reply.status == 200 or 400 <= reply.status < 500, "HTTP 200 or 4xx", reply.says, "HTTP status")


@requirement("POL-PPQ5-011")
def test_a_number_without_system_finds_the_same_or_nothing(shown: Consents) -> None:
    valid = shown.consents_of(shown.spid)
    expected = ids(shown.send(valid))
    reply = shown.send(valid.with_query("patient:identifier", shown.spid), baseline=valid)
    expect(reply).meets(ids(reply) in ([], expected), f"nothing, or {expected}", ids(reply))
    expect(reply).meets(reply.status == 200 or 400 <= reply.status < 500, "HTTP 200 or 4xx", reply.says, "HTTP status")


@requirement("POL-PPQ5-010")
@transaction("PPQ-5")
@pytest.mark.parametrize("by", ["patient", "id"])
def test_a_search_by_form_finds_the_same_or_is_refused(shown: Consents, by: str) -> None:
    valid = {"patient": shown.consents_of(shown.spid), "id": shown.consent_with(shown.stored("303").id)}[by]
    form = replace(valid, method="POST", path="Consent/_search", query=(), form=valid.query, changes=("as a form",))
    expected = ids(shown.send(valid))
    reply = shown.send(form, baseline=valid)
    is_refused = 400 <= reply.status < 500 and not found_in(reply)
    is_same = reply.status == 200 and ids(reply) == expected
    expect(reply).meets(
        is_refused or is_same, f"the policy sets {expected}, or HTTP 4xx", f"{reply.says}: {ids(reply)}"
    )
