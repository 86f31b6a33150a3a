"""One finding at a time, as plain values in the reader's language: what every format is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from secdash.findings.models import Finding, FindingQuerySet
from secdash.posture.saying import title_of
from secdash.web.saying import said

CHUNK = 500


def each(findings: FindingQuerySet) -> Iterator[Finding]:
    """Read from the database in chunks; nothing is kept."""
    return findings.select_related("host", "assignee").defer("bound_to").iterator(chunk_size=CHUNK)


def rows(findings: FindingQuerySet) -> Iterator[dict[str, Any]]:
    return map(record_of, each(findings))


def record_of(finding: Finding) -> dict[str, Any]:
    """With its host and assignee fetched, it costs no query."""
    return {
        "id": finding.pk,
        "host": finding.host.name,
        "check": finding.check_name,
        "title": title_of(finding.check_name),
        "severity": finding.level.word,
        "state": finding.state,
        "subject_kind": finding.subject_kind,
        "subject": finding.subject_name,
        "project": finding.project,
        "image": finding.image,
        "reason": said(finding.message),
        "evidence": dict(finding.evidence),
        "assignee": finding.assignee.get_username() if finding.assignee else None,
        "due_on": finding.due_on.isoformat() if finding.due_on else None,
        "opened_at": finding.opened_at.isoformat(),
        "changed_at": finding.changed_at.isoformat(),
    }
