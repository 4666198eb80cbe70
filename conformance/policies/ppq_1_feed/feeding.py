"""What the tests of feeds share: a feed is refused, and the repository is as before."""

from conformance.policies.records import Record
from fixtures.checks.expect import expect
from fixtures.epr.message import Message, Reply
from fixtures.epr.xml import Element, text
from fixtures.policy.canonical import canonical


def unchanged(record: Record, feed: Message) -> Reply:
    """Send a feed that is not allowed: it is refused, and the policy sets of the record are what they were."""
    before = record.held()
    reply = record.community.send(feed)
    expect(reply).refuses()
    after = record.held()
    expect(reply).meets(_same(before, after), f"the repository unchanged: {sorted(before)}", sorted(after))
    return reply


def reference(held: Element) -> str:
    """The base set a policy set refers to."""
    return " ".join(text(held, "xacml:PolicySetIdReference").split())


def _same(before: dict[str, Element], after: dict[str, Element]) -> bool:
    return before.keys() == after.keys() and all(canonical(before[id_]) == canonical(after[id_]) for id_ in before)
