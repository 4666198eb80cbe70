"""Fresh tokens: the X-User Assertion of a request, and Get X-User Assertion itself."""

from typing import Final

from conformance.replay.draft import Changes, Draft, NothingToReplay
from fixtures.client import Community, RegisteredPatient
from fixtures.epr import names
from fixtures.epr.names import PURPOSES
from fixtures.epr.saml_read import read_xua
from fixtures.epr.xml import Element, find, find_all, serialise, text
from fixtures.target import User

_CLAIMS: Final = ".//wst:Claims/saml2:Attribute"
#: where purpose EMER must be refused (EPR policy stack 04 to 06: WRITE with NORM only)
_WRITING: Final = ("ITI-41", "ITI-42", "ITI-65", "CH:MHD-1")
_SECURITY: Final = "*[local-name()='Header']/wsse:Security"


def recorded_user(draft: Draft) -> tuple[str, str]:
    """Role and purpose of the recorded X-User Assertion; HCP where it names none we know."""
    recorded = find(draft.root, f"{_SECURITY}/saml2:Assertion")
    if recorded is None:
        return "HCP", ""
    said = read_xua(serialise(recorded))
    if said.acting_role in PURPOSES:
        return said.acting_role, said.purpose
    draft.say(f"the recorded assertion names no role we know ({said.acting_role or 'none'}): HCP is taken")
    return "HCP", ""


def usable_purpose(draft: Changes, role: str, recorded: str) -> str:
    """The recorded purpose of use, or the usual one of the role where this role may not have it for this."""
    purpose = recorded if recorded in PURPOSES[role] else PURPOSES[role][0]
    if draft.transaction in _WRITING and role in ("HCP", "ASS") and purpose == "EMER":
        draft.say("purpose EMER -> NORM: emergency access does not permit publication")
        return "NORM"
    return purpose


def renew_token(draft: Draft, community: Community, patient: RegisteredPatient, role: str = "") -> None:
    """An X-User Assertion of the recorded role (or ``role``) and purpose, issued by the target for ``patient``."""
    recorded, purpose = recorded_user(draft)
    role = role or recorded
    purpose = usable_purpose(draft, role, purpose)
    if find(draft.root, _SECURITY) is None:
        draft.say("no wsse:Security in the recording: none is sent")
        return
    token = community.token(role, patient, purpose=purpose)
    draft.secure(token, f"token: a fresh X-User Assertion, role {role}, purpose {purpose}")


def adapt(draft: Draft, community: Community, patient: RegisteredPatient) -> None:
    """A request for a token, for a user of the target of the same kind."""
    role = text(draft.body, f"{_CLAIMS}[@Name='{names.ROLE}']//hl7:Role/@code")
    if role not in PURPOSES:
        raise NothingToReplay(f"the request claims the role {role or '(none)'}, which the EPR does not have")
    user = community.user(role, patient)
    principal = community.target.user(user.principal) if user.principal else user
    identifier = patient.spid if role == "PAT" else principal.gln or user.name_id.replace("{spid}", patient.spid)
    _claim(draft, names.RESOURCE_ID, patient.resource_id, "resource-id")
    _claim(draft, names.PRINCIPAL_ID, identifier, "principal-id")
    _claim(draft, names.PRINCIPAL_NAME, principal.name or patient.name, "principal-name")
    _organizations(draft, principal)
    url = community.url("GetXUA")
    draft.set_all(".//wsp:AppliesTo//wsa:Address", lambda _: url, "AppliesTo")
    if is_signed(draft.root):
        draft.say("Timestamp, BinarySecurityToken and message signature: made anew")
    draft.secure(community.identity_assertion(user, patient), f"identity assertion: a fresh one of user {user.handle}")


def is_signed(root: Element) -> bool:
    """The recording carries a signed Timestamp and Body."""
    return find(root, f"{_SECURITY}/wsu:Timestamp") is not None and find(root, f"{_SECURITY}/ds:Signature") is not None


def _claim(draft: Draft, name: str, value: str, what: str) -> None:
    draft.set_all(f"{_CLAIMS}[@Name='{name}']/saml2:AttributeValue", lambda _: value, what)


def _organizations(draft: Draft, principal: User) -> None:
    """As many groups as the recording names, of those the user belongs to; claims without a group are left out."""
    for name, part in ((names.ORGANIZATION_ID, "oid"), (names.ORGANIZATION, "name")):
        for attribute in find_all(draft.body, f"{_CLAIMS}[@Name='{name}']"):
            values = find_all(attribute, "saml2:AttributeValue")
            for place, node in enumerate(values):
                if place < len(principal.groups):
                    draft.set(node, getattr(principal.groups[place], part), f"claim {name.rpartition(':')[2]}")
                else:
                    attribute.remove(node)
                    draft.say(f"claim {name.rpartition(':')[2]}: a value left out, the user has no more groups")
            parent = attribute.getparent()
            if parent is not None and not len(attribute):
                parent.remove(attribute)
