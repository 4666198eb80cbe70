"""What is done with documents and policies, each with a record of its own; :data:`ACTS` names them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from conformance.audit.acts import TRACE, traced
from conformance.fhir.iti_81_trail.book import Book, Deed, Prepare
from conformance.fhir.shelf import Shelf
from fixtures.client import RegisteredPatient, new_oid
from fixtures.client.records import EXCLUDED, FULL, NORMAL, RESTRICTED, right
from fixtures.epr import ppq
from fixtures.epr.message import Message
from fixtures.epr.names import STORED_QUERY
from fixtures.epr.policy_names import POLICIES
from fixtures.epr.queries import find_documents
from fixtures.epr.saml_read import read_xua
from fixtures.epr.swiss_day import swiss_day
from fixtures.epr.xds import retrieve
from fixtures.policy.patient_policy import PatientPolicy, new_id, onboarding
from fixtures.policy.xacml import patient_document

TITLE: Final = "Opération du cœur – Zürich"
#: somebody and some group the target need not know
SOMEBODY, GROUP = "7601999100202", "urn:oid:2.999.756.1.77.1"


def _people(book: Book, role: str, patient: RegisteredPatient, purpose: str) -> dict[str, Any]:
    """What the token says of who acts."""
    token = read_xua(book.community.token(role, patient, purpose=purpose))
    user = book.community.user(role)
    return {
        "id": token.name_id.value,
        "delegate": user.technical_user_id or user.gln,
        "groups": [(group.oid, group.name) for group in user.groups],
        "purpose": token.purpose,
    }


# --- documents ------------------------------------------------------------------------------------


def _upload(role: str, purpose: str = "", *, transaction: str = "ITI-41", trace: str = "") -> Prepare:
    def prepare(book: Book) -> Deed:
        community = book.community
        patient = community.record()
        if role == "REP":
            community.appoint_representative(patient)
        token = community.token(role, patient, purpose=purpose)
        sent = community.submission(patient, token=token, title=TITLE, transaction=transaction)
        facts = {"entry": sent.entry, **_people(book, role, patient, purpose)}
        message = traced(sent.message) if trace else sent.message
        return Deed(patient, message, {"ATC_DOC_CREATE": 1}, facts, trace)

    return prepare


def _retrieve(role: str, purpose: str = "", documents: int = 1) -> Prepare:
    def prepare(book: Book) -> Deed:
        community = book.community
        patient = community.record()
        contents = [b"%%PDF-1.4 %d" % number for number in range(documents)]
        known = [community.publish(patient, token=community.token("PAT", patient), content=one) for one in contents]
        token = community.token(role, patient, purpose=purpose)
        entries = [one.entry for one in known]
        facts = {
            "documents": [one.unique_id for one in entries],
            "entry": entries[0],
            **_people(book, role, patient, purpose),
        }
        message = retrieve([one.request for one in known], token=token)
        return Deed(patient, message, {"ATC_DOC_READ": documents}, facts)

    return prepare


def update(book: Book) -> Deed:
    """The metadata of a document are changed by CH:MHD-1."""
    shelf = Shelf(book.community, book.community.record(), "HCP")
    before = shelf.publish()
    facts = {"entry": before.entry, **_people(book, "HCP", shelf.patient, "")}
    return Deed(shelf.patient, shelf.update(shelf.resource(before)), {"ATC_DOC_UPDATE": 1}, facts)


def retrieve_unknown(book: Book) -> Deed:
    patient = book.community.record()
    token = book.community.token("PAT", patient)
    known = book.community.publish(patient, token=token).request
    message = retrieve([replace(known, document_unique_id=new_oid())], token=token)
    return Deed(patient, message, {}, is_refused=True)


def retrieve_without_right(book: Book) -> Deed:
    """A professional who has no right, and no emergency."""
    patient = book.community.record([])
    known = book.community.publish(patient, token=book.community.token("PAT", patient)).request
    message = retrieve([known], token=book.community.token("HCP", patient))
    return Deed(patient, message, {}, is_refused=True)


def _search(role: str, purpose: str = "") -> Prepare:
    def prepare(book: Book) -> Deed:
        patient = book.community.record()
        token = book.community.token(role, patient, purpose=purpose)
        facts = {"query": STORED_QUERY["FindDocuments"], **_people(book, role, patient, purpose)}
        return Deed(patient, find_documents(patient.xad_pid, token=token), {"ATC_DOC_SEARCH": 1}, facts)

    return prepare


# --- policies -------------------------------------------------------------------------------------


def _feeding(book: Book, patient: RegisteredPatient, operation: str, one: PatientPolicy) -> Message:
    token, home = book.community.token("PAT", patient), book.community.target.home_community_id
    if operation == "revoke":
        return ppq.delete_policies([one.id], token=token, issuer=home)
    feed = {"grant": ppq.add_policies, "change": ppq.update_policies}[operation]
    return feed([patient_document(one)], token=token, issuer=home)


def _policy(operation: str, code: str, made: PatientPolicy, before: PatientPolicy | None = None) -> Prepare:
    """The patient feeds ``made``; where that is not the first word, ``before`` (or the same) was there already."""

    def prepare(book: Book) -> Deed:
        patient, id_ = book.community.record(), new_id()
        one = replace(made, spid=patient.spid, id=id_)
        if operation != "grant":
            book.community.grant(patient, replace(before or made, spid=patient.spid, id=id_))
        return Deed(patient, _feeding(book, patient, operation, one), {code: 1}, _facts(one))

    return prepare


def _of_record(operation: str, code: str, template: str, reference: str) -> Prepare:
    """One of the policy sets a record begins with (202, 203) is added, changed or deleted."""

    def prepare(book: Book) -> Deed:
        patient = book.community.patient()
        sets = onboarding(patient.spid)
        held = next(one for one in sets if one.template == template)
        first = [one for one in sets if one is not held] if operation == "grant" else sets
        book.community.grant(patient, *first)
        made = replace(held, reference=reference)
        return Deed(patient, _feeding(book, patient, operation, made), {code: 1}, _facts(made))

    return prepare


def _facts(one: PatientPolicy) -> Mapping[str, Any]:
    return {"who": one.who, "reference": f"{POLICIES}{one.reference}", "end": one.end.isoformat() if one.end else ""}


_UNTIL: Final = swiss_day() + timedelta(days=30)
_RIGHT: Final = right(SOMEBODY, NORMAL, end=_UNTIL)
_MORE: Final = replace(_RIGHT, reference=RESTRICTED)
_GROUP: Final = right(GROUP, NORMAL, template="302", end=_UNTIL)
_REPRESENTATIVE: Final = right("rep-9", FULL, template="303")
_EXCLUDED: Final = right(SOMEBODY, EXCLUDED)
_CREATE, _UPDATE, _REMOVE = (f"ATC_POL_{what}_AUT_PART_AL" for what in ("CREATE", "UPDATE", "REMOVE"))

#: by name: the transactions that are needed besides ITI-81, and how it is prepared
ACTS: Final[dict[str, tuple[tuple[str, ...], Prepare]]] = {
    "upload": (("ITI-41",), _upload("HCP")),
    "upload with trace": (("ITI-41",), _upload("HCP", trace=TRACE)),
    "upload by a patient": (("ITI-41",), _upload("PAT")),
    "upload by a representative": (("ITI-41",), _upload("REP")),
    "automatic upload": (("ITI-41",), _upload("TCU", "AUTO")),
    "upload by an assistant": (("ITI-41",), _upload("ASS")),
    "registration": (("ITI-42",), _upload("HCP", transaction="ITI-42")),
    "retrieval": (("ITI-41", "ITI-43"), _retrieve("HCP")),
    "retrieval of two documents": (("ITI-41", "ITI-43"), _retrieve("HCP", documents=2)),
    "retrieval by an assistant": (("ITI-41", "ITI-43"), _retrieve("ASS")),
    "retrieval in an emergency": (("ITI-41", "ITI-43"), _retrieve("HCP", "EMER")),
    "retrieval of an unknown document": (("ITI-41", "ITI-43"), retrieve_unknown),
    "retrieval without right": (("PPQ-1", "ITI-41", "ITI-43"), retrieve_without_right),
    "update": (("CH:MHD-1", "ITI-65", "ITI-67", "ITI-71"), update),
    "search": (("ITI-18",), _search("HCP")),
    "search in an emergency": (("ITI-18",), _search("HCP", "EMER")),
    "search by a patient": (("ITI-18",), _search("PAT")),
    "grant": (("PPQ-1",), _policy("grant", _CREATE, _RIGHT)),
    "grant without end": (("PPQ-1",), _policy("grant", _CREATE, right(SOMEBODY, RESTRICTED))),
    "change of a grant": (("PPQ-1",), _policy("change", _UPDATE, _MORE, _RIGHT)),
    "end of a grant": (("PPQ-1",), _policy("revoke", _REMOVE, _RIGHT)),
    "grant to a group": (("PPQ-1",), _policy("grant", _CREATE, _GROUP)),
    "representative": (("PPQ-1",), _policy("grant", _CREATE, _REPRESENTATIVE)),
    "emergency access": (("PPQ-1",), _of_record("grant", "ATC_POL_ENA_EMER_USE", "202", NORMAL)),
    "end of emergency access": (("PPQ-1",), _of_record("revoke", "ATC_POL_DIS_EMER_USE", "202", NORMAL)),
    "provide level": (("PPQ-1",), _of_record("change", "ATC_POL_DEF_CONFLEVEL", "203", "provide-level:restricted")),
    "exclusion": (("PPQ-1",), _policy("grant", "ATC_POL_INCL_BLACKLIST", _EXCLUDED)),
    "end of an exclusion": (("PPQ-1",), _policy("revoke", "ATC_POL_EXL_BLACKLIST", _EXCLUDED)),
}
