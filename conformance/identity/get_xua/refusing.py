"""What the tests of refusals by the X-Assertion Provider share: the claims of a request, logins that are wrong."""

from datetime import datetime
from typing import Final

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import names, saml
from fixtures.epr.keypair import KeyPair
from fixtures.epr.message import Message

_CLAIM: Final = "//wst:Claims/saml2:Attribute[@Name='{}']"
ROLE: Final = _CLAIM.format(names.ROLE)
PURPOSE: Final = _CLAIM.format(names.PURPOSE_OF_USE)
RESOURCE: Final = _CLAIM.format(names.RESOURCE_ID)
#: subcodes for wrong requests, users and logins (identity.md 6.9; WS-Trust 1.3 section 11)
REQUEST: Final = ("wst:InvalidRequest", "wst:BadRequest", "wst:RequestFailed")
USER: Final = ("wst:RequestFailed", "wst:FailedAuthentication")
IDENTITY: Final = (
    "wsse:FailedCheck",
    "wst:FailedAuthentication",
    "wsse:InvalidSecurityToken",
    "wst:ExpiredData",
    "wsse:InvalidSecurity",
)


def refused(community: Community, valid: Message, changed: Message, *subcodes: str) -> None:
    """No assertion is issued on the changed request; in the revision of 2026 it is signed anew after the change."""
    reply = community.send(community.sealed(changed), baseline=valid)
    expect(reply).refuses_token(*subcodes)


def login(
    community: Community,
    patient: RegisteredPatient,
    *,
    issuer: str = "",
    audience: str = "",
    key: KeyPair | None = None,
    now: datetime | None = None,
) -> bytes:
    """The identity assertion of the professional as our identity provider would write it, wrong in one point."""
    provider = community.target.idp
    if provider is None:
        raise Skipped(Reason.NEEDS_TRUSTED_KEY, "[idp] is missing: the target trusts no identity provider of ours")
    user = community.user("HCP")
    name_id = user.name_id.replace("{spid}", patient.spid)
    known = saml.Identity(name_id=name_id, given=user.given, family=user.family, gln=user.gln)
    written = saml.idp(known, issuer=issuer or provider.issuer, audience=audience or provider.audience, now=now)
    pair = key or KeyPair.from_pem(provider.signer.certificate.read_bytes(), provider.signer.key.reveal().encode())
    return written.signed(pair)
