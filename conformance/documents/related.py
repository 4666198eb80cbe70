"""Publishing a document that stands in a relation to another one."""

from typing import Any

from fixtures.client import Community, Published, RegisteredPatient
from fixtures.epr.ebrim import Association, new_uuid


def related(
    community: Community, patient: RegisteredPatient, token: bytes, kind: str, target: Published, **wanted: Any
) -> Published:
    """Publish a new document with an association of ``kind`` (URN) to ``target`` and demand that it is taken."""
    new = new_uuid()
    association = Association(type=kind, source=new, target=target.entry.entry_uuid)
    return community.publish(patient, token=token, entry_uuid=new, associations=[association], **wanted)
