"""Feeds by a stock SOAP client made from the WSDL of the Policy Repository (CH:PPQ; IHE ITI TF-2 Appendix V)."""

from pathlib import Path

from conformance.policies.records import Record
from fixtures.client.stock import StockClient
from fixtures.epr.policy_names import FEED_SUCCESS
from fixtures.suite import requirement, transaction


@requirement("POL-PPQ1-006")
@transaction("PPQ-1", "PPQ-2")
def test_a_stock_client_adds_changes_and_deletes(record: Record, tmp_path: Path) -> None:
    _, emergency, _ = record.onboard()
    stock = StockClient(record.community, "ppq", "PPQ-1", tmp_path, token=record.token("PADM"))
    feeds = {
        "AddPolicy": record.adding(record.policy("301", "access-level:normal")),
        "UpdatePolicy": record.updating(emergency),
        "DeletePolicy": record.deleting(emergency.id),
    }
    said = {name: stock.hand_over(f"PolicyRepository_{name}", feed) for name, feed in feeds.items()}
    stock.demand(said == dict.fromkeys(feeds, FEED_SUCCESS), "status success three times", said)
    stock.demand(not record.holds(emergency.id), "the deleted policy set gone", "it is still there")
