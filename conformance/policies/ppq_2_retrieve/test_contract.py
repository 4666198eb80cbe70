"""A query by a stock SOAP client made from the WSDL of the Policy Repository (CH:PPQ; IHE ITI TF-2 Appendix V)."""

from pathlib import Path

from conformance.policies.records import Record
from fixtures.client.stock import StockClient
from fixtures.client.stock_values import at
from fixtures.epr.policy_names import SAML_SUCCESS
from fixtures.suite import requirement, transaction


@requirement("POL-PPQ2-006")
@transaction("PPQ-2", "PPQ-1")
def test_a_stock_client_reads_policy_sets(opened: Record, tmp_path: Path) -> None:
    stock = StockClient(opened.community, "ppq", "PPQ-2", tmp_path, token=opened.token("PADM"))
    held = opened.held()
    answer = stock.call("PolicyRepository_PolicyQuery", opened.by_id(*held))
    status = at(answer, "Status StatusCode Value")
    stock.demand(status == SAML_SUCCESS, SAML_SUCCESS, status)
    found = at(answer, "Assertion 0 Statement 0 _value_1") or ()
    ids = sorted(str(at(each, "PolicySet PolicySetId")).lower() for each in found)
    stock.demand(ids == sorted(held), f"the policy sets {sorted(held)}", ids)
