"""A registration by a stock SOAP client made from the WSDL of the Document Registry (IHE ITI TF-2 3.42, Appendix V)."""

from pathlib import Path

from conformance.documents.submitting import stored
from fixtures.client import Community, RegisteredPatient
from fixtures.client.documents import in_repository
from fixtures.client.stock import StockClient
from fixtures.client.stock_values import at, submit_objects
from fixtures.epr.names import SUCCESS
from fixtures.suite import requirement, transaction


@requirement("XDS-ITI42-001")
@transaction("ITI-42")
def test_a_stock_client_registers_a_document(
    community: Community, patient: RegisteredPatient, token: bytes, tmp_path: Path
) -> None:
    sent = community.submission(patient, token=token)
    entry = in_repository(sent.entry, sent.content, community.target)
    stock = StockClient(community, "registry", "ITI-42", tmp_path, token=token)
    answer = stock.ask("DocumentRegistry_RegisterDocumentSet-b", **submit_objects(sent, entry))
    stock.demand(at(answer, "status") == SUCCESS, "status Success", at(answer, "status"))
    hashes = [entry.hash for entry in stored(community, token, entry.unique_id)]
    stock.demand(hashes == [entry.hash], "the document in the registry", hashes)
