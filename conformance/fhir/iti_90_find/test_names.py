"""ITI-90: names are found by their beginning, by a part, or exactly (FHIR R4 search, string; CH EPR FHIR 5.0.0)."""

import unicodedata
from dataclasses import dataclass

import pytest

from conformance.fhir.directory import IDS, Directory
from fixtures.checks.expect import expect
from fixtures.checks.verdicts import Reason, Skipped
from fixtures.epr.fhir_directory import GLN_SYSTEM, OID_SYSTEM, Pair
from fixtures.epr.rest_reply import RestReply
from fixtures.suite import requirement


@dataclass(frozen=True)
class Named:
    """A known resource with a name to look for; ``narrowed`` finds it alone."""

    directory: Directory
    kind: str
    id: str
    narrowed: Pair
    parameter: str
    text: str

    def find(self, text: str, modifier: str = "") -> RestReply:
        return self.directory.find(self.kind, self.narrowed, (f"{self.parameter}{modifier}", text))

    def plain(self, text: str) -> str:
        """Without accents."""
        apart = unicodedata.normalize("NFKD", text)
        return "".join(char for char in apart if not unicodedata.combining(char))


@pytest.fixture(params=["family", "given", "name of practitioner", "name of organization"])
def named(request: pytest.FixtureRequest, directory: Directory) -> Named:
    """Each name a search can be about, of the professional of the target file and of a group of his."""
    if request.param == "name of organization":
        known = directory.organization()
        pair = ("identifier", f"{OID_SYSTEM}|{directory.group}")
        return Named(directory, "Organization", known["id"], pair, "name", known["name"])
    known = directory.practitioner()
    pair = ("identifier", f"{GLN_SYSTEM}|{directory.community.user('HCP').gln}")
    name = next(name for name in known["name"] if name.get("family"))
    given = next(iter(name.get("given", ())), "")
    text = given if request.param == "given" else name["family"]
    if len(text) < 3:
        raise Skipped(Reason.NEEDS_USER, f"{request.param} {text!r} of the professional is too short to look for parts")
    return Named(directory, "Practitioner", known["id"], pair, request.param.partition(" ")[0], text)


@requirement("FHIR-ITI90-006")
def test_a_name_is_found_by_its_beginning(named: Named) -> None:
    expect(named.find(named.text[:3])).is_ok().reads(IDS, named.id)


@requirement("FHIR-ITI90-006")
def test_case_does_not_matter(named: Named) -> None:
    expect(named.find(named.text[:4].swapcase())).is_ok().reads(IDS, named.id)


@requirement("FHIR-ITI90-006")
def test_accents_do_not_matter(named: Named) -> None:
    expect(named.find(named.plain(named.text))).is_ok().reads(IDS, named.id)


@requirement("FHIR-ITI90-006")
def test_a_name_is_not_found_by_its_end(named: Named) -> None:
    expect(named.find(named.text[1:])).is_ok().is_empty()


@requirement("FHIR-ITI90-007")
def test_contains_finds_a_part_of_a_name(named: Named) -> None:
    expect(named.find(named.text[1:-1].swapcase(), ":contains")).is_ok().reads(IDS, named.id)


@requirement("FHIR-ITI90-007")
def test_contains_does_not_find_what_is_not_in_a_name(named: Named) -> None:
    expect(named.find(f"{named.text[1:]}qxq", ":contains")).is_ok().is_empty()


@requirement("FHIR-ITI90-008")
def test_exact_finds_the_whole_name(named: Named) -> None:
    expect(named.find(named.text, ":exact")).is_ok().reads(IDS, named.id)


@requirement("FHIR-ITI90-008")
def test_exact_minds_case(named: Named) -> None:
    expect(named.find(named.text.swapcase(), ":exact")).is_ok().is_empty()


@requirement("FHIR-ITI90-008")
def test_exact_wants_all_of_the_name(named: Named) -> None:
    expect(named.find(named.text[:-1], ":exact")).is_ok().is_empty()
