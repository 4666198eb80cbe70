"""junit.xml: the view CI servers read. One testcase per test of the ledger, nothing more and nothing less."""

import re
from pathlib import Path

from lxml import etree

from fixtures.checks.verdicts import Verdict
from fixtures.epr.xml import Element
from reports.run import Run, Test

#: characters XML 1.0 cannot carry
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHILD = {
    Verdict.FAIL: "failure",
    Verdict.ERROR: "error",
    Verdict.SKIP: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.INCONCLUSIVE: "skipped",
}


def write_junit(run: Run, folder: Path) -> Path:
    root = etree.Element("testsuites", name="eprobe")
    for suite in sorted({test.suite for test in run.tests}):
        tests = [test for test in run.tests if test.suite == suite]
        element = etree.SubElement(
            root,
            "testsuite",
            name=suite,
            tests=str(len(tests)),
            failures=str(sum(test.verdict is Verdict.FAIL for test in tests)),
            errors=str(sum(test.verdict is Verdict.ERROR for test in tests)),
            skipped=str(sum(_CHILD.get(test.verdict) == "skipped" for test in tests)),
            time=f"{sum(test.seconds for test in tests):.3f}",
        )
        for test in tests:
            _testcase(element, test)
    path = folder / "junit.xml"
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
    return path


def _testcase(suite: Element, test: Test) -> None:
    file, _, name = test.id.partition("::")
    case = etree.SubElement(
        suite,
        "testcase",
        classname=_clean(file.removesuffix(".py").replace("/", ".")),
        name=_clean(name or file),
        time=f"{test.seconds:.3f}",
    )
    properties = etree.SubElement(case, "properties")
    etree.SubElement(properties, "property", name="verdict", value=test.verdict.value)
    for requirement in test.requirements:
        etree.SubElement(properties, "property", name="requirement", value=requirement)
    if child := _CHILD.get(test.verdict):
        message = f"{test.reason}: {test.message}" if test.reason else test.message
        element = etree.SubElement(case, child, message=_clean(message.partition("\n")[0][:500]))
        element.text = _clean(message)


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
