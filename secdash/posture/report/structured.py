"""For programs: JSON, CSV, SARIF and JUnit."""

from __future__ import annotations

import csv
import io
from typing import Any
from xml.etree import ElementTree as xml

import orjson

from secdash import __version__
from secdash.checks import CATALOGUE
from secdash.checks.engine import Verdict
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Unknown
from secdash.posture.exports.tables import harmless
from secdash.posture.report.entries import entries
from secdash.posture.report.look import Look
from secdash.posture.saying import title_of
from secdash.web.saying import said

CSV_COLUMNS = ("severity", "status", "check", "title", "cis", "subject_kind", "subject", "reason", "evidence", "guide")
SARIF_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# What XML 1.0 cannot hold at all.
UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def as_json(look: Look) -> str:
    engine = look.facts.engine
    document = {
        "secdash": __version__,
        "endpoint": look.endpoint,
        "scanned_at": look.at.isoformat(),
        "engine": {
            "name": engine.name,
            "version": plain(engine.version),
            "api_version": plain(engine.api_version),
            "os": plain(engine.os),
            "kernel": plain(engine.kernel),
        },
        "score": look.standing.value,
        "grade": look.standing.grade,
        "assessed": None if look.standing.assessed is None else round(look.standing.assessed, 4),
        "counts": look.counts,
        "timings_ms": look.timings,
        "verdicts": list(entries(look)),
    }
    return orjson.dumps(document, default=str, option=orjson.OPT_INDENT_2).decode()


def as_csv(look: Look) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for entry in entries(look):
        cells = {
            **entry,
            "cis": _cis(entry["cis"]),
            "subject_kind": entry["subject"]["kind"],
            "subject": entry["subject"]["name"],
            "evidence": orjson.dumps(entry["evidence"], default=str).decode(),
        }
        writer.writerow([harmless(cells[column]) for column in CSV_COLUMNS])
    return text.getvalue().rstrip("\n")


def as_sarif(look: Look) -> str:
    """SARIF 2.1.0: a rule a check, a result a failure."""
    failed = look.failures()
    rules = sorted({verdict.check for verdict in failed})
    driver = {
        "name": "secdash",
        "version": __version__,
        "rules": [rule(name) for name in rules],
    }
    run = {"tool": {"driver": driver}, "results": [_result(verdict, rules, look.endpoint) for verdict in failed]}
    document = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def as_junit(look: Look) -> str:
    """A suite a check, a case a subject; what is unknown or not applicable is skipped, with the reason."""
    root = xml.Element("testsuites", name="secdash")
    by_check: dict[str, list[Verdict]] = {}
    for verdict in look.verdicts:
        by_check.setdefault(verdict.check, []).append(verdict)
    for name, verdicts in by_check.items():
        _suite(root, name, verdicts)
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True)


def plain(fact: str | Unknown) -> str | None:
    return None if isinstance(fact, Unknown) else fact


def _cis(numbers: dict[str, Any]) -> str:
    found = numbers.get("1.6", "")
    return found if isinstance(found, str) else " ".join(found)


def rule(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": title_of(name)},
        "defaultConfiguration": {"level": SARIF_LEVELS[CATALOGUE[name].severity]},
        "properties": {"severity": CATALOGUE[name].severity.word, "tags": ["security", *CATALOGUE[name].risks]},
    }


def _result(verdict: Verdict, rules: list[str], endpoint: str) -> dict[str, Any]:
    subject = verdict.subject
    place = {"name": subject.name, "fullyQualifiedName": f"{endpoint} {subject.kind} {subject.key}"}
    return {
        "ruleId": verdict.check,
        "ruleIndex": rules.index(verdict.check),
        "level": SARIF_LEVELS[verdict.severity],
        "message": {"text": f"{subject.name}: {said(verdict.outcome.reason) or title_of(verdict.check)}"},
        "locations": [{"logicalLocations": [place]}],
        "partialFingerprints": {"secdash/v1": f"{verdict.check}/{subject.kind}/{subject.key}"},
    }


def _suite(root: xml.Element, name: str, verdicts: list[Verdict]) -> None:
    failed = sum(verdict.status is Status.FAIL for verdict in verdicts)
    skipped = sum(verdict.status in (Status.UNKNOWN, Status.NOT_APPLICABLE) for verdict in verdicts)
    counts = {"name": name, "tests": str(len(verdicts)), "failures": str(failed), "skipped": str(skipped)}
    suite = xml.SubElement(root, "testsuite", counts)
    for verdict in verdicts:
        case = xml.SubElement(suite, "testcase", classname=name, name=verdict.subject.name.translate(UNWRITABLE))
        message = said(verdict.outcome.reason).translate(UNWRITABLE)
        if verdict.status is Status.FAIL:
            xml.SubElement(case, "failure", type=verdict.severity.word, message=message)
        elif verdict.status is not Status.PASS:
            xml.SubElement(case, "skipped", message=message)
