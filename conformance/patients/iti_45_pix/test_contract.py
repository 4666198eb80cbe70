"""The query by a stock SOAP client made from the WSDL of the PIX Manager (IHE ITI TF-2 3.45, Appendix V)."""

from pathlib import Path

from conformance.patients.systems import PrimarySystem
from fixtures.client.stock import StockClient
from fixtures.people.patients import Patient
from fixtures.suite import requirement, transaction


@requirement("PAT-GEN-001", "PAT-ITI45-010")
@transaction("ITI-45")
def test_a_stock_client_asks_and_reads(clinic: PrimarySystem, patient: Patient, tmp_path: Path) -> None:
    stock = StockClient(clinic.community, "pix", "ITI-45", tmp_path)
    answer = stock.call("PIXManager_PRPA_IN201309UV02", clinic.pix_query(clinic.local(patient)))
    found = answer.controlActProcess.subject[0].registrationEvent.subject1.patient
    roots = {identifier.root for identifier in found.id}
    roots |= {identifier.root for other in found.patientPerson.asOtherIDs for identifier in other.id}
    wanted = {clinic.addressing.mpi, clinic.addressing.spid}
    stock.demand(roots == wanted, f"ids of {wanted}", roots)
