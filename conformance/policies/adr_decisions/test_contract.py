"""A question by a stock SOAP client made from the WSDL of the decision provider (CH:ADR; IHE ITI TF-2 Appendix V)."""

from pathlib import Path

from conformance.policies.records import Record
from fixtures.client.stock import StockClient
from fixtures.client.stock_values import at
from fixtures.epr.policy_names import SAML_SUCCESS
from fixtures.suite import requirement, transaction

ATTRIBUTE = '<ctx:Attribute AttributeId="a" DataType="b"><ctx:AttributeValue>c</ctx:AttributeValue></ctx:Attribute>'


@requirement("POL-ADR-013")
@transaction("CH:ADR", "PPQ-1")
def test_a_stock_client_is_told_the_decisions(opened: Record, tmp_path: Path) -> None:
    stock = StockClient(opened.community, "adr", "CH:ADR", tmp_path, token=opened.token("PAT"))
    question = opened.asking(opened.subject("PAT"), opened.documents(), "ITI-18")
    like = question.with_child("//ctx:Environment", ATTRIBUTE)
    answer = stock.hand_over("AuthorizationDecisionsManager_AuthorizationDecisionQuery", question, like=like)
    status = at(answer, "Status StatusCode Value")
    stock.demand(status == SAML_SUCCESS, SAML_SUCCESS, status)
    results = at(answer, "Assertion 0 Statement 0 Response Result") or ()
    said = [at(each, "Decision") for each in results]
    stock.demand(said == ["Permit"] * 3, "Permit three times", said)
