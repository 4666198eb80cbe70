"""The second opinion in the readiness page and in results.json: numbers, evidence, and nothing that runs."""

import json
from typing import Any

from lxml.html import HtmlElement, fromstring

from fixtures.ledger import Consulted, Ledger, Opinion
from reports.conftest import Story

PLACE = "Bundle.entry[{0}].resource/*Patient/bb5b8c5c-95e0-4c50-8a6c-4fa7ae280e1{0}*/.gender"


def tell(story: Story, *records: Opinion | Consulted) -> None:
    ledger = Ledger(story.folder / "ledger.jsonl", worker="opinion")
    for record in records:
        ledger.write(record)
    ledger.close()


def opinion(number: int, exchange: str, text: str = "wrong") -> Opinion:
    error = {"place": PLACE.format(number), "text": text}
    return Opinion("a validator", f"{number:064d}", "Bundle", (exchange,), (error,) if text else (), 1)


def consulted(judged: int, why: str = "", **left_out: int) -> Consulted:
    return Consulted("a validator", (), judged + sum(left_out.values()), judged, left_out, why)


def told(story: Story) -> tuple[Any, str]:
    story.reports()
    results = json.loads(story.read("results.json"))["second_opinion"]
    return results, " ".join(page_of(story).text_content().split())


def page_of(story: Story) -> HtmlElement:
    page = fromstring(story.read("readiness.html"))
    assert isinstance(page, HtmlElement)
    return page


def test_without_a_validator_there_is_no_word_of_it(story: Story) -> None:
    story.test("pass")
    results, page = told(story)
    assert results is None
    assert "econd opinion" not in page


def test_answers_are_counted_by_who_found_something(story: Story) -> None:
    seen, unseen, fine = story.exchange(), story.exchange(), story.exchange()
    story.test("fail", findings=({"expected": "a", "received": "b", "path": "", "evidence": [seen, fine]},))
    tell(story, opinion(1, seen), opinion(2, unseen), opinion(3, fine, ""), opinion(4, "E-x", ""), consulted(4))
    results, page = told(story)
    assert [results[key] for key in ("both", "validator_only", "suite_only", "neither")] == [1, 1, 1, 1]
    assert "1with errors the suite did not find" in page


def test_the_same_error_in_many_answers_is_one_line(story: Story) -> None:
    story.test("pass")
    tell(story, opinion(1, "E-a-1"), opinion(2, "E-a-2"), consulted(2))
    results, page = told(story)
    (error,) = results["errors"]
    assert (error["place"], error["answers"], error["exchanges"]) == ("Patient.gender", 2, ["E-a-1", "E-a-2"])
    assert "E-a-1 E-a-2" in page


def test_an_opinion_does_not_change_the_exit_code(story: Story) -> None:
    story.test("pass")
    tell(story, opinion(1, "E-a-1"), consulted(1))
    story.reports()
    with_it = json.loads(story.read("results.json"))
    assert with_it["counts"]["fail"] == 0
    assert with_it["second_opinion"]["validator_only"] == 1


def test_why_there_is_none_is_told(story: Story) -> None:
    story.test("pass")
    tell(story, consulted(0, "no outcome within 900 s", cut=2))
    results, page = told(story)
    assert (results["why"], results["left_out"]) == ("no outcome within 900 s", {"cut": 2})
    assert "None: no outcome within 900 s" in page


def test_what_a_validator_says_stays_text(story: Story) -> None:
    story.test("pass")
    tell(story, opinion(1, "E-a-1", "</td><script>alert(1)</script>"), consulted(1))
    story.reports()
    assert not page_of(story).findall(".//script")
