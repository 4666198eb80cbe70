"""Tokens with a right signature and wrong content: validity, audience, issuer, subject, attributes (050 to 064)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from fixtures.epr import names
from fixtures.epr.assertion import Assertion, Attribute, Confirmation, NameId, attribute, delegation
from fixtures.epr.names import AUDIENCE_ALL_COMMUNITIES, EPR_SPID, NAME_QUALIFIER
from fixtures.trust.forgery import stray
from security.conftest import Scene
from security.tokens.attack import (
    CHECK,
    FAILED,
    INVALID,
    UNSUPPORTED,
    Attack,
    Build,
    forged,
    header,
    issuer_of,
    other_role,
    row,
    same,
    trusted,
)

FOREIGN = "https://other.example"
MINUTE = timedelta(minutes=1)
GLN_2, GLN_3, NOBODY = (NameId(value, "urn:gs1:gln") for value in ("7601998000021", "7601998000038", "7601998000045"))
HOLDER = (Confirmation(method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),)
UNKNOWN_CONDITION = '<saml2:Condition xmlns:ex="urn:example:conditions" xsi:type="ex:Unknown"/>'
REQUIRED = ("ROLE", "PURPOSE_OF_USE", "RESOURCE_ID", "HOME_COMMUNITY_ID")
PAIRS = (("HCP", "AUTO"), ("PAT", "EMER"), ("REP", "EMER"), ("DADM", "AUTO"), ("TCU", "NORM"), ("TCU", "EMER"))
Change = Callable[[Assertion], Assertion]


def valid_for(start: timedelta | None, end: timedelta | None) -> Change:
    """Another validity window, relative to now; None leaves the bound out."""

    def change(assertion: Assertion) -> Assertion:
        now = datetime.now(UTC)
        bounds = (None if start is None else now + start, None if end is None else now + end)
        return assertion.replaced(not_before=bounds[0], not_on_or_after=bounds[1])

    return change


def for_audiences(*audiences: str) -> Change:
    """One AudienceRestriction for each."""
    return lambda assertion: assertion.replaced(audiences=tuple((audience,) for audience in audiences))


def lacking(name: str) -> Change:
    return lambda assertion: assertion.without(getattr(names, name))


def delegating(*delegates: NameId, confirmed: NameId | None = None) -> Change:
    """A DelegationRestriction with these delegates, and ``confirmed`` in the SubjectConfirmation."""

    def change(assertion: Assertion) -> Assertion:
        confirmation = Confirmation(name_id=confirmed)
        return assertion.replaced(conditions=(delegation(*delegates),), confirmations=(confirmation,))

    return change


def two_roles(assertion: Assertion) -> Assertion:
    given = next(found for found in assertion.attributes if found.name == names.ROLE)
    return assertion.having(Attribute(names.ROLE, given.values * 2))


def padded_role(assertion: Assertion) -> Assertion:
    given = next(found for found in assertion.attributes if found.name == names.ROLE)
    return assertion.without(names.ROLE).adding(Attribute(f"{names.ROLE} ", given.values))


def resource(form: str) -> Build:
    """The own EPR-SPID, not written as CX of its authority."""

    def make(scene: Scene) -> bytes:
        value = form.format(spid=scene.patient.spid, authority=EPR_SPID)
        written = attribute(names.RESOURCE_ID, value, kind="xs:token")
        return scene.community.trusted_token(scene.content, change=lambda assertion: assertion.having(written))

    return header(make)


def two_resources(*, victim_first: bool) -> Build:
    """Two attributes resource-id in one token."""

    def make(scene: Scene) -> bytes:
        ids = (scene.victim.resource_id, scene.patient.resource_id)
        first, second = (attribute(names.RESOURCE_ID, value) for value in (ids if victim_first else ids[::-1]))
        return scene.community.trusted_token(scene.content, change=lambda a: a.having(first).adding(second))

    return header(make)


def of_a_patient_for_the_victim(scene: Scene) -> bytes:
    written = attribute(names.RESOURCE_ID, scene.victim.resource_id, kind="xs:token")
    content = scene.community.token_content("PAT", scene.patient)
    return scene.community.trusted_token(content, change=lambda assertion: assertion.having(written))


def with_key_of_another(scene: Scene) -> bytes:
    named = issuer_of(scene)
    return scene.community.trusted_token(scene.content, change=lambda a: a.replaced(issuer=named), by="other")


def login(scene: Scene) -> bytes:
    """The identity assertion of the professional."""
    return scene.community.identity_assertion(scene.community.user("HCP"), scene.patient)


def strange(name: str, number: int, change: Change, *subcodes: str) -> Attack:
    return Attack(name, row(number), trusted(change), subcodes or (INVALID, FAILED))


CONTENT = (
    strange("expired", 50, valid_for(-10 * MINUTE, -2 * MINUTE), INVALID, FAILED, "wsse:MessageExpired"),
    strange("not-yet-valid", 51, valid_for(10 * MINUTE, 15 * MINUTE)),
    strange("no-NotBefore", 52, valid_for(None, 5 * MINUTE), INVALID),
    strange("no-NotOnOrAfter", 52, valid_for(-MINUTE, None), INVALID),
    strange("no-Conditions", 52, lambda a: a.replaced(has_conditions=False), INVALID),
    strange("ends-before-it-begins", 52, valid_for(MINUTE / 3, -MINUTE / 3), INVALID),
    strange("foreign-audience", 53, for_audiences(FOREIGN)),
    strange("second-foreign-audience", 53, for_audiences(AUDIENCE_ALL_COMMUNITIES, FOREIGN)),
    Attack("no-audience", row(54), trusted(for_audiences()), (INVALID,), is_advice=True),
    Attack("unknown-issuer", row(55), forged(lambda _: stray(rsa_bits=2048), issuer=FOREIGN), (INVALID,), True),
    Attack("key-of-another-issuer", row(56), header(with_key_of_another), (INVALID, FAILED)),
    Attack("identity-assertion", row(57), header(login), (INVALID, FAILED)),
    *(strange(f"without-{name}", 58, lacking(name)) for name in REQUIRED),
    Attack("no-NameQualifier", row(58), trusted(same, name_id=NameId(GLN_2.value)), (INVALID, FAILED)),
    *(Attack(f"role-{code}", row(59), trusted(same, role=code), (INVALID,)) for code in ("ASS", "TCU", "XYZ")),
    strange("two-roles", 59, two_roles, INVALID),
    Attack("PAT-with-GLN", row(60), other_role("PAT", name_id=GLN_2), (INVALID,)),
    Attack("HCP-with-SPID", row(60), trusted(same, name_id=NameId("7", NAME_QUALIFIER["PAT"])), (INVALID,)),
    Attack("REP-as-PADM", row(60), other_role("REP", name_id=NameId("x", NAME_QUALIFIER["PADM"])), (INVALID,)),
    *(
        Attack(f"{role}-{code}", row(61), other_role(role, purpose=code), (INVALID, FAILED), is_denied=True)
        for role, code in PAIRS
    ),
    strange("delegates-differ", 62, delegating(GLN_2, confirmed=GLN_3), INVALID),
    strange("two-delegates", 62, delegating(GLN_2, GLN_3, confirmed=GLN_2), INVALID),
    strange("unknown-delegate", 62, delegating(NameId("7", "urn:example"), confirmed=NameId("7", "urn:example"))),
    Attack("delegation-of-a-patient", row(62), other_role("PAT", delegating(GLN_2, confirmed=GLN_2)), (INVALID,)),
    Attack(
        "patient-with-foreign-resource",
        row(63),
        header(of_a_patient_for_the_victim),
        (INVALID, FAILED),
        on_victim=True,
        is_denied=True,
    ),
    Attack("resource-of-1.2.3", row(64), resource("{spid}^^^&1.2.3&ISO"), (INVALID, FAILED)),
    Attack("resource-bare", row(64), resource("{spid}"), (INVALID, FAILED)),
    Attack("resource-without-ISO", row(64), resource("{spid}^^^&{authority}"), (INVALID, FAILED)),
    strange("holder-of-key", 110, lambda a: a.replaced(confirmations=HOLDER), FAILED, INVALID),
    strange("unknown-condition", 111, lambda a: a.replaced(conditions=(UNKNOWN_CONDITION,)), UNSUPPORTED, INVALID),
    Attack("resource-of-the-victim-first", row(118), two_resources(victim_first=True), (INVALID, CHECK), True),
    Attack("resource-of-the-victim-second", row(118), two_resources(victim_first=False), (INVALID, CHECK), True),
    strange("role-with-a-space", 118, padded_role, INVALID, CHECK),
    *(
        Attack(f"certificate-{name}", row(117), trusted(same, by=name), (INVALID, CHECK), is_advice=True)
        for name in ("expired", "revoked")
    ),
)
