"""ITI-71, client credentials grant: what a technical user gets, and what it does not (CH EPR FHIR 5.0.0)."""

from dataclasses import replace

import pytest

from conformance.fhir.iua.asking import Change, changed_technical, form, technical
from fixtures.checks.expect import expect
from fixtures.checks.expect_oauth import part, token_of, token_refused
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua, jwt
from fixtures.epr.http_signature import COMPONENTS, Signing
from fixtures.epr.rest import Call
from fixtures.suite import requirement

ABOUT = "extensions.ihe_iua"


@pytest.fixture(scope="module")
def patient(community: Community) -> RegisteredPatient:
    return community.record()


@requirement("FHIR-ITI71-001", "FHIR-ITI71-039", "XUA-OIDC-047")
def test_without_person_the_token_is_a_basic_one(community: Community) -> None:
    reply = community.fhir.send(technical(community))
    claims = token_of(reply)
    names = (f"{ABOUT}.subject_name", "extensions.ch_epr.user_id", "extensions.ch_epr.user_id_qualifier")
    missing = [name for name in names if not part(claims, name)]
    expect(reply).meets(not missing, "name and id of the user", f"without {missing}", ABOUT)
    person = part(claims, f"{ABOUT}.person_id")
    expect(reply).meets(person is None, "no person_id", person, f"{ABOUT}.person_id")


@requirement("FHIR-ITI71-002", "XUA-OIDC-047")
def test_with_person_the_token_is_an_extended_one(community: Community, patient: RegisteredPatient) -> None:
    reply = community.fhir.send(technical(community, spid=patient.spid))
    claims = token_of(reply)
    missing = [name for name in ("subject_role", "purpose_of_use") if not part(claims, f"{ABOUT}.{name}")]
    expect(reply).meets(not missing, "subject_role and purpose_of_use", f"without {missing}", ABOUT)
    person = str(part(claims, f"{ABOUT}.person_id"))
    expect(reply).meets(person.startswith(patient.spid), iua.cx(patient.spid), person, f"{ABOUT}.person_id")


def secret(client_id: str = "", value: str = "") -> Change:
    """Another name or secret in the header."""

    def change(call: Call) -> Call:
        found = iua.basic(client_id or "no-such-client", value or "wrong")
        return call.with_header("Authorization", found, "another client")

    return change


@requirement("FHIR-ITI71-003", "XUA-OIDC-044", "XUA-OIDC-048")
def test_an_unknown_client_gets_no_token(community: Community) -> None:
    token_refused(changed_technical(community, secret()))


@requirement("FHIR-ITI71-003", "XUA-OIDC-044", "XUA-OIDC-048")
def test_a_wrong_secret_brings_no_token(community: Community) -> None:
    own = community.fhir.authorization.credentials("technical").client_id
    token_refused(changed_technical(community, secret(own)))


#: the signature of a request without Authorization
ANONYMOUS = Signing(components=tuple(name for name in COMPONENTS if name != "authorization"))


@requirement("XUA-OIDC-044")
def test_without_authorization_there_is_no_token(community: Community) -> None:
    token_refused(changed_technical(community, lambda call: call.without_header("Authorization"), signing=ANONYMOUS))


@requirement("FHIR-ITI71-053")
@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_header_and_body_name_the_same_client(community: Community, name: str) -> None:
    token_refused(changed_technical(community, form(name, "no-such-client")))


@requirement("FHIR-ITI71-049")
def test_a_second_scope_brings_no_token(community: Community) -> None:
    def change(call: Call) -> Call:
        return replace(
            call, form=(*(call.form or ()), ("scope", iua.scope("TCU", "AUTO"))), changes=("a second scope",)
        )

    token_refused(changed_technical(community, change), usual=(400, 401))


@requirement("FHIR-ITI71-052")
def test_no_token_is_for_a_server_nobody_knows(community: Community) -> None:
    unknown = "https://no-such-server.example/fhir"
    reply = changed_technical(community, form("resource", unknown))
    audience = jwt.claims(iua.access_token(reply)).get("aud") or []
    expect(reply).meets(unknown not in audience, "no token for this server", audience, "aud")


@requirement("FHIR-ITI71-004", "XUA-OIDC-048")
def test_another_professional_than_the_registered_one_is_refused(community: Community) -> None:
    own = community.fhir.authorization.credentials("technical").gln
    others = [user.gln for user in community.target.users if user.role == "HCP" and user.gln not in ("", own)]
    other = next(iter(others), "7601000555007")
    token_refused(changed_technical(community, form("principal_id", other)))


@requirement("FHIR-ITI71-005", "XUA-OIDC-048")
def test_without_professional_there_is_no_token(community: Community) -> None:
    token_refused(changed_technical(community, form("principal_id", None)))


SCOPES = {
    "NORM": iua.scope("TCU", "NORM"),
    "HCP": iua.scope("HCP", "AUTO"),
    "no-role": f"purpose_of_use={iua.PURPOSE}|AUTO",
    "no-purpose": f"subject_role={iua.ROLE}|TCU",
    "other-system": iua.scope("TCU", "AUTO").replace(iua.ROLE, "urn:oid:2.999.1"),
}


@requirement("FHIR-ITI71-006", "XUA-OIDC-048")
@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_a_technical_user_may_claim_nothing_else(community: Community, scope: str) -> None:
    token_refused(changed_technical(community, form("scope", scope)))


@requirement("FHIR-ITI71-007", "XUA-OIDC-049")
@pytest.mark.parametrize("grant", ["password", "implicit", "urn:example:grant"])
def test_another_grant_is_refused(community: Community, grant: str) -> None:
    token_refused(changed_technical(community, form("grant_type", grant)), usual=(400, 401))


@requirement("FHIR-ITI71-007")
def test_without_grant_type_there_is_no_token(community: Community) -> None:
    token_refused(changed_technical(community, form("grant_type", None)), usual=(400, 401))


@requirement("FHIR-ITI71-008")
@pytest.mark.parametrize("kind", ["saml2", "access_token"])
def test_other_kinds_of_token_are_not_issued(community: Community, kind: str) -> None:
    wanted = f"urn:ietf:params:oauth:token-type:{kind}"
    reply = changed_technical(community, form("requested_token_type", wanted))
    token = iua.access_token(reply)
    expect(reply).meets(reply.status in (200, 400, 401), "a refusal, or a JSON Web Token", reply.says, "HTTP status")
    expect(reply).meets(not token or token.count(".") == 2, "no other token", token[:60], "access_token")


@requirement("FHIR-ITI71-047")
def test_a_refusal_names_the_error_in_json(community: Community) -> None:
    reply = changed_technical(community, form("principal_id", None))
    expect(token_refused(reply).reply).has("error").meets(
        reply.content_type.startswith("application/json"), "application/json", reply.content_type, "Content-Type"
    )
