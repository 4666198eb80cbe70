"""A patient, a victim, and the message an attack changes."""

from dataclasses import dataclass

import pytest

from fixtures.client import Community, Published, RegisteredPatient
from fixtures.epr.message import Message
from fixtures.epr.queries import find_documents
from fixtures.epr.saml import XuaContent


@dataclass(frozen=True)
class Scene:
    """``patient`` is whom the genuine ``token`` (of a professional) is for; ``victim`` is somebody else."""

    community: Community
    patient: RegisteredPatient
    victim: RegisteredPatient
    published: Published
    treasure: Published

    @property
    def token(self) -> bytes:
        """The genuine token, a new one before it runs out."""
        return self.community.token("HCP", self.patient)

    @property
    def content(self) -> XuaContent:
        """What the genuine token says."""
        return self.community.token_content("HCP", self.patient)

    @property
    def valid(self) -> Message:
        """The query the genuine token is good for."""
        return find_documents(self.patient.xad_pid, token=self.token)

    def query(self, *, on_victim: bool) -> Message:
        """The valid query, or the same one about the victim."""
        return find_documents((self.victim if on_victim else self.patient).xad_pid, token=self.token)


@pytest.fixture
def scene(community: Community) -> Scene:
    return make_scene(community)


def make_scene(community: Community) -> Scene:
    """Two registered patients with a document each."""
    patient, victim = community.record(), community.record()
    published = community.publish(patient, token=community.token("PAT", patient))
    treasure = community.publish(victim, token=community.token("PAT", victim))
    return Scene(community, patient, victim, published, treasure)
