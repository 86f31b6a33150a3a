"""Whose a finding is, and until when it is to be fixed: what people intend, which no scan ever changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.findings.models import Finding, FindingQuerySet


def assign(
    findings: FindingQuerySet | Iterable[int], assignee: User | None, *, by: User, at: datetime
) -> dict[int, int | None]:
    """Give these findings to somebody, or to nobody; by finding's id, whose each was before (the person's id)."""
    return _set(findings, "assignee_id", assignee.pk if assignee else None, by)


def set_due(
    findings: FindingQuerySet | Iterable[int], day: date | None, *, by: User, at: datetime
) -> dict[int, date | None]:
    """Set the last day in time, or none; by finding's id, the day that it had before."""
    return _set(findings, "due_on", day, by)


@transaction.atomic
def _set(findings: FindingQuerySet | Iterable[int], column: str, value: object, by: User) -> dict[int, Any]:
    """Rows are locked in the order of their keys, so that two acts on the same findings wait and never block."""
    if not by.can(Act.TRIAGE):
        raise PermissionDenied
    chosen = findings if isinstance(findings, FindingQuerySet) else Finding.objects.filter(pk__in=list(findings))
    before = dict(chosen.select_for_update(of=("self",)).order_by("pk").values_list("pk", column))
    Finding.objects.filter(pk__in=before).update(**{column: value})
    return before
