"""Get X-User Assertion by a stock SOAP client made from the WSDL of the X-Assertion Provider (WS-Trust 1.3)."""

from pathlib import Path

from fixtures.client import Community
from fixtures.client.stock import StockClient
from fixtures.client.stock_claims import issue, issued
from fixtures.client.stock_values import at
from fixtures.suite import requirement, transaction


@requirement("XUA-STS-021", "XUA-STS-050")
@transaction("GetXUA")
def test_a_stock_client_asks_and_reads(community: Community, tmp_path: Path) -> None:
    patient, user = community.patient(), community.user("HCP")
    identity = community.identity_assertion(user, patient)
    stock = StockClient(community, "sts", "GetXUA", tmp_path, token=identity)
    request = issue(stock, role="HCP", purpose="NORM", resource_id=patient.resource_id)
    answer = stock.ask("Issue", _value_1=request)
    versions = [at(assertion, "Version") for assertion in issued(answer)]
    stock.demand(versions == ["2.0"], "one SAML 2.0 assertion", versions)
