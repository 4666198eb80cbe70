"""ITI-90: parameters of every search: _id, _lastUpdated, _sort, _count, _format (CH EPR FHIR 5.0.0, ITI-90)."""

from datetime import datetime

import pytest

from conformance.fhir.directory import IDS, MATCHES, Directory
from fixtures.checks.expect import expect
from fixtures.checks.fhirpath import evaluate
from fixtures.epr.fhir_directory import KINDS, find
from fixtures.suite import requirement

NEXT = "link.where(relation = 'next').url"


@requirement("FHIR-ITI90-014")
@pytest.mark.parametrize("kind", KINDS)
def test_a_resource_is_found_by_its_id(directory: Directory, kind: str) -> None:
    known = directory.one(kind)["id"]
    expect(directory.find(kind, ("_id", known))).is_ok().reads(IDS, known)
    expect(directory.find(kind, ("_id", "never-fed-4711"))).is_ok().is_empty()


@requirement("FHIR-ITI90-014")
@pytest.mark.parametrize(("bound", "times"), [("ge1990-01-01", 1), ("le1990-01-01", 0)])
def test_a_resource_is_found_by_its_last_change(directory: Directory, bound: str, times: int) -> None:
    known = directory.practitioner()["id"]
    reply = directory.find("Practitioner", ("_id", known), ("_lastUpdated", bound))
    expect(reply).is_ok().has(f"{IDS}.where($this = '{known}')", times=times)


@requirement("FHIR-ITI90-014")
@pytest.mark.parametrize("order", ["_lastUpdated", "-_lastUpdated"])
def test_resources_come_in_order(directory: Directory, order: str) -> None:
    reply = directory.find("Organization", ("_sort", order))
    told = [resource.get("meta", {}).get("lastUpdated") for resource in reply.resources]
    stamps = [datetime.fromisoformat(stamp) for stamp in told if stamp]
    in_order = sorted(stamps, reverse=order.startswith("-"))
    expect(reply).is_ok().meets(stamps == in_order, f"matches in the order of {order}", told[:20])


@requirement("FHIR-ITI90-014")
def test_a_page_has_no_more_than_was_asked_for_and_leads_to_the_next(directory: Directory) -> None:
    several = len(directory.some("Organization", 2)) > 1
    first = directory.find("Organization", ("_count", "1"))
    expect(first).is_ok().has(MATCHES, times=1)
    expect(first).has(NEXT, times=int(several))


@requirement("FHIR-ITI90-014")
def test_following_pages_have_the_other_resources(directory: Directory) -> None:
    wanted = sorted(directory.some("Organization", 3))
    pages = directory.pages(find("Organization", ("_id", ",".join(wanted)), ("_count", "1")))
    found = sorted(str(one) for page in pages for one in evaluate(page.resource or {}, IDS))
    expect(pages[0]).is_ok().meets(found == wanted, f"on all pages together {', '.join(wanted)}, each once", found)


@requirement("FHIR-ITI90-014")
@pytest.mark.parametrize(("form", "content_type"), [("json", "application/fhir+json"), ("xml", "application/fhir+xml")])
def test_the_format_is_chosen_by_parameter(directory: Directory, form: str, content_type: str) -> None:
    reply = directory.find("Practitioner", ("_id", directory.practitioner()["id"]), ("_format", form))
    expect(reply).is_ok().has("entry.resource.ofType(Practitioner)", times=1)
    expect(reply).meets(reply.content_type.startswith(content_type), content_type, reply.content_type, "Content-Type")
