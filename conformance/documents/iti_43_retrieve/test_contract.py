"""Retrieval by a stock SOAP client made from the WSDL of the Document Repository (IHE ITI TF-2 3.43, Appendix V)."""

import hashlib
from pathlib import Path

from fixtures.client import Community, RegisteredPatient
from fixtures.client.stock import StockClient
from fixtures.client.stock_values import at
from fixtures.epr.names import SUCCESS
from fixtures.suite import requirement, transaction

#: the stock client drops line breaks at both ends of a MIME part, so there are none
OCTETS = b"%PDF-1.4\n" + bytes(range(256)) + b"\r\n\r\n%%EOF"


@requirement("XDS-ITI43-001", "XDS-ITI43-005", "XDS-MTOM-004")
@transaction("ITI-43")
def test_a_stock_client_asks_and_reads(
    community: Community, patient: RegisteredPatient, token: bytes, tmp_path: Path
) -> None:
    published = community.publish(patient, token=token, content=OCTETS)
    stock = StockClient(community, "repository", "ITI-43", tmp_path, token=token)
    wanted = {
        "HomeCommunityId": published.request.home_community_id,
        "RepositoryUniqueId": published.request.repository_unique_id,
        "DocumentUniqueId": published.request.document_unique_id,
    }
    answer = stock.ask("DocumentRepository_RetrieveDocumentSet", DocumentRequest=[wanted])
    said = (at(answer, "RegistryResponse status"), at(answer, "DocumentResponse 0 DocumentUniqueId"))
    stock.demand(said == (SUCCESS, published.entry.unique_id), "Success and the document asked for", said)
    octets = at(answer, "DocumentResponse 0 Document") or b""
    digest = hashlib.sha1(octets, usedforsecurity=False).hexdigest()
    stock.demand((octets, digest) == (OCTETS, published.entry.hash), "the octets that were sent, and hash", octets)
