"""The catalogue of checks as a file, with what it says of the reader's hosts now."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.checks.benchmark import EDITIONS, cis_for
from secdash.posture import catalogue
from secdash.posture.catalogue import Entry
from secdash.posture.exports.sheets import Sheet
from secdash.posture.saying import title_of
from secdash.web.words import SEVERITY_WORDS

NEWEST = EDITIONS[-1]
COLUMNS = (
    *("check", "title", "severity", "judges", "cis", "risks"),
    *("passed", "failed", "unknown", "not_applicable", "open"),
)


def sheet(user: User, mark: str) -> Sheet:
    """`mark` is that of `keeping`."""
    headings = {
        "said": _("Severity"),
        "title": _("Check"),
        "check": _("Name"),
        "cis": "CIS",
        "passed": _("Pass"),
        "failed": _("Fail"),
        "unknown": _("Unknown"),
        "open": _("Open"),
    }
    return Sheet("checks", _("Checks"), COLUMNS, headings, map(record_of, catalogue.entries(user, mark)))


def record_of(entry: Entry) -> dict[str, Any]:
    check, faces = entry.check, entry.faces
    return {
        "check": check.name,
        "title": title_of(check.name),
        "severity": check.severity.word,
        "said": str(SEVERITY_WORDS[check.severity.word]),
        "judges": check.kind,
        "cis": list(cis_for(check.name, NEWEST)),
        "risks": list(check.risks),
        "passed": faces.passed,
        "failed": faces.failed,
        "unknown": faces.unknown,
        "not_applicable": faces.not_applicable,
        "open": entry.open,
    }
