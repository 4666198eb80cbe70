"""The feed by a stock SOAP client made from the WSDL of the PIX Manager (IHE ITI TF-2 3.44, Appendix V)."""

from pathlib import Path

import pytest

from conformance.patients.systems import PrimarySystem
from fixtures.client.stock import StockClient
from fixtures.epr.hl7v3 import add, revise
from fixtures.suite import requirement, transaction

pytestmark = transaction("ITI-44")


@pytest.fixture
def stock(clinic: PrimarySystem, tmp_path: Path) -> StockClient:
    return StockClient(clinic.community, "pix", "ITI-44", tmp_path)


@requirement("PAT-GEN-001", "PAT-ITI44-020")
def test_a_stock_client_adds_and_revises(clinic: PrimarySystem, stock: StockClient) -> None:
    patient = clinic.stranger()
    added = stock.call("PIXManager_PRPA_IN201301UV02", add(patient, clinic.addressing))
    revised = stock.call("PIXManager_PRPA_IN201302UV02", revise(patient, clinic.addressing))
    codes = [answer.acknowledgement[0].typeCode.code for answer in (added, revised)]
    stock.demand(codes == ["CA", "CA"], "CA for add and revise", codes)


@requirement("PAT-GEN-001", "PAT-ITI44-041")
def test_a_stock_client_merges(clinic: PrimarySystem, stock: StockClient) -> None:
    merged = stock.call("PIXManager_PRPA_IN201304UV02", clinic.valid_merge())
    code = merged.acknowledgement[0].typeCode.code
    stock.demand(code == "CA", "CA for a merge", code)
