"""The risks that somebody accepted on the sample fleet: begun on their day, ended on theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from secdash.findings import holding
from secdash.findings.models import Acceptance, Why
from secdash.fleet.models import Host
from secdash.scans.sample.plan import AcceptedPlan

NAME = "Sample data"


def follow(host: Host, accepted: tuple[AcceptedPlan, ...], days_ago: int, at: datetime) -> None:
    """What begins or ends on that day, after its scan."""
    for plan in accepted:
        if plan.since == days_ago:
            _begin(host, plan, at)
        if plan.since - plan.days - 1 == days_ago:
            _end(host, plan, at)


def _begin(host: Host, plan: AcceptedPlan, at: datetime) -> None:
    acceptance = Acceptance.objects.create(
        check_name=plan.check,
        scope=Acceptance.Scope.HOST,
        covers=Acceptance.Covers.PRESENT,
        host=host,
        reason=plan.reason,
        until=at.date() + timedelta(days=plan.days),
        state=Acceptance.State.IN_FORCE,
        by_name=NAME,
        at=at,
    )
    holding.hold(acceptance, by=None, at=at)


def _end(host: Host, plan: AcceptedPlan, at: datetime) -> None:
    over = Acceptance.objects.in_force().filter(host=host, check_name=plan.check, by_name=NAME)
    for acceptance in over:
        holding.release(Q(acceptance=acceptance), why=Why.EXPIRED, by=None, at=at)
    over.update(state=Acceptance.State.ENDED, ended=Acceptance.Ended.EXPIRED, ended_at=at)
