"""The catalogue, written out."""

from __future__ import annotations

import orjson

from knowledge.claims import shipped_claims
from secdash.checks import CATALOGUE
from secdash.checks.benchmark import EDITIONS, FIRST, Item, items
from secdash.posture.report.entries import numbers
from secdash.posture.saying import title_of
from secdash.web.saying import said

LANGUAGES = ("en", "fr")


def as_json() -> str:
    """Every check, and for each edition the numbers without one, why, and the name under which people attest them."""
    guide = {language: shipped_claims(language) for language in LANGUAGES}
    checks = [
        {
            "name": entry.name,
            "title": title_of(entry.name),
            "severity": entry.severity.word,
            "subject": entry.kind,
            "cis": numbers(entry),
            "risks": list(entry.risks),
            "fixable": entry.fixable,
            "guide": {language: guide[language].get(entry.name) for language in LANGUAGES},
        }
        for entry in CATALOGUE.values()
    ]
    manual = {edition: [_manual(item) for item in items(edition) if not item.checks] for edition in EDITIONS}
    return orjson.dumps({"checks": checks, "manual": manual}, option=orjson.OPT_INDENT_2).decode()


def _manual(item: Item) -> dict[str, str | None]:
    return {"number": item.number, "reason": said(item.reason), "name": item.manual.name if item.manual else None}


def as_table() -> str:
    rows = [("CHECK", "SEVERITY", "SUBJECT", f"CIS {FIRST}", "TITLE")]
    rows += [
        (entry.name, entry.severity.word, entry.kind, " ".join(entry.cis.get(FIRST, ())), title_of(entry.name))
        for entry in CATALOGUE.values()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    )
