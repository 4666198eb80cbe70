"""An xop:Include names a part of its own message, and nothing else (W3C XOP 1.0, section 4)."""

import pytest

from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.epr.message import Message
from fixtures.epr.queries import get_documents
from fixtures.epr.xds import DocumentRequest, retrieve
from fixtures.suite import requirement, transaction
from security.conftest import Scene
from security.xml.attacks import FILE, MARKER
from security.xml.collector import Collector
from security.xml.messages import attacked, nothing_followed

EACH = pytest.mark.parametrize(
    "href", ["cid:missing@test", "", FILE, "COLLECTOR"], ids=["missing", "empty", "file", "url"]
)


def pointing(valid: Message, href: str) -> Message:
    """The document stands where ``href`` points, and the message brings no part along.

    The entry has neither hash nor size, so that nothing else is wrong with it.
    """
    return valid.with_attribute("//xop:Include", "href", href).with_parts((), "no part")


@requirement("XDS-MTOM-009")
@transaction("ITI-41", "ITI-43")
@EACH
def test_an_include_of_something_else_is_not_followed(
    community: Community, scene: Scene, collector: Collector, href: str
) -> None:
    valid = community.submission(scene.patient, token=scene.token)
    reply = attacked(community, pointing(valid.message, href.replace("COLLECTOR", collector.url)), valid.message)
    nothing_followed(reply, collector)
    wanted = DocumentRequest(
        community.target.repository_unique_id, valid.entry.unique_id, scene.published.home_community_id
    )
    stored = community.send(retrieve([wanted], token=community.token("PAT", scene.patient)))
    expect(stored).discloses_nothing([MARKER, collector.secret])


@requirement("XDS-MTOM-009")
@transaction("ITI-41", "ITI-18")
@EACH
def test_a_submission_without_its_part_is_refused_and_not_stored(
    community: Community, scene: Scene, collector: Collector, href: str
) -> None:
    valid = community.submission(scene.patient, token=scene.token)
    changed = pointing(valid.message, href.replace("COLLECTOR", collector.url))
    expect(community.send(changed, baseline=valid.message)).refuses()
    left = get_documents(token=community.token("PAT", scene.patient), unique_ids=[valid.entry.unique_id])
    expect(community.accepted(left)).lacks("//rim:ExtrinsicObject")
