"""The query by a stock SOAP client made from the WSDL of the Document Registry (IHE ITI TF-2 3.18, Appendix V)."""

from pathlib import Path

from fixtures.client import Community, RegisteredPatient
from fixtures.client.stock import StockClient
from fixtures.client.stock_values import at, found, identified, stored_query
from fixtures.epr.names import APPROVED, DOCUMENT_ENTRY, SUCCESS
from fixtures.epr.queries import listed, quoted
from fixtures.suite import requirement, transaction


@requirement("XDS-ITI18-006", "XDS-SOAP-014", "XDS-META-027")
@transaction("ITI-18")
def test_a_stock_client_asks_and_reads(
    community: Community, patient: RegisteredPatient, token: bytes, tmp_path: Path
) -> None:
    published = community.publish(patient, token=token)
    stock = StockClient(community, "registry", "ITI-18", tmp_path, token=token)
    status = {"$XDSDocumentEntryStatus": listed([APPROVED])}
    query = stored_query("FindDocuments", {"$XDSDocumentEntryPatientId": [quoted(patient.xad_pid)], **status})
    answer = stock.ask("DocumentRegistry_RegistryStoredQuery", **query)
    entries = {identified(entry)[DOCUMENT_ENTRY["uniqueId"]]: entry for entry in found(answer, "ExtrinsicObject")}
    stock.demand(at(answer, "status") == SUCCESS, "status Success", at(answer, "status"))
    title = at(entries, f"{published.entry.unique_id} Name LocalizedString 0 value")
    stock.demand(title == published.entry.title, published.entry.title, title)
