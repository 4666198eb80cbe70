"""ITI-71, authorization code grant, step 2: who redeems a code, and as whom (CH EPR FHIR 5.0.0)."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.fhir.iua.asking import authorizing, changed_redeeming, form, no_token, outcome, query, redeeming
from fixtures.checks.expect import expect
from fixtures.checks.expect_oauth import part, token_of, token_refused
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import iua, jwt
from fixtures.epr.fhir_patients import cross_reference
from fixtures.epr.rest import Call
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement
from fixtures.target import User

EXTENDED = ("person_id", "subject_role", "purpose_of_use")
OTHER_VERIFIER = "A" * 64


@pytest.fixture(scope="module")
def patient(community: Community) -> RegisteredPatient:
    return community.record()


@requirement("XUA-OIDC-041")
def test_a_code_is_exchanged_for_a_token(community: Community, patient: RegisteredPatient) -> None:
    call = redeeming(community, patient)
    assert ("grant_type", "authorization_code") in (call.form or ())
    token_of(community.fhir.send(call))


@requirement("FHIR-ITI71-020", "XUA-OIDC-033")
@pytest.mark.parametrize("verifier", [OTHER_VERIFIER, None, ""], ids=["other", "none", "empty"])
def test_without_the_right_verifier_there_is_no_token(
    community: Community, patient: RegisteredPatient, verifier: str | None
) -> None:
    token_refused(changed_redeeming(community, patient, form("code_verifier", verifier)))


@requirement("FHIR-ITI71-020", "XUA-OIDC-033")
def test_a_challenge_over_hexadecimal_digits_does_not_fit(community: Community, patient: RegisteredPatient) -> None:
    server, verifier = community.fhir.authorization, iua.new_verifier()
    digits = hashlib.sha256(verifier.encode()).hexdigest().encode()
    challenge = base64.urlsafe_b64encode(digits).rstrip(b"=").decode()[:43]
    request = authorizing(community, patient).with_query("code_challenge", challenge)
    user = community.user("HCP")
    call = iua.code_token_request(
        server.metadata().token_endpoint,
        server.with_code(),
        code=server.code(request),
        verifier=verifier,
        identity=server.identity(user, patient),
    )
    valid = redeeming(community, patient)
    community.fhir.accepted(valid)
    token_refused(community.fhir.send(iua.signed(call, server.with_code())))


@requirement("XUA-OIDC-033")
def test_a_verifier_without_challenge_brings_no_token(community: Community, patient: RegisteredPatient) -> None:
    def change(call: Call) -> Call:
        return call.without_query("code_challenge").without_query("code_challenge_method", "without challenge")

    no_token(community, patient, change)


@requirement("FHIR-ITI71-021", "XUA-OIDC-042")
def test_a_code_is_redeemed_once(community: Community, patient: RegisteredPatient) -> None:
    server = community.fhir.authorization
    call = server.code_token_request("HCP", patient)
    token_of(community.fhir.send(iua.signed(call, server.with_code())))
    token_refused(community.fhir.send(iua.signed(call, server.with_code())))


@requirement("FHIR-ITI71-051")
def test_a_replayed_code_revokes_the_token_it_brought(community: Community, patient: RegisteredPatient) -> None:
    server = community.fhir.authorization
    call = server.code_token_request("HCP", patient)
    first = community.fhir.send(iua.signed(call, server.with_code()))
    token_of(first)
    query = cross_reference(community.target.domains.local, patient.local_id).with_token(iua.access_token(first))
    community.fhir.accepted(query)
    community.fhir.send(iua.signed(call, server.with_code()))
    expect(community.fhir.send(query)).is_unauthorised()


def other_client(community: Community) -> iua.Credentials:
    """A second client that acts for users; Skipped (NEEDS_USER) where there is none."""
    own = community.fhir.authorization.with_code().client_id
    for client in community.target.clients:
        if client.kind != "technical" and client.client_id != own:
            return community.fhir.authorization.credentials(client.handle)
    raise Skipped(Reason.NEEDS_USER, "there is no second portal or primary system among [[clients]]")


@requirement("FHIR-ITI71-022", "XUA-OIDC-043")
def test_another_client_does_not_redeem_the_code(community: Community, patient: RegisteredPatient) -> None:
    server, other = community.fhir.authorization, other_client(community)
    stolen = server.code_token_request("HCP", patient).with_form("client_id", other.client_id)
    stolen = stolen.with_form("redirect_uri", None)
    stolen = stolen.with_header("Authorization", iua.basic(other.client_id, other.secret), "another client")
    reply = community.fhir.send(iua.signed(stolen, other), baseline=lambda: redeeming(community, patient))
    token_refused(reply)


@requirement("FHIR-ITI71-022")
def test_the_redirect_uri_is_the_one_the_code_was_sent_to(community: Community, patient: RegisteredPatient) -> None:
    own = community.fhir.authorization.with_code().redirect_uri
    token_refused(changed_redeeming(community, patient, form("redirect_uri", f"{own}/other")))


@requirement("FHIR-ITI71-025")
def test_without_person_a_code_brings_a_basic_token(community: Community, patient: RegisteredPatient) -> None:
    reply = community.fhir.send(redeeming(community, patient, spid=""))
    person = part(token_of(reply), "extensions.ihe_iua.person_id")
    expect(reply).meets(person is None, "no person_id", person, "person_id")


@requirement("XUA-OIDC-034")
def test_with_person_role_and_purpose_a_code_brings_an_extended_token(
    community: Community, patient: RegisteredPatient
) -> None:
    reply = community.fhir.send(redeeming(community, patient))
    claims = token_of(reply)
    missing = [name for name in EXTENDED if not part(claims, f"extensions.ihe_iua.{name}")]
    expect(reply).meets(not missing, ", ".join(EXTENDED), f"without {', '.join(missing)}", "extensions.ihe_iua")


@requirement("FHIR-ITI71-025", "FHIR-ITI71-042", "XUA-OIDC-063")
def test_with_person_a_code_brings_a_token_for_this_record(community: Community, patient: RegisteredPatient) -> None:
    reply = community.fhir.send(redeeming(community, patient))
    person = part(token_of(reply), "extensions.ihe_iua.person_id")
    expect(reply).meets(person == iua.cx(patient.spid), iua.cx(patient.spid), person, "person_id")


def scoped(*names: str) -> Callable[[Call], Call]:
    """Only these parts of the scope of a professional."""
    kept = [word for word in iua.scope("HCP", "NORM").split(" ") if word.partition("=")[0] in names]
    return query("scope", " ".join((*kept, "openid")))


@requirement("XUA-OIDC-034")
@pytest.mark.parametrize("given", ["purpose_of_use", "subject_role"])
def test_with_person_but_without_role_or_purpose_no_extended_token_comes(
    community: Community, patient: RegisteredPatient, given: str
) -> None:
    reply = outcome(community, patient, scoped(given))
    person = part(jwt.claims(iua.access_token(reply)), "extensions.ihe_iua.person_id")
    expect(reply).meets(person is None, "a refusal, or a basic token", person, "person_id")


@requirement("XUA-OIDC-034")
def test_without_person_role_and_purpose_a_code_brings_a_basic_token(
    community: Community, patient: RegisteredPatient
) -> None:
    def change(call: Call) -> Call:
        return scoped()(call).without_query("person_id")

    reply = outcome(community, patient, change)
    claims = jwt.claims(iua.access_token(reply))
    person = part(claims, "extensions.ihe_iua.person_id")
    expect(reply).meets(person is None, "a basic token", person, "person_id")
    # scopes beside those of the guide are the server's business
    expect(reply).prefers(bool(claims), "a basic token", reply.says, "access_token")


def claiming(
    community: Community, user: User, role: str, patient: RegisteredPatient, about: RegisteredPatient
) -> RestReply:
    """Redeem a code for ``role`` and the record ``about`` with the identity of ``user``."""
    server, verifier = community.fhir.authorization, iua.new_verifier()
    request = authorizing(community, about, role, verifier=verifier)
    call = iua.code_token_request(
        server.metadata().token_endpoint,
        server.with_code(),
        code=server.code(request),
        verifier=verifier,
        identity=server.identity(user, patient),
    )
    signed = iua.signed(call, server.with_code())
    return community.fhir.send(signed, baseline=lambda: redeeming(community, patient))


@requirement("FHIR-ITI71-028", "XUA-OIDC-046")
def test_a_patient_is_no_professional(community: Community, patient: RegisteredPatient) -> None:
    token_refused(claiming(community, community.user("PAT", patient), "HCP", patient, patient))


@requirement("FHIR-ITI71-028", "XUA-OIDC-046")
def test_a_professional_who_is_not_registered_gets_no_token(community: Community, patient: RegisteredPatient) -> None:
    stranger = community.user("HCP", state="unregistered")
    token_refused(claiming(community, stranger, "HCP", patient, patient))


@requirement("FHIR-ITI71-028", "XUA-OIDC-046")
def test_a_patient_gets_no_token_for_another_record(community: Community, patient: RegisteredPatient) -> None:
    other = community.record()
    token_refused(claiming(community, community.user("PAT", patient), "PAT", patient, other))


@requirement("XUA-OIDC-046")
def test_a_representative_gets_no_token_without_mandate(community: Community, patient: RegisteredPatient) -> None:
    other = community.record()
    token_refused(claiming(community, community.user("REP", patient), "REP", patient, other))


@requirement("FHIR-ITI71-029", "XUA-OIDC-046")
def test_an_assistant_names_the_principal(community: Community, patient: RegisteredPatient) -> None:
    no_token(community, patient, query("principal_id", None), "ASS")


@requirement("FHIR-ITI71-029", "XUA-OIDC-046")
def test_an_assistant_acts_for_no_other_professional(community: Community, patient: RegisteredPatient) -> None:
    assistant = community.user("ASS")
    principal = community.target.user(assistant.principal)
    others = [user for user in community.target.users if user.role == "HCP" and user.gln not in ("", principal.gln)]
    other = replace(assistant, principal=others[0].handle)
    reply = community.fhir.send(
        redeeming(community, patient, "ASS", user=other), baseline=lambda: redeeming(community, patient, "ASS")
    )
    token_refused(reply)


@requirement("FHIR-ITI71-030")
@pytest.mark.parametrize("role", ["PAT", "REP"])
def test_there_is_no_emergency_for_others(community: Community, patient: RegisteredPatient, role: str) -> None:
    no_token(community, patient, query("scope", iua.scope(role, "EMER")), role)
