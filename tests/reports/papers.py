"""PDFs and schedules for tests."""

from __future__ import annotations

from django.utils import timezone

from secdash.reports import scheduling, writing
from secdash.reports.models import Paper, Schedule


def a_paper(owner, kind="management", query="") -> Paper:
    """One that a worker has written."""
    paper = writing.ask(owner, kind, query, language="en", at=timezone.now())
    Paper.objects.filter(pk=paper.pk).update(state=Paper.State.DONE, content=b"%PDF-1.7", size=8)
    return Paper.objects.get(pk=paper.pk)


def a_schedule(owner, kind="management", every="week", at=None) -> Schedule:
    return scheduling.schedule(owner, kind, "", every, language="en", at=at or timezone.now())
