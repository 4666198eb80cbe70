"""Who was not let in is written down too: users that were not believed, and nodes (ITI TF-2 3.40.4.1.3, 3.20)."""

from contextlib import suppress
from datetime import UTC, datetime

from conformance.audit.acts import Scene
from conformance.audit.conftest import ACTS, each_act
from fixtures.checks.audit import failures
from fixtures.checks.audit_words import ALARMS, NODE_AUTHENTICATION
from fixtures.epr.atna_read import AuditRecord
from fixtures.epr.hl7v3 import pix_query
from fixtures.epr.identifiers import II
from fixtures.suite import requirement, transaction
from fixtures.wire import WireError


@requirement("XUA-ITI40-043", "AUD-XUA-011", "XDS-AUD-003")
@each_act("find documents without assertion", "find documents with forged assertion")
def test_an_assertion_that_is_not_believed_leaves_a_record(scene: Scene, act: str) -> None:
    done = ACTS[act][1](scene)
    words = "a failure recorded for ITI-18, User Authentication (110114) or Security Alert (110113)"
    scene.trail.demand_one("refused assertion", words, done.began, lambda records: failures(done, records))


@requirement("XUA-TLS-039", "AUD-MSG-027")
@transaction("ITI-45")
def test_a_refused_node_leaves_a_security_alert(scene: Scene) -> None:
    scene.community.demand_certificates("ITI-45")
    local = II(scene.community.target.domains.local, scene.community.patient().local_id)
    query = pix_query(local, scene.community.addressing)
    scene.community.accepted(query)
    began = datetime.now(UTC)
    with suppress(WireError):
        scene.community.send(query, tls="expired")
    words = "Security Alert (110113), Node Authentication (110126), with outcome 4, 8 or 12"
    scene.trail.demand_one("refused node", words, began, lambda records: list(filter(is_alert, records)))


def is_alert(record: AuditRecord) -> bool:
    return record.event == ALARMS[0] and NODE_AUTHENTICATION in record.types and record.outcome in ("4", "8", "12")
