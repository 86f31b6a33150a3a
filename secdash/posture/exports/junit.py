"""JUnit, a suite a check, a case a finding: open ones fail, accepted ones are skipped, resolved ones pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as xml

from django.db.models import Count

from secdash.findings.models import Finding, FindingQuerySet, State
from secdash.posture.exports.records import each
from secdash.posture.report.structured import UNWRITABLE
from secdash.web.saying import said


def as_junit(findings: FindingQuerySet) -> Iterator[str | bytes]:
    """By check, whatever the list's order: a suite says at its beginning how many of its cases fail."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for check, state, number in findings.order_by().values_list("check_name", "state").annotate(Count("pk")):
        counts[check][state] += number
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="secdash">\n'
    ordered = findings.order_by("check_name", "host__name", "subject_name", "pk")
    for check, cases in groupby(each(ordered), key=lambda finding: finding.check_name):
        yield _head(check, counts[check])
        for finding in cases:
            yield xml.tostring(_case(finding), encoding="unicode") + "\n"
        yield "</testsuite>\n"
    yield "</testsuites>\n"


def _head(check: str, counts: Counter[str]) -> str:
    """An opening tag alone, from an empty element."""
    numbers = {"tests": counts.total(), "failures": counts[State.OPEN], "skipped": counts[State.ACCEPTED]}
    suite = xml.Element("testsuite", {"name": check, **{name: str(number) for name, number in numbers.items()}})
    return xml.tostring(suite, encoding="unicode").removesuffix(" />") + ">\n"


def _case(finding: Finding) -> xml.Element:
    name = f"{finding.host.name} {finding.subject_name}".translate(UNWRITABLE)
    case = xml.Element("testcase", classname=finding.check_name, name=name)
    message = said(finding.message).translate(UNWRITABLE)
    if finding.state == State.OPEN:
        xml.SubElement(case, "failure", type=finding.level.word, message=message)
    elif finding.state == State.ACCEPTED:
        xml.SubElement(case, "skipped", message=message)
    return case
