"""ITI-71, authorization code grant, step 1: who gets a code, and where it is sent (CH EPR FHIR 5.0.0)."""

import pytest

from conformance.fhir.iua.asking import authorizing, changed_authorizing, no_token, query, redeeming
from fixtures.checks.expect import expect
from fixtures.checks.expect_oauth import code_refused, not_redirected, part, token_of
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua
from fixtures.epr.rest import Call
from fixtures.suite import requirement


@pytest.fixture(scope="module")
def patient(community: Community) -> RegisteredPatient:
    return community.record()


#: characters a state may have (OAuth 2.1, appendix A), those of a query among them
STATE = 's 1&=/?#%+;"<>~'


@requirement("FHIR-ITI71-014", "FHIR-ITI71-048", "XUA-OIDC-030")
def test_a_code_comes_with_the_state_to_the_registered_redirect_uri(
    community: Community, patient: RegisteredPatient
) -> None:
    reply = community.fhir.send(authorizing(community, patient, state=STATE))
    location, told = reply.headers.get("location", ""), iua.redirected(reply)
    where = community.fhir.authorization.with_code().redirect_uri
    expect(reply).meets(reply.status in (302, 303), "HTTP 302", reply.says, "HTTP status")
    expect(reply).meets(location.startswith(where), where, location, "Location")
    expect(reply).meets(bool(told.get("code")), "a code", location, "Location")
    expect(reply).meets(told.get("state") == STATE, "the state that was sent", told.get("state"), "state")
    expect(reply).meets("access_token" not in location, "no token in a URL", location, "Location")


@requirement("FHIR-ITI71-016", "XUA-OIDC-032")
def test_an_unknown_client_is_not_redirected(community: Community, patient: RegisteredPatient) -> None:
    not_redirected(changed_authorizing(community, patient, query("client_id", "no-such-client")))


@requirement("FHIR-ITI71-015", "XUA-OIDC-031")
@pytest.mark.parametrize("other", ["https://rogue.example/callback", "{own}/more", "{own}x"])
def test_nobody_is_sent_to_an_unregistered_redirect_uri(
    community: Community, patient: RegisteredPatient, other: str
) -> None:
    own = community.fhir.authorization.with_code().redirect_uri
    not_redirected(changed_authorizing(community, patient, query("redirect_uri", other.format(own=own))))


@requirement("FHIR-ITI71-017", "XUA-OIDC-032")
@pytest.mark.parametrize("kind", ["token", "code token", "id_token"])
def test_the_response_type_is_code(community: Community, patient: RegisteredPatient, kind: str) -> None:
    code_refused(changed_authorizing(community, patient, query("response_type", kind)))


@requirement("FHIR-ITI71-018", "XUA-OIDC-032")
def test_without_state_there_is_no_code(community: Community, patient: RegisteredPatient) -> None:
    code_refused(changed_authorizing(community, patient, query("state", None)))


#: an authority without id, and an id in no component of its own
NO_SPIDS = {"no-id": "^^^&2.16.756.5.30.1.127.3.10.3&ISO", "no-CX": "{spid}&2.16.756.5.30.1.127.3.10.3&ISO"}


@requirement("XUA-OIDC-032")
@pytest.mark.parametrize("person", NO_SPIDS.values(), ids=NO_SPIDS)
def test_for_a_misshapen_person_id_there_is_no_code(
    community: Community, patient: RegisteredPatient, person: str
) -> None:
    change = query("person_id", person.format(spid=patient.spid))
    code_refused(changed_authorizing(community, patient, change))


@requirement("FHIR-ITI71-019", "XUA-OIDC-033")
def test_a_plain_code_challenge_is_refused(community: Community, patient: RegisteredPatient) -> None:
    code_refused(changed_authorizing(community, patient, query("code_challenge_method", "plain")))


@requirement("FHIR-ITI71-050")
def test_without_challenge_there_is_no_code(community: Community, patient: RegisteredPatient) -> None:
    def change(call: Call) -> Call:
        return call.without_query("code_challenge").without_query("code_challenge_method", "without challenge")

    code_refused(changed_authorizing(community, patient, change))


@requirement("FHIR-ITI71-049")
def test_a_second_scope_brings_no_code(community: Community, patient: RegisteredPatient) -> None:
    def change(call: Call) -> Call:
        return call.with_more_query("scope", iua.scope("HCP", "EMER"))

    code_refused(changed_authorizing(community, patient, change))


PURPOSES = {
    "AUTO": iua.scope("HCP", "AUTO"),
    "DICOM_AUTO": iua.scope("HCP", "DICOM_AUTO"),
    "XYZ": iua.scope("HCP", "XYZ"),
    "other-system": iua.scope("HCP", "NORM").replace(iua.PURPOSE, "urn:oid:2.999.1"),
}
GRANTED = [("HCP", "NORM"), ("HCP", "EMER"), ("ASS", "NORM"), ("ASS", "EMER"), ("PAT", "NORM"), ("REP", "NORM")]
ROLES = {
    "TCU": iua.scope("TCU", "NORM"),
    "DADM": iua.scope("DADM", "NORM"),
    "XYZ": iua.scope("XYZ", "NORM"),
    "other-system": iua.scope("HCP", "NORM").replace(iua.ROLE, "urn:oid:2.999.1"),
}


@requirement("XUA-OIDC-035")
@pytest.mark.parametrize(("role", "purpose"), GRANTED)
def test_the_roles_and_purposes_of_the_guide_may_be_claimed(
    community: Community, patient: RegisteredPatient, role: str, purpose: str
) -> None:
    reply = community.fhir.send(authorizing(community, patient, role, purpose=purpose))
    expect(reply).meets(bool(iua.redirected(reply).get("code")), "a code", reply.says, "Location")


@requirement("FHIR-ITI71-026", "XUA-OIDC-035")
@pytest.mark.parametrize("scope", PURPOSES.values(), ids=PURPOSES)
def test_another_purpose_is_not_granted(community: Community, patient: RegisteredPatient, scope: str) -> None:
    no_token(community, patient, query("scope", scope))


@requirement("FHIR-ITI71-027", "XUA-OIDC-035")
@pytest.mark.parametrize("scope", ROLES.values(), ids=ROLES)
def test_another_role_is_not_granted(community: Community, patient: RegisteredPatient, scope: str) -> None:
    no_token(community, patient, query("scope", scope))


@requirement("XUA-OIDC-032")
@pytest.mark.parametrize("scope", [PURPOSES["XYZ"], ROLES["XYZ"]], ids=["purpose", "role"])
def test_an_unknown_value_in_the_scope_brings_no_token(
    community: Community, patient: RegisteredPatient, scope: str
) -> None:
    no_token(community, patient, query("scope", scope))


@requirement("FHIR-ITI71-030")
def test_a_professional_gets_a_token_for_an_emergency(community: Community, patient: RegisteredPatient) -> None:
    reply = community.fhir.send(redeeming(community, patient, purpose="EMER"))
    code = part(token_of(reply), "extensions.ihe_iua.purpose_of_use.code")
    expect(reply).meets(code == "EMER", "EMER", code, "purpose_of_use")


def launching(community: Community) -> iua.Credentials:
    """A client with a launch value; Skipped (NEEDS_USER) where there is none."""
    for client in community.target.clients:
        if client.launch:
            return community.fhir.authorization.credentials(client.handle)
    raise Skipped(Reason.NEEDS_USER, "no [[clients]] entry has a launch value")


@requirement("FHIR-ITI71-031")
@pytest.mark.parametrize("launch", ["unknown", None])
def test_an_unknown_launch_brings_no_code(community: Community, patient: RegisteredPatient, launch: str | None) -> None:
    client = launching(community)
    change = query("launch", launch)
    code_refused(changed_authorizing(community, patient, change, client=client, launch=client.launch))


@requirement("FHIR-ITI71-032")
def test_a_launched_app_gets_a_token_as_the_client_that_launched_it(
    community: Community, patient: RegisteredPatient
) -> None:
    client, server = launching(community), community.fhir.authorization
    verifier = iua.new_verifier()
    request = authorizing(community, patient, client=client, launch=client.launch, verifier=verifier)
    asked = community.fhir.send(request)
    code = iua.redirected(asked).get("code", "")
    expect(asked).meets(bool(code), "a code for the launched app", asked.headers.get("location", ""), "Location")
    call = iua.code_token_request(server.metadata().token_endpoint, client, code=code, verifier=verifier)
    reply = community.fhir.send(iua.signed(call, client))
    token_of(reply)
    sent = dict(request.query)
    right = (sent["client_id"], sent["launch"]) == (client.client_id, client.launch)
    expect(reply).meets(right and "launch" in sent["scope"].split(), "the id and launch of the client", sent)
