"""A recorded request on its way to be sent: a tree that is changed, and the list of what was changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fixtures.client import RegisteredPatient
from fixtures.epr.message import Message
from fixtures.epr.mtom import Part
from fixtures.epr.names import MTOM_TRANSACTIONS, WSA_ANONYMOUS
from fixtures.epr.stored import Stored
from fixtures.epr.xml import Element, find, find_all, parse, serialise, text

#: stands where the token goes, so that its octets are not touched
_TOKEN: Final = "eprobe-token-goes-here"  # noqa: S105
_SHOWN: Final = 90


class NothingToReplay(ValueError):
    """The file holds no request that can be sent again. The text says why."""


@dataclass
class Changes:
    """What is changed of a request: ``changes`` are sentences, in the order they were made."""

    transaction: str
    changes: list[str] = field(default_factory=list, kw_only=True)

    def say(self, change: str) -> None:
        if change not in self.changes:
            self.changes.append(change)

    def said(self, what: str, before: object, value: object) -> None:
        """One value in place of another."""
        self.say(f"{what}: {str(before)[:_SHOWN] or '(none)'} -> {str(value)[:_SHOWN]}")

    def knows(self, patient: RegisteredPatient, domain: str) -> None:
        """The patient was registered for this request, with a local id of ``domain``."""
        self.say(f"registered before: {patient.name}, {patient.local_id} of {domain}")


@dataclass
class Draft(Changes):
    """A SOAP message. ``token`` is put in when the message is made."""

    root: Element
    parts: tuple[Part, ...] = ()
    token: bytes | None = None

    @classmethod
    def of(cls, stored: Stored, changes: list[str] | None = None) -> "Draft":
        """``changes``: a list to add to, for who wants to know them whatever happens."""
        assert stored.root is not None
        told = [] if changes is None else changes
        draft = cls(stored.kind.transaction, parse(serialise(stored.root)), stored.parts, changes=told)
        draft.changes += [f"mended: {remark}" for remark in stored.remarks]
        if draft.transaction in MTOM_TRANSACTIONS and stored.root_part is None:
            draft.changes.append("MIME frame: the recording has none; sent as MTOM")
        return draft

    @property
    def body(self) -> Element:
        found = find(self.root, "*[local-name()='Body']")
        if found is None:
            raise NothingToReplay("the envelope has no Body")
        return found

    def set(self, node: Element, value: str, what: str, attribute: str = "") -> None:
        """Text (or attribute) of ``node`` becomes ``value``; said once where it is something else."""
        before = str(node.get(attribute, "")) if attribute else text(node, ".")
        if before == value:
            return
        if attribute:
            node.set(attribute, value)
        else:
            for child in list(node):
                node.remove(child)
            node.text = value
        self.said(what, before, value)

    def set_all(self, xpath: str, value: Callable[[Element], str], what: str, attribute: str = "") -> None:
        for node in find_all(self.body, xpath):
            self.set(node, value(node), what, attribute)

    def map_roots(self, oids: Mapping[str, str], what: Mapping[str, str]) -> None:
        """Every ``@root`` of the body that is a key of ``oids`` becomes its value."""
        for node in find_all(self.body, ".//*[@root]"):
            old = str(node.get("root"))
            if old in oids:
                self.set(node, oids[old], what[old], "root")

    def address(self, to: str) -> None:
        """wsa:To and ReplyTo; what the recording does not have stays absent."""
        header = "*[local-name()='Header']"
        for node in find_all(self.root, f"{header}/wsa:To"):
            self.set(node, to, "wsa:To")
        for node in find_all(self.root, f"{header}/wsa:ReplyTo/wsa:Address"):
            self.set(node, WSA_ANONYMOUS, "wsa:ReplyTo")

    def secure(self, token: bytes, what: str) -> None:
        """The content of wsse:Security replaced by ``token``; a recording without that header stays without."""
        found = find(self.root, "*[local-name()='Header']/wsse:Security")
        if found is None:
            self.say("no wsse:Security in the recording: none is sent")
            return
        for child in list(found):
            found.remove(child)
        found.text = _TOKEN
        self.token = token
        self.say(what)

    def message(self) -> Message:
        """The message as it can be sent."""
        envelope = serialise(self.root)
        if self.token is not None:
            envelope = envelope.replace(_TOKEN.encode(), self.token, 1)
        is_mtom = self.transaction in MTOM_TRANSACTIONS
        return Message(self.transaction, envelope, self.parts if is_mtom else (), is_mtom)
