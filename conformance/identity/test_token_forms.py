"""Forms of a valid X-User Assertion that a service provider accepts (identity rows XUA-ITI40-020 to 038, 120)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import hl7v3, names
from fixtures.epr.assertion import Assertion, attribute
from fixtures.epr.identifiers import II, spid
from fixtures.epr.queries import find_documents
from fixtures.epr.xds import retrieve
from fixtures.epr.xmlsign import Signing
from fixtures.suite import requirement


@pytest.fixture
def patient(community: Community) -> RegisteredPatient:
    return community.record()


def accepted(community: Community, patient: RegisteredPatient, token: bytes) -> None:
    expect(community.send(find_documents(patient.xad_pid, token=token))).is_success()


@pytest.mark.parametrize("key_info", ["none", "certificate", "ski", "key-name"])
@requirement("XUA-ITI40-032")
def test_key_info_is_optional(community: Community, patient: RegisteredPatient, key_info: str) -> None:
    content = community.token_content("HCP", patient)
    accepted(community, patient, community.trusted_token(content, signing=Signing(key_info=key_info)))


@requirement("XUA-ITI40-033")
def test_attributes_may_stand_in_a_second_statement(community: Community, patient: RegisteredPatient) -> None:
    def split(assertion: Assertion) -> Assertion:
        return assertion.second_statement(names.ROLE, names.PURPOSE_OF_USE)

    content = community.token_content("HCP", patient)
    accepted(community, patient, community.trusted_token(content, change=split))


@requirement("XUA-ITI40-034")
def test_an_unknown_attribute_is_ignored(community: Community, patient: RegisteredPatient) -> None:
    def extended(assertion: Assertion) -> Assertion:
        return assertion.adding(attribute("urn:example:extra", "1"))

    content = community.token_content("HCP", patient)
    accepted(community, patient, community.trusted_token(content, change=extended))


@pytest.mark.parametrize("value", ["1", "true", "0"])
@requirement("XUA-ITI40-035")
def test_must_understand_on_the_security_header_is_understood(
    community: Community, patient: RegisteredPatient, value: str
) -> None:
    query = find_documents(patient.xad_pid, token=community.token("HCP", patient))
    expect(community.send(query.with_attribute("//wsse:Security", "env:mustUnderstand", value))).is_success()


@pytest.mark.parametrize("prefix", ["S", "soap", "e1"])
@requirement("XUA-ITI40-036")
def test_the_prefixes_around_an_assertion_do_not_matter(
    community: Community, patient: RegisteredPatient, prefix: str
) -> None:
    from fixtures.epr.message import Http

    def renamed(http: Http) -> Http:
        body = http.body.replace(b"<env:", f"<{prefix}:".encode()).replace(b"</env:", f"</{prefix}:".encode())
        body = body.replace(b"xmlns:env=", f'xmlns:unused="urn:unused" xmlns:{prefix}='.encode())
        return Http(http.content_type, body.replace(b" env:must", f" {prefix}:must".encode()), http.headers)

    query = find_documents(patient.xad_pid, token=community.token("HCP", patient))
    expect(community.send(query.on_the_wire(f"prefix {prefix}", renamed))).is_success()


@pytest.mark.parametrize("prefix", ["", "h"], ids=["default-namespace", "prefix"])
@requirement("XUA-ITI40-036")
def test_the_prefix_of_hl7_elements_does_not_matter(
    community: Community, patient: RegisteredPatient, prefix: str
) -> None:
    content = replace(community.token_content("HCP", patient), hl7_prefix=prefix)
    accepted(community, patient, community.trusted_token(content))


@requirement("XUA-ITI40-037")
def test_a_small_clock_skew_is_tolerated(community: Community, patient: RegisteredPatient) -> None:
    def early(assertion: Assertion) -> Assertion:
        now = datetime.now(UTC)
        return assertion.replaced(not_before=now + timedelta(seconds=10), not_on_or_after=now + timedelta(minutes=5))

    content = community.token_content("HCP", patient)
    accepted(community, patient, community.trusted_token(content, change=early))


@requirement("XUA-ITI40-120")
def test_one_time_use_may_be_ignored(community: Community, patient: RegisteredPatient) -> None:
    def once(assertion: Assertion) -> Assertion:
        return assertion.replaced(conditions=("<saml2:OneTimeUse/>",))

    token = community.trusted_token(community.token_content("HCP", patient), change=once)
    accepted(community, patient, token)


READERS = {"HCP": "NORM", "HCP in an emergency": "EMER", "ASS": "NORM", "PAT": "NORM", "REP": "NORM"}


@requirement("XUA-ITI40-030", "XUA-ITI40-038")
@pytest.mark.parametrize(("who", "purpose"), READERS.items(), ids=READERS)
def test_the_assertion_of_each_role_opens_the_registry_again_and_again(
    community: Community, patient: RegisteredPatient, who: str, purpose: str
) -> None:
    token = community.token(who[:3], patient, purpose=purpose)
    accepted(community, patient, token)
    accepted(community, patient, token)


@requirement("XUA-ITI40-030")
@pytest.mark.parametrize("role", ["HCP", "ASS", "TCU", "PAT", "REP"])
def test_the_assertion_of_each_role_opens_the_repository(
    community: Community, patient: RegisteredPatient, role: str
) -> None:
    community.appoint_representative(patient)
    sent = community.submission(patient, token=community.token(role, patient))
    expect(community.send(sent.message)).is_success()


@requirement("XUA-ITI40-038")
def test_one_assertion_serves_several_transactions(community: Community, patient: RegisteredPatient) -> None:
    token = community.token("PAT", patient)
    published = community.publish(patient, token=token)
    accepted(community, patient, token)
    expect(community.send(retrieve([published.request], token=token))).is_success()
    accepted(community, patient, token)


@requirement("XUA-ITI40-020", "PAT-GEN-044")
@pytest.mark.parametrize("name", ["ITI-44", "ITI-45", "ITI-47"])
def test_patient_management_needs_no_assertion(community: Community, name: str) -> None:
    known, who = community.invented_patient(), community.addressing
    messages = {
        "ITI-44": lambda: hl7v3.add(known, who),
        "ITI-45": lambda: hl7v3.pix_query(II(community.target.domains.local, known.local_id), who),
        "ITI-47": lambda: hl7v3.by_id(spid(known.spid), addressing=who),
    }
    reply = community.send(messages[name]())
    said = expect(reply).outcome
    expect(reply).meets(said.kind == "hl7", "an answer in HL7 V3, whatever it says", said.says)
