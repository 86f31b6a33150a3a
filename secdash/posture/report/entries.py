"""Verdicts as plain records, in the reader's language: what every format is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language

from knowledge.claims import shipped_claims
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check, Verdict
from secdash.checks.outcome import Status
from secdash.facts.model import KINDS, Subject, Unknown, listing
from secdash.fixes import render
from secdash.posture.report.look import Look
from secdash.posture.saying import title_of
from secdash.web.saying import said


def entries(look: Look) -> Iterator[dict[str, Any]]:
    """One record a verdict, in the look's order."""
    guide = shipped_claims(get_language() or "en")
    subjects = subjects_of(look)
    for verdict in look.verdicts:
        yield _entry(verdict, guide.get(verdict.check), _fix(verdict, subjects, look))


def numbers(check: Check) -> dict[str, str | list[str]]:
    """The benchmark's numbers: a text, or a list where one check answers several."""
    return {edition: found[0] if len(found) == 1 else list(found) for edition, found in check.cis.items()}


def subjects_of(look: Look) -> dict[tuple[str, str], Subject]:
    """Everything that a verdict may be about, by kind and key."""
    listings = (listing(look.facts, kind) for kind in KINDS)
    found = [subject for listed in listings if not isinstance(listed, Unknown) for subject in listed]
    return {(subject.kind, subject.key): subject for subject in found}


def _entry(verdict: Verdict, guide: str | None, fix: dict[str, Any] | None) -> dict[str, Any]:
    check = CATALOGUE[verdict.check]
    subject = verdict.subject
    return {
        "check": verdict.check,
        "title": title_of(verdict.check),
        "severity": verdict.severity.word,
        "cis": numbers(check),
        "risks": list(check.risks),
        "status": str(verdict.status),
        "reason": said(verdict.outcome.reason),
        "evidence": dict(verdict.outcome.evidence),
        "subject": {"kind": subject.kind, "key": subject.key, "name": subject.name},
        "guide": guide,
        "fix": fix,
    }


def _fix(verdict: Verdict, subjects: dict[tuple[str, str], Subject], look: Look) -> dict[str, Any] | None:
    """The fix of a failure; None where there is nothing to mend, or no machine can write it."""
    subject = subjects.get((verdict.subject.kind, verdict.subject.key))
    if verdict.status is not Status.FAIL or subject is None:
        return None
    fix = CATALOGUE[verdict.check].fix(subject)
    if fix is None:
        return None
    rendered = render(fix, subject, look.facts, said)
    return {
        "summary": said(rendered.summary),
        "compose_diff": rendered.compose_diff,
        "run": rendered.run_after,
        "daemon_json": rendered.daemon_json,
        "commands": list(rendered.commands),
        "notes": [said(note) for note in rendered.notes],
    }
