"""SARIF 2.1.0, a rule a check, a result a finding: the rules are asked for first, the results written one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from secdash import __version__
from secdash.checks import CATALOGUE
from secdash.findings.models import Finding, FindingQuerySet, State
from secdash.posture.exports.records import each
from secdash.posture.report.structured import SARIF_LEVELS, SARIF_SCHEMA, rule
from secdash.posture.saying import title_of
from secdash.web.saying import said

RESULTS = b'"results":[]'


def as_sarif(findings: FindingQuerySet) -> Iterator[str | bytes]:
    """Also valid for a check that this version no longer has, which then has no rule."""
    names = findings.order_by("check_name").values_list("check_name", flat=True).distinct()
    rules = [name for name in names if name in CATALOGUE]
    head, tail = _around(rules)
    yield head
    for number, finding in enumerate(each(findings)):
        yield (b",\n" if number else b"\n") + orjson.dumps(_result(finding, rules))
    yield b"\n" + tail


def _around(rules: list[str]) -> tuple[bytes, bytes]:
    """The document before and after its results."""
    driver = {"name": "secdash", "version": __version__, "rules": [rule(name) for name in rules]}
    run = {"tool": {"driver": driver}, "results": []}
    document = orjson.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})
    head, _, tail = document.rpartition(RESULTS)
    return head + RESULTS[:-1], b"]" + tail


def _result(finding: Finding, rules: list[str]) -> dict[str, Any]:
    about = f"{finding.subject_kind} {finding.subject_key}"
    place = {"name": finding.subject_name, "fullyQualifiedName": f"{finding.host.name} {about}"}
    result: dict[str, Any] = {
        "ruleId": finding.check_name,
        "level": SARIF_LEVELS[finding.level],
        "message": {"text": f"{finding.subject_name}: {said(finding.message) or title_of(finding.check_name)}"},
        "locations": [{"logicalLocations": [place]}],
        "partialFingerprints": {"secdash/v1": f"{finding.check_name}/{finding.subject_kind}/{finding.subject_key}"},
        "properties": {"host": finding.host.name, "state": finding.state},
    }
    if finding.check_name in rules:
        result["ruleIndex"] = rules.index(finding.check_name)
    if finding.state == State.ACCEPTED:
        result["suppressions"] = [{"kind": "external", "status": "accepted"}]
    if finding.state == State.RESOLVED:
        result["baselineState"] = "absent"
    return result
