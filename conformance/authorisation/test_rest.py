"""Which documents are found over the FHIR API: those that are found by ITI-18 under the same policies."""

import pytest

from conformance.authorisation.charts import Charts
from conformance.authorisation.setups import ACTORS
from conformance.fhir.shelf import Shelf
from fixtures.checks.expect import expect
from fixtures.epr.fhir_documents import find_document_references, master_identifier
from fixtures.suite import requirement, transaction

ALL = ("normal", "restricted", "secret")
#: policies of the record, who searches, the levels that are found
MATRIX = [
    ("right-normal", "HCP", ("normal",)),
    ("right-restricted", "HCP", ("normal", "restricted")),
    ("right-restricted", "ASS", ("normal", "restricted")),
    ("group-normal", "HCP", ("normal",)),
    ("emergency-restricted", "HCP-EMER", ("normal", "restricted")),
    ("emergency-restricted", "HCP", ()),
    ("no-right", "HCP", ()),
    ("right-expired", "HCP", ()),
    ("excluded", "HCP", ()),
    ("excluded", "HCP-EMER", ()),
    ("no-right", "PAT", ALL),
    ("represented", "REP", ALL),
    ("representation-expired", "REP", ()),
    ("no-right", "DADM", ALL),
    ("no-right", "PADM", ()),
]


@requirement("POL-ENF-016")
@transaction("PPQ-1", "ITI-41", "ITI-67")
@pytest.mark.parametrize(("setup", "who", "levels"), MATRIX, ids=["-".join(case[:2]) for case in MATRIX])
def test_a_search_finds_what_is_permitted(charts: Charts, setup: str, who: str, levels: tuple[str, ...]) -> None:
    chart = charts[setup]
    role, purpose = ACTORS[who]
    shelf = Shelf(chart.community, chart.patient)
    token = shelf.token(role, purpose=purpose)
    reply = shelf.send(find_document_references(chart.patient.spid, token=token))
    ids = [master_identifier(one) for one in shelf.all_of(reply)]
    found = tuple(level for level, one in chart.documents.items() if one.entry.unique_id in ids)
    expect(reply).meets(found == levels, f"documents found: {', '.join(levels) or 'none'}", ", ".join(found) or "none")
