"""A small ledger to make reports of, written record by record as the suites do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fixtures.epr.message import Message, read_reply, soap_envelope
from fixtures.ledger import FILE_NAME, Collected, End, Judgement, Ledger, Observation, Run
from reports.run import Run as View
from reports.write import write_reports

TARGET = {"name": "Nowhere", "home": "urn:oid:2.999.1", "environment": "test", "claims": ["ITI-18"]}


class Story:
    """Tells what happened in a run; :meth:`reports` closes the book and writes every view."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tests: list[Judgement] = []
        self._rest: list[Observation] = []
        self._lost: dict[str, Mapping[str, Any]] = {}
        self._ledger = Ledger(folder / FILE_NAME)

    def exchange(self, answer: str = "<answer xmlns='urn:x'/>", test: str = "conformance/test_it.py::test_it") -> str:
        """One exchange; its evidence number."""
        request = Message(
            "ITI-18", soap_envelope("urn:x:ask", b"<ask xmlns='urn:x'/>"), changes=("without the status",)
        )
        envelope = soap_envelope("urn:x:answer", answer.encode())
        reply = read_reply(request, 200, {"Content-Type": "application/soap+xml"}, envelope)
        return self._ledger.exchange(test, request, "http://127.0.0.1:9/", request.http(), reply, 0.01)

    def test(self, verdict: str, row: str = "XDS-ITI18-003", **more: Any) -> None:
        test = f"conformance/test_it.py::test_{len(self.tests)}"
        told = {"test": test, "suite": "conformance", "title": "A claim", "requirements": (row,), "verdict": verdict}
        self.tests.append(Judgement(**(told | more)))

    def observed(self, row: str, exchange: str, finding: Mapping[str, Any]) -> None:
        self._rest.append(Observation("conformance/test_it.py::test_it", row, "fail", finding, exchange))

    def without_verdict(self, test: str = "conformance/test_it.py::test_lost", **about: Any) -> None:
        """A test that was collected and never ended."""
        self._lost[test] = about

    def reports(self, *, exit_code: int = 0) -> View:
        ledger, tests = self._ledger, (*(judgement.test for judgement in self.tests), *self._lost)
        ledger.write(Run("1", TARGET, {"name": "eprobe", "version": "0"}, (), len(tests)))
        ledger.write(Collected("conformance", tests, self._lost))
        for record in (*self.tests, *self._rest):
            ledger.write(record)
        ledger.write(End("conformance", exit_code, {}))
        ledger.close()
        return write_reports(self.folder, allure_html=False)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)
