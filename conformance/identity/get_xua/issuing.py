"""What the tests of Get X-User Assertion share: users of the target file, revisions, issued assertions."""

import base64
from collections.abc import Callable
from typing import Literal

from cryptography import x509

from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.client import Community
from fixtures.epr.message import Message, Reply
from fixtures.epr.saml_read import XuaToken, read_xua
from fixtures.epr.wstrust import read_token
from fixtures.epr.xml import Element, text
from fixtures.epr.xmlsig import LENIENT, Profile, SignatureRefused, verify
from fixtures.target import User


def issued(community: Community, message: Message) -> tuple[Reply, XuaToken]:
    """Send the request, demand an assertion, and read it."""
    reply = community.send(message)
    expect(reply).is_success()
    return reply, read_xua(read_token(reply))


def declared(community: Community, profile: Literal["2020", "2026"]) -> Literal["2020", "2026"]:
    """The revision, if the target takes it; Skipped (NEEDS_PROFILE) otherwise."""
    if community.target.sts_profile not in (profile, "both"):
        detail = f"[community] sts_profile of {community.target.path} is {community.target.sts_profile}"
        raise Skipped(Reason.NEEDS_PROFILE, detail)
    return profile


def professional(community: Community, wanted: Callable[[User], bool], what: str) -> User:
    """The first active professional who is so; Skipped (NEEDS_USER) if there is none."""
    for user in community.target.users:
        if user.role == "HCP" and user.state == "active" and wanted(user):
            return user
    raise Skipped(Reason.NEEDS_USER, f"{community.target.path} has no professional {what}")


def acting_for(community: Community, role: str) -> User:
    """The professional a user of this role is, or acts for."""
    user = community.user(role)
    return community.target.user(user.principal) if user.principal else user


def signature_refused(community: Community, assertion: Element, profile: Profile = LENIENT) -> SignatureRefused | None:
    """Why the signature does not verify with the provider's certificate; None if it does.

    The certificate is that of [trust], or else what KeyInfo shows; Skipped (NEEDS_CERTIFICATE) where there is none.
    """
    try:
        verify(assertion, [_certificate(community, assertion)], profile=profile)
    except SignatureRefused as refused:
        return refused
    return None


def _certificate(community: Community, assertion: Element) -> x509.Certificate:
    known = community.target.trust.xap_certificate
    if known is not None:
        return x509.load_pem_x509_certificate(known.read_bytes())
    shown = text(assertion, "ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate")
    if not shown:
        raise Skipped(Reason.NEEDS_CERTIFICATE, "[trust] has no xap_certificate and the assertion shows none")
    return x509.load_der_x509_certificate(base64.b64decode(shown))
