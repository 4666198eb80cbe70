"""What registry and repository say of a document by SOAP and by FHIR, in a form that compares."""

from dataclasses import dataclass
from typing import Final

from conformance.fhir.shelf import ANY, Shelf
from fixtures.checks.verdicts import Inconclusive, Reason
from fixtures.epr.ebrim import DocumentEntry
from fixtures.epr.fhir_documents import attachment_of, master_identifier, retrieve_document
from fixtures.epr.fhir_json import Resource
from fixtures.epr.fhir_metadata import facts, system_of
from fixtures.epr.names import APPROVED, DEPRECATED
from fixtures.epr.queries import find_documents
from fixtures.epr.rest_reply import RestReply
from fixtures.epr.valuesets import Code
from fixtures.epr.xds import DocumentRequest, retrieve
from fixtures.epr.xds_read import ReadEntry, RetrievedDocument, query_response, retrieve_response

_STATUS: Final = {APPROVED: "current", DEPRECATED: "superseded"}


@dataclass(frozen=True)
class Faces:
    """One record, read through both faces by users of the same role."""

    shelf: Shelf

    # --- ITI-18 and ITI-67 -----------------------------------------------------------------------

    def entry(self, unique_id: str) -> ReadEntry:
        """The DocumentEntry ITI-18 gives; Inconclusive (BASELINE_REFUSED) where it gives none."""
        found = [one for one in self.entries("PAT") if one.unique_id == unique_id]
        if not found:
            raise Inconclusive(Reason.BASELINE_REFUSED, f"ITI-18 does not find {unique_id}, which was published")
        return found[0]

    def entries(self, role: str, purpose: str = "") -> tuple[ReadEntry, ...]:
        community, patient = self.shelf.community, self.shelf.patient
        token = community.token(role, patient, purpose=purpose)
        query = find_documents(patient.xad_pid, token=token, status=(APPROVED, DEPRECATED))
        return query_response(community.accepted(query)).documents

    def reference(self, unique_id: str) -> Resource:
        """The DocumentReference ITI-67 gives, {} where it gives none."""
        found = self.shelf.all_of(self.shelf.search(status=ANY))
        return next((one for one in found if master_identifier(one) == unique_id), {})

    def differences(self, unique_id: str) -> dict[str, tuple[object, object]]:
        """Attribute -> (by ITI-18, by ITI-67), where the two differ."""
        soap, fhir = of_entry(self.entry(unique_id)), facts(self.reference(unique_id))
        return {name: (value, fhir[name]) for name, value in soap.items() if value != fhir[name]}

    def seen(self, role: str, purpose: str = "") -> tuple[list[str], list[str]]:
        """uniqueIds by ITI-18 and by ITI-67."""
        token = self.shelf.token(role, purpose=purpose)
        reply = self.shelf.send(self.shelf.query(status=ANY).with_token(token))
        found = self.shelf.all_of(reply) if reply.status == 200 else []
        return sorted(one.unique_id for one in self.entries(role, purpose)), sorted(map(master_identifier, found))

    # --- ITI-43 and ITI-68 -----------------------------------------------------------------------

    def by_soap(self, unique_id: str) -> RetrievedDocument:
        """The document as ITI-43 gives it; Inconclusive (BASELINE_REFUSED) where it gives none."""
        community, patient = self.shelf.community, self.shelf.patient
        request = DocumentRequest(community.target.repository_unique_id, unique_id, community.target.home_community_id)
        reply = community.accepted(retrieve([request], token=community.token("PAT", patient)))
        return retrieve_response(reply).documents[0]

    def by_fhir(self, unique_id: str) -> RestReply:
        """The answer of ITI-68 to the URL that ITI-67 tells."""
        url = str(attachment_of(self.reference(unique_id)).get("url", ""))
        return self.shelf.send(retrieve_document(url, token=self.shelf.token()))


def of_entry(entry: DocumentEntry) -> dict[str, tuple[str, ...]]:
    """What a DocumentEntry says, as :func:`fixtures.epr.fhir_metadata.facts` says it of a DocumentReference."""
    codes = {
        "typeCode": (entry.type_code,),
        "classCode": (entry.class_code,),
        "confidentialityCode": entry.confidentiality_codes,
        "formatCode": (entry.format_code,),
        "healthcareFacilityTypeCode": (entry.healthcare_facility_type_code,),
        "practiceSettingCode": (entry.practice_setting_code,),
        "eventCodeList": entry.event_codes,
    }
    texts = {
        "uniqueId": entry.unique_id,
        "entryUUID": entry.entry_uuid,
        "status": _STATUS.get(entry.status, entry.status),
        "mimeType": entry.mime_type,
        "languageCode": entry.language_code,
        "title": entry.title,
        "comments": entry.comments,
        "creationTime": f"{entry.creation_time}000000"[:14],
        "size": entry.size,
        "hash": entry.hash.lower(),
        "originalProviderRole": entry.original_provider_role.partition("^")[0],
        "deletionStatus": entry.deletion_status,
    }
    found = {name: tuple(_coded(code) for code in values if code) for name, values in codes.items()}
    return {name: tuple(sorted(filter(None, values))) for name, values in {**found, **_single(texts)}.items()}


def _single(texts: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: (value,) for name, value in texts.items()}


def _coded(code: Code) -> str:
    return f"{code.code} ({system_of(code.system)})"
