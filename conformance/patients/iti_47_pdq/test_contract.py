"""The query by a stock SOAP client made from the WSDL of the PD Supplier (IHE ITI TF-2 3.47, Appendix V)."""

from pathlib import Path

from conformance.patients.systems import PrimarySystem
from fixtures.client.stock import StockClient
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction


@requirement("PAT-GEN-001", "PAT-ITI47-010")
@transaction("ITI-47")
def test_a_stock_client_asks_and_reads(clinic: PrimarySystem, patient: Patient, tmp_path: Path) -> None:
    stock = StockClient(clinic.community, "pdq", "ITI-47", tmp_path)
    answer = stock.call("PDSupplier_PRPA_IN201305UV02", clinic.look_up_query(patient))
    act = answer.controlActProcess
    said = (answer.acknowledgement[0].typeCode.code, act.queryAck.queryResponseCode.code, len(act.subject))
    stock.demand(said == ("AA", "OK", 1), "AA, OK and one patient", said)
