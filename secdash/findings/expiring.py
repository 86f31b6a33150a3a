"""Acceptances whose last day is over end, and what they held is open again. Asked for by every tick of the clock."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from secdash.findings import holding
from secdash.findings.models import Acceptance, AcceptanceQuerySet, Finding, Why

ACCEPTANCES_A_TICK = 50
FINDINGS_A_TICK = 2000


def expire_due(*, at: datetime) -> int:
    """How many findings are open again. Two ticks at once, or one that stopped half-way, do no harm.

    What does not fit into one tick waits for the next: an acceptance ends only once it holds nothing any more.
    """
    past = Acceptance.objects.past(at.date()).order_by("until", "pk")[:ACCEPTANCES_A_TICK]
    opened = 0
    for acceptance in past:
        left = FINDINGS_A_TICK - opened
        if left <= 0:
            break
        opened += holding.release(Q(acceptance=acceptance), why=Why.EXPIRED, by=None, at=at, most=left)
        _end(acceptance, at)
    _end_unapproved(at)
    return opened


def _end(acceptance: Acceptance, at: datetime) -> None:
    if not Finding.objects.filter(acceptance=acceptance).exists():
        _expired(Acceptance.objects.in_force().filter(pk=acceptance.pk), at)


def _end_unapproved(at: datetime) -> None:
    """What nobody approved in time can only be asked again."""
    _expired(Acceptance.objects.waiting().filter(until__lt=at.date()), at)


def _expired(rows: AcceptanceQuerySet, at: datetime) -> None:
    rows.update(state=Acceptance.State.ENDED, ended=Acceptance.Ended.EXPIRED, ended_at=at)
