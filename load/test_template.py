import itertools

import pytest

from fixtures.epr.hl7v3 import Addressing, pix_query
from fixtures.epr.identifiers import II
from fixtures.epr.message import Message, soap_envelope
from fixtures.epr.queries import find_documents
from load.template import TOKEN, NoTemplate, template

URL = "https://localhost:1/Registry"
QUERY = find_documents("7^^^&2.999.756.1.3&ISO", token=TOKEN)


def test_what_is_filled_is_the_message_with_another_id() -> None:
    made = template(QUERY, URL)
    filled = Message("ITI-18", made.fill(b"<a/>"))
    assert filled.message_id != QUERY.message_id
    fixed = QUERY.addressed(URL)
    expected = fixed.envelope.replace(fixed.message_id.encode(), filled.message_id.encode())
    assert filled.envelope == expected.replace(TOKEN, b"<a/>")


def test_no_body_is_sent_twice() -> None:
    made = template(QUERY, URL)
    assert len({made.fill() for _ in range(100)}) == 100


def test_ids_that_are_always_the_same_stay() -> None:
    unchanged = template(QUERY, URL).fill()
    assert unchanged.count(b"urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d") == 1  # id of the stored query


def test_the_ids_of_an_hl7_query_are_fresh() -> None:
    who = Addressing("2.999.1", "2.999.2", "2.999.3", "2.999.4")
    made = template(pix_query(II("2.999.3", "P-1"), who), URL)
    assert len(made.makers) >= 2
    assert made.fill() != made.fill()


def test_a_second_that_ends_between_two_copies_is_no_mistake() -> None:
    moments = iter(["1", "2", "2", "2"])

    class Stamped(Message):
        def addressed(self, _: str) -> Message:
            return Message("PPQ-9", soap_envelope("urn:a", f"<a>{next(moments)}</a>".encode()))

    assert b"<a>2</a>" in template(Stamped("PPQ-9", soap_envelope("urn:a", b"<a/>")), URL).fill()


def test_what_differs_in_more_than_ids_has_no_template() -> None:
    lengths = itertools.count()

    class Changing(Message):
        def addressed(self, _: str) -> Message:
            return Message("PPQ-9", soap_envelope("urn:a", b"<a>%d</a>" % next(lengths)))

    with pytest.raises(NoTemplate):
        template(Changing("PPQ-9", soap_envelope("urn:a", b"<a/>")), URL)
