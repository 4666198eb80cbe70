"""A submission by a stock SOAP client made from the WSDL of the Document Repository (IHE ITI TF-2 3.41, Appendix V).

The stock client writes the submission; a transport of ours packs the document as MTOM, which it cannot do.
"""

from pathlib import Path

from conformance.documents.submitting import stored
from fixtures.client import Community, RegisteredPatient
from fixtures.client.stock import StockClient
from fixtures.client.stock_values import at, submit_objects
from fixtures.epr.names import SUCCESS
from fixtures.suite import requirement, transaction


@requirement("XDS-ITI41-001", "XDS-MTOM-001")
@transaction("ITI-41")
def test_a_stock_client_provides_a_document(
    community: Community, patient: RegisteredPatient, token: bytes, tmp_path: Path
) -> None:
    sent = community.submission(patient, token=token)
    stock = StockClient(community, "repository", "ITI-41", tmp_path, token=token)
    document = {"id": sent.entry.entry_uuid, "_value_1": sent.content}
    answer = stock.ask(
        "DocumentRepository_ProvideAndRegisterDocumentSet-b",
        SubmitObjectsRequest=submit_objects(sent, sent.entry),
        Document=[document],
    )
    stock.demand(at(answer, "status") == SUCCESS, "status Success", at(answer, "status"))
    hashes = [entry.hash for entry in stored(community, token, sent.entry.unique_id)]
    stock.demand(hashes == [sent.entry.describing(sent.content).hash], "the document in the registry", hashes)
