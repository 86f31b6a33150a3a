"""The team's policy by severity: until when findings are due, how long risks are accepted, and who must agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Case, Value, When
from django.db.models.fields import DateField

from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.checks.outcome import Severity
from secdash.findings.models import Finding, FindingEvent, SeverityPolicy, State
from secdash.findings.telling import tell_due

BATCH = 2000


class Rule(msgspec.Struct, frozen=True):
    """What holds for one severity; None sets no bound."""

    fix_days: int | None = None
    accept_days: int | None = None
    approvals: int = 0


class Policy(msgspec.Struct, frozen=True):
    """The rules as they were read. Whoever asks for many findings reads them once and asks here."""

    rules: Mapping[int, Rule]

    def rule(self, severity: int) -> Rule:
        return self.rules.get(severity, Rule())

    def due_on(self, severity: int, opened_at: datetime) -> date | None:
        """The last day in time of a finding that opened then."""
        days = self.rule(severity).fix_days
        return None if days is None else opened_at.date() + timedelta(days=days)

    def last_day(self, severity: int, today: date) -> date | None:
        """The latest day until which a risk of this severity can be accepted today; None where it may never end."""
        days = self.rule(severity).accept_days
        return None if days is None else today + timedelta(days=days)

    def dues(self, opened_at: datetime) -> Case:
        """The same due dates as an expression over findings."""
        cases = [When(severity=rank, then=Value(self.due_on(rank, opened_at))) for rank in self.rules]
        return Case(*cases, default=Value(None), output_field=DateField(null=True))


def current() -> Policy:
    """One query for all five."""
    rows = SeverityPolicy.objects.values_list("severity", "fix_days", "accept_days", "approvals")
    return Policy({severity: Rule(fix, accept, approvals) for severity, fix, accept, approvals in rows})


def due_on(severity: int, opened_at: datetime) -> date | None:
    """For one finding; whoever has many asks `current()` once."""
    return current().due_on(severity, opened_at)


@transaction.atomic
def change(rules: Mapping[int, Rule], *, by: User, at: datetime) -> int:
    """Write the rules that differ; how many did. They hold for what opens, and what is accepted, from now on."""
    changed = 0
    before = current()
    for severity, rule in rules.items():
        if before.rules.get(severity) != rule:
            SeverityPolicy.objects.update_or_create(severity=severity, defaults=msgspec.structs.asdict(rule))
            changed += 1
    if changed:
        record("policy.changed", by=by, before=_told(before), after=_told(current()), at=at)
    return changed


def _told(policy: Policy) -> dict[str, Any]:
    """By the word of each severity, as the log of changes keeps it."""
    return {str(Severity(rank)): msgspec.structs.asdict(rule) for rank, rule in sorted(policy.rules.items())}


def set_open_dues(*, by: User, at: datetime) -> int:
    """Give every open finding the due date that the policy asks for, counted from its opening; how many changed.

    In batches, each its own transaction, so that no scan waits for all of them.
    """
    policy, changed, last = current(), 0, 0
    while rows := list(
        Finding.objects.filter(state=State.OPEN, pk__gt=last)
        .order_by("pk")
        .values_list("pk", "severity", "opened_at", "due_on")[:BATCH]
    ):
        changed += _set_dues(policy, rows, by=by, at=at)
        last = rows[-1][0]
    record("policy.dues_set", by=by, after={"findings": changed}, at=at)
    return changed


@transaction.atomic
def _set_dues(policy: Policy, rows: list[tuple[int, int, datetime, date | None]], *, by: User, at: datetime) -> int:
    """One statement for all findings that get the same day; nothing of what closed in the meantime."""
    due = {pk: policy.due_on(severity, opened_at) for pk, severity, opened_at, _before in rows}
    wrong = [pk for pk, _severity, _opened_at, before in rows if due[pk] != before]
    still = Finding.objects.open().filter(pk__in=wrong).order_by("pk").select_for_update()
    by_day: dict[date | None, dict[int, date | None]] = {}
    for pk, before in still.values_list("pk", "due_on"):
        by_day.setdefault(due[pk], {})[pk] = before
    for day, were in by_day.items():
        Finding.objects.filter(pk__in=were).update(due_on=day)
        tell_due(were, day, by=by, at=at, kind=FindingEvent.Kind.POLICY)
    return sum(map(len, by_day.values()))


def severities() -> list[Severity]:
    """Worst first, as pages list them."""
    return sorted(Severity, reverse=True)


def open_count() -> int:
    """How many findings a change of all due dates is about."""
    return Finding.objects.open().count()
