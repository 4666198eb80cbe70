"""ITI-90: a search finds what fits all of its parameters (CH EPR FHIR 5.0.0, ITI-90, tables of parameters).

Each parameter is tried beside one that finds a single known resource: with a right value it is found, with another
one it is not, however many others there are.
"""

import pytest

from conformance.fhir.directory import IDS, Directory, place_of
from fixtures.checks.expect import expect
from fixtures.checks.fhirpath import evaluate
from fixtures.epr.fhir_directory import GLN_SYSTEM, OID_SYSTEM, Pair, find, find_by_form
from fixtures.suite import requirement

NOTHING = "http://snomed.info/sct|0"


@pytest.fixture
def gln(directory: Directory) -> Pair:
    """Finds the professional of the target file."""
    return "identifier", f"{GLN_SYSTEM}|{directory.community.user('HCP').gln}"


@pytest.fixture
def oid(directory: Directory) -> Pair:
    """Finds a group of that professional."""
    return "identifier", f"{OID_SYSTEM}|{directory.group}"


def token_of(resource: dict[str, object], element: str) -> str:
    """The first code of an element, as a search parameter."""
    system, code = (evaluate(resource, f"{element}.coding.first().{part}") for part in ("system", "code"))
    return f"{system[0]}|{code[0]}" if system and code else ""


@requirement("FHIR-ITI90-004")
def test_a_practitioner_is_found_by_gln(directory: Directory, gln: Pair) -> None:
    value = gln[1].partition("|")[2]
    reply = directory.find("Practitioner", gln)
    expect(reply).is_ok().has(f"entry.resource.identifier.where(system = '{GLN_SYSTEM}' and value = '{value}')")
    expect(reply).has("entry.resource.ofType(Practitioner)", times=1)


@requirement("FHIR-ITI90-004")
def test_a_practitioner_is_found_by_gln_without_system(directory: Directory, gln: Pair) -> None:
    known = directory.practitioner()["id"]
    expect(directory.find("Practitioner", ("identifier", gln[1].partition("|")[2]))).is_ok().reads(IDS, known)


@requirement("FHIR-ITI90-005")
def test_an_organization_is_found_by_oid(directory: Directory, oid: Pair) -> None:
    reply = directory.find("Organization", oid)
    expect(reply).is_ok().has(f"entry.resource.identifier.where(value = '{directory.group}')")
    expect(reply).has("entry.resource.ofType(Organization)", times=1)


@requirement("FHIR-ITI90-009")
@pytest.mark.parametrize("kind", ["Organization", "Practitioner"])
def test_active_tells_the_active_from_the_others(directory: Directory, kind: str, gln: Pair, oid: Pair) -> None:
    known = oid if kind == "Organization" else gln
    state, other = directory.states(directory.known(kind, known))
    expect(directory.find(kind, known, ("active", state))).is_ok().has(IDS, times=1)
    expect(directory.find(kind, known, ("active", other))).is_ok().is_empty()


@requirement("FHIR-ITI90-009")
def test_active_tells_the_active_roles_from_the_others(directory: Directory) -> None:
    role = directory.role()
    state, other = directory.states(role)
    known, itself = ("practitioner", directory.professional), f"{IDS}.where($this = '{role['id']}')"
    expect(directory.find("PractitionerRole", known, ("active", state))).is_ok().has(itself)
    expect(directory.find("PractitionerRole", known, ("active", other))).is_ok().lacks(itself)


@requirement("FHIR-ITI90-010")
def test_an_organization_is_found_by_type(directory: Directory, oid: Pair) -> None:
    known = directory.organization()
    expect(directory.find("Organization", oid, ("type", token_of(known, "type")))).is_ok().reads(IDS, known["id"])
    expect(directory.find("Organization", oid, ("type", NOTHING))).is_ok().is_empty()


@requirement("FHIR-ITI90-010")
def test_an_organization_is_found_by_what_it_is_part_of(directory: Directory, oid: Pair) -> None:
    known = directory.organization()
    above, itself = place_of(f"/{known.get('partOf', {}).get('reference', '')}"), f"Organization/{known['id']}"
    expect(directory.find("Organization", oid, ("partof", itself))).is_ok().is_empty()
    found = directory.find("Organization", oid, ("partof", above or itself))
    expect(found).is_ok().reads(IDS, *([known["id"]] if above else []))


@requirement("FHIR-ITI90-011")
@pytest.mark.parametrize(
    ("parameter", "element"), [("role", "code"), ("specialty", "specialty")], ids=["role", "specialty"]
)
def test_a_role_is_found_by_its_codes(directory: Directory, parameter: str, element: str) -> None:
    known, practitioner = directory.role(), ("practitioner", directory.professional)
    itself, code = f"{IDS}.where($this = '{known['id']}')", token_of(known, element)
    found = directory.find("PractitionerRole", practitioner, *([(parameter, code)] if code else []))
    expect(found).is_ok().has(itself)
    expect(directory.find("PractitionerRole", practitioner, (parameter, NOTHING))).is_ok().is_empty()


@requirement("FHIR-ITI90-011")
def test_a_role_is_found_by_practitioner_and_organization(directory: Directory) -> None:
    known = directory.role()
    who = ("practitioner", directory.professional)
    where = ("organization", directory.reference(known, "organization"))
    itself = f"{IDS}.where($this = '{known['id']}')"
    expect(directory.find("PractitionerRole", who, where)).is_ok().has(itself)
    expect(directory.find("PractitionerRole", who, ("organization", "Organization/never-fed-4711"))).lacks(itself)
    expect(directory.find("PractitionerRole", where, ("practitioner", "Practitioner/never-fed-4711"))).lacks(itself)


@requirement("FHIR-ITI90-012")
def test_practitioners_of_roles_are_included(directory: Directory) -> None:
    who = directory.practitioner()["id"]
    pairs = (("practitioner", f"Practitioner/{who}"), ("_include", "PractitionerRole:practitioner"))
    reply = directory.find("PractitionerRole", *pairs)
    expect(reply).is_ok().reads("entry.where(search.mode = 'include').resource.ofType(Practitioner).id", who)
    expect(reply).has("entry.where(search.mode = 'match').resource.ofType(PractitionerRole)")
    expect(reply).lacks("entry.where(search.mode = 'match').resource.ofType(Practitioner)")


@requirement("FHIR-ITI90-013")
@pytest.mark.parametrize("parameter", ["location", "service"])
def test_places_and_services_are_found_nowhere(directory: Directory, parameter: str) -> None:
    known = ("practitioner", directory.professional)
    expect(directory.find("PractitionerRole", known, (parameter, "x"))).is_ok().is_empty()


@requirement("FHIR-ITI90-013")
@pytest.mark.parametrize(
    "include",
    [
        ("_include", "Organization:endpoint"),
        ("_include", "Organization.endpoint"),
        ("_revinclude", "Location:organization"),
        ("_revInclude", "Location:organization"),
        ("_revinclude", "OrganizationAffiliation:primary-organization"),
    ],
    ids="=".join,
)
def test_what_cannot_be_included_changes_nothing(directory: Directory, oid: Pair, include: Pair) -> None:
    known = directory.organization()["id"]
    expect(directory.find("Organization", oid, include)).is_ok().reads(IDS, known)


@requirement("FHIR-ITI90-015")
@pytest.mark.parametrize("wrong", [("_lastUpdated", "ge2025-99-99"), ("active", "maybe")], ids="=".join)
def test_a_value_that_cannot_be_read_is_refused(directory: Directory, gln: Pair, wrong: Pair) -> None:
    call = find("Practitioner", gln)
    reply = directory.send(call.with_query(*wrong), baseline=call)
    expect(reply).is_refused(400, usual=["value", "invalid"], tolerated=[422])


@requirement("FHIR-GEN-027")
def test_a_search_by_post_finds_what_one_by_get_finds(directory: Directory, gln: Pair) -> None:
    by_get = directory.find("Practitioner", gln)
    by_post = directory.send(find_by_form("Practitioner", gln))
    expect(by_post).is_ok().reads(IDS, *evaluate(by_get.resource or {}, IDS))
    expect(by_post).reads("total", *evaluate(by_get.resource or {}, "total"))
