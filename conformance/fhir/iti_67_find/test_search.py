"""ITI-67: which documents a search finds (IHE MHD 4.2.3 2:3.67; CH EPR FHIR 5.0.0)."""

from dataclasses import dataclass
from typing import Final

import pytest

from conformance.fhir.shelf import ANY, Shelf
from fixtures.checks.expect import expect
from fixtures.client import Community
from fixtures.client.fhir_documents import Provided
from fixtures.epr.ebrim import GENERAL_MEDICINE, HOSPITAL, NORMAL, PHYSICIAN, RESTRICTED, Author, xcn
from fixtures.epr.fhir_documents import (
    attachment_of,
    by_post,
    find_document_references,
    master_identifier,
    read_document_reference,
    references_of,
)
from fixtures.epr.fhir_metadata import DICOM_UID, SNOMED, URI, facts
from fixtures.epr.valuesets import value_set
from fixtures.suite import requirement

pytestmark = pytest.mark.transaction("ITI-67", "ITI-65")
_DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_IHE_FORMAT: Final = "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode"
_CH_FORMAT: Final = "urn:oid:2.16.756.5.30.1.127.3.10.10"
_STUDY: Final = "2.999.756.42.77.1"
#: parameter -> what finds the second document only, both, and none
CODED: Final = {
    "category": (f"{SNOMED}|419891008", f"{SNOMED}|371531000", f"{SNOMED}|184216000"),
    "type": (f"{SNOMED}|419891008", f"{SNOMED}|371530004", f"{SNOMED}|445300006"),
    "setting": (f"{SNOMED}|394579002", f"{SNOMED}|394802001", f"{SNOMED}|394584008"),
    "facility": (f"{SNOMED}|264372000", f"{SNOMED}|22232009", f"{SNOMED}|35971002"),
    "format": (
        f"{_IHE_FORMAT}|urn:ihe:iti:xds-sd:pdf:2008",
        f"{_CH_FORMAT}|urn:che:epr:EPR_Unstructured_Document",
        f"{_IHE_FORMAT}|urn:ihe:rad:PDF",
    ),
    "security-label": (f"{SNOMED}|263856008", f"{SNOMED}|17621005", f"{SNOMED}|1141000195107"),
    "event": (f"{_DCM}|CT", f"{_DCM}|US", f"{_DCM}|MR"),
}
_ROWS: Final = {
    name: f"FHIR-ITI67-{number:03d}"
    for number, name in enumerate(("category", "type", "setting", "facility", "event", "format", "security-label"), 8)
}


@dataclass(frozen=True)
class Pair:
    """Two documents that differ in every attribute that can be searched for."""

    shelf: Shelf
    one: Provided
    two: Provided


@pytest.fixture(scope="module")
def pair(community: Community) -> Pair:
    shelf = Shelf(community, community.record())
    one = shelf.publish(
        practice_setting_code=GENERAL_MEDICINE,
        healthcare_facility_type_code=HOSPITAL,
        event_codes=(value_set("eventCodeList").code("US"),),
        confidentiality_codes=(NORMAL,),
        authors=(PHYSICIAN,),
        creation_time="20250110083000",
        service_start_time="20250105080000",
        service_stop_time="20250107080000",
    )
    two = shelf.publish(
        class_code=value_set("classCode").code("419891008"),
        type_code=value_set("typeCode").code("419891008"),
        practice_setting_code=value_set("practiceSettingCode").code("394579002"),
        healthcare_facility_type_code=value_set("healthcareFacilityTypeCode").code("264372000"),
        format_code=value_set("formatCode").code("urn:ihe:iti:xds-sd:pdf:2008"),
        event_codes=(value_set("eventCodeList").code("CT"),),
        confidentiality_codes=(RESTRICTED,),
        authors=(Author(person=xcn("7601999100202", "Zurbriggen", "Anselm")),),
        creation_time="20250310083000",
        service_start_time="20250305080000",
        service_stop_time="20250307080000",
        reference_ids=(f"{_STUDY}^^^^urn:ihe:iti:xds:2016:studyInstanceUID",),
    )
    return Pair(shelf, one, two)


@requirement("FHIR-ITI67-001")
def test_the_documents_of_a_patient_are_found(pair: Pair) -> None:
    reply = pair.shelf.finds([pair.one, pair.two])
    spid = pair.shelf.patient.spid
    expect(reply).lacks(f"entry.resource.ofType(DocumentReference).where(subject.identifier.value != '{spid}')")
    expect(reply).lacks("entry.resource.ofType(DocumentReference).where(status != 'current')")


@requirement("FHIR-ITI67-001")
def test_a_search_by_post_finds_the_same(pair: Pair) -> None:
    query = pair.shelf.query(("type", CODED["type"][0]))
    wanted = [str(one.get("id")) for one in references_of(pair.shelf.community.fhir.accepted(query))]
    reply = pair.shelf.send(by_post(query))
    found = [str(one.get("id")) for one in references_of(reply)]
    expect(reply).is_ok().meets(found == wanted, f"the same: {wanted}", found)


@requirement("FHIR-ITI67-002")
def test_a_record_without_documents_gives_an_empty_answer(shelf: Shelf) -> None:
    expect(shelf.send(shelf.query())).is_ok().is_empty().reads("total", 0)


each_parameter = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.requirement(row)) for name, row in _ROWS.items()]
)


@each_parameter
def test_a_code_finds_what_has_it(pair: Pair, name: str) -> None:
    pair.shelf.finds([pair.two], (name, CODED[name][0]))


@each_parameter
def test_alternatives_are_joined_by_commas(pair: Pair, name: str) -> None:
    pair.shelf.finds([pair.one, pair.two], (name, ",".join(CODED[name][:2])))


@each_parameter
def test_a_code_nothing_has_finds_nothing(pair: Pair, name: str) -> None:
    pair.shelf.finds([], (name, CODED[name][2]))


@requirement("FHIR-ITI67-015")
def test_creation_bounds_what_is_found(pair: Pair) -> None:
    pair.shelf.finds([pair.two], ("creation", "ge2025-03-01"), ("creation", "lt2025-04-01"))
    pair.shelf.finds([pair.one], ("creation", "lt2025-03-01"))


@requirement("FHIR-ITI67-015")
def test_the_lower_bound_of_creation_is_included_and_the_upper_one_is_not(pair: Pair) -> None:
    pair.shelf.finds([pair.two], ("creation", "ge2025-03-10T08:30:00Z"))
    pair.shelf.finds([pair.one], ("creation", "lt2025-03-10T09:30:00+01:00"))


@requirement("FHIR-ITI67-016")
def test_period_finds_what_overlaps_it(pair: Pair) -> None:
    pair.shelf.finds([pair.two], ("period", "ge2025-03-06"), ("period", "le2025-03-20"))
    pair.shelf.finds([pair.one], ("period", "ge2025-01-01"), ("period", "le2025-01-06"))


@requirement("FHIR-ITI67-017")
def test_identifier_finds_by_unique_id(pair: Pair) -> None:
    pair.shelf.finds([pair.two], ("identifier", f"{URI}|urn:oid:{pair.two.entry.unique_id}"))


@requirement("FHIR-ITI67-017")
def test_identifier_finds_by_entry_uuid(pair: Pair) -> None:
    uuids = facts(pair.shelf.resource(pair.two))["entryUUID"]
    pair.shelf.finds(
        [pair.two], ("identifier", ",".join(f"{URI}|{uuid}" for uuid in uuids or (pair.two.entry.entry_uuid,)))
    )


@requirement("FHIR-ITI67-018")
def test_an_author_is_found_by_name(pair: Pair) -> None:
    pair.shelf.finds([pair.two], ("author.family", "Zurbriggen"))
    pair.shelf.finds([pair.two], ("author.given", "Anselm"))
    pair.shelf.finds([], ("author.family", "Zurbriggen"), ("author.given", "Élodie"))


@requirement("FHIR-ITI67-019")
def test_related_finds_by_study_instance_uid(pair: Pair) -> None:
    pair.shelf.finds_by_one(
        [pair.two], ("related:identifier", f"{DICOM_UID}|urn:oid:{_STUDY}"), ("related", f"urn:oid:{_STUDY}")
    )


@requirement("FHIR-ITI67-030")
def test_the_logical_id_finds_one_document(pair: Pair) -> None:
    pair.shelf.finds([pair.two], ("_id", pair.shelf.resource(pair.two)["id"]))


@requirement("FHIR-ITI67-030")
@pytest.mark.parametrize("name", ["_lastUpdated", "date"])
def test_time_of_change_and_of_submission_bound_what_is_found(pair: Pair, name: str) -> None:
    pair.shelf.finds([pair.one, pair.two], (name, "ge2020-01-01"))
    pair.shelf.finds([], (name, "lt2020-01-01"))


@requirement("FHIR-ITI67-020")
def test_parameters_narrow_each_other(pair: Pair) -> None:
    both = ("category", ",".join(CODED["category"][:2])), ("creation", "ge2025-03-01")
    pair.shelf.finds([pair.two], *both, ("type", CODED["type"][0]))
    pair.shelf.finds([], *both, ("type", CODED["type"][1]))


@requirement("FHIR-ITI67-006")
def test_the_status_tells_current_from_superseded(shelf: Shelf) -> None:
    old = shelf.publish()
    new = shelf.publish(relates=[shelf.relation("replaces", old)])
    shelf.finds([new], status="current")
    shelf.finds([old], status="superseded")
    shelf.finds([old, new], status=ANY)


@requirement("FHIR-ITI67-027")
def test_pages_hold_every_document_once(shelf: Shelf) -> None:
    wanted = sorted(shelf.publish(content=b"%%PDF-1.4 %d" % number).entry.unique_id for number in range(3))
    pages = shelf.pages(1)
    found = sorted(master_identifier(one) for page in pages for one in references_of(page))
    totals = {str((page.resource or {}).get("total")) for page in pages}
    expect(pages[0]).meets(found == wanted and totals == {"3"}, f"each of {wanted} once, total 3", (found, totals))


@requirement("FHIR-ITI67-021")
def test_an_unknown_parameter_is_ignored(pair: Pair) -> None:
    pair.shelf.finds([pair.one, pair.two], ("foo", "bar"))


@requirement("FHIR-ITI67-021")
def test_strict_handling_refuses_an_unknown_parameter(pair: Pair) -> None:
    query = pair.shelf.query()
    call = query.with_more_query("foo", "bar").with_header("Prefer", "handling=strict")
    reply = pair.shelf.send(call, baseline=query)
    expect(reply).prefers(reply.status == 400, "HTTP 400", reply.says)


@requirement("FHIR-ITI67-028")
def test_a_document_reference_is_read(pair: Pair) -> None:
    id_ = pair.shelf.id_of(pair.two)
    reply = pair.shelf.send(read_document_reference(id_, token=pair.shelf.token()))
    expect(reply).is_ok().is_a("DocumentReference").reads("id", id_)
    expect(reply).reads("masterIdentifier.value", f"urn:oid:{pair.two.entry.unique_id}")


@requirement("FHIR-ITI67-023")
def test_the_attachment_of_what_is_found_can_be_retrieved(pair: Pair) -> None:
    url = str(attachment_of(pair.shelf.resource(pair.two)).get("url", ""))
    secure = pair.shelf.community.url("ITI-67").startswith("https://")
    wanted = "https://" if secure else "http"
    reply = pair.shelf.search()
    expect(reply).meets(url.startswith(wanted), f"an absolute URL {wanted}...", url, "attachment.url")
    got = pair.shelf.send(pair.shelf.retrieval(pair.two))
    expect(got).is_ok().meets(got.body == pair.two.content, "the octets that were sent", f"{len(got.body)} octets")


@requirement("FHIR-ITI67-003")
def test_the_documents_of_others_are_not_among_those_found(pair: Pair, shelf: Shelf) -> None:
    own = shelf.publish()
    reply = shelf.send(find_document_references(shelf.patient.spid, token=shelf.token()))
    expect(reply).is_ok().reads("total", 1)
    shelf.finds([own])
    expect(reply).discloses_nothing([pair.one.entry.unique_id, pair.two.entry.unique_id, pair.shelf.patient.spid])
