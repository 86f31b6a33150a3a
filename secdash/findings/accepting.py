"""Living with what a check says: asking for it within the policy, ending it early, taking single findings back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record
from secdash.checks import CATALOGUE
from secdash.checks.outcome import Severity
from secdash.facts.message import Message, say
from secdash.findings import covering, holding
from secdash.findings.access import may_decide_on
from secdash.findings.asked import Asked, Covers, NotAcceptable, Scope
from secdash.findings.models import Acceptance, Finding, FindingQuerySet, State, Why
from secdash.findings.policy import Policy, current
from secdash.findings.signals import approval_asked
from secdash.fleet.access import acts_somewhere, groups_where, may

__all__ = ["Asked", "NotAcceptable", "accept", "end", "open_within", "take_back", "worst"]

LONGEST_REASON = 2000
BEYOND = say("This takes in hosts on which you may not accept risks. Choose a narrower scope.")


def accept(asked: Asked, *, by: User, at: datetime) -> Acceptance:
    """Accept what is asked, or have it wait for somebody to approve it. Raises NotAcceptable with the reason.

    Asked again in the same words, it goes on where it was interrupted.
    """
    asked = asked._replace(chosen=list(asked.chosen), reason=asked.reason.strip())
    _check_words(asked, at)
    if not may_accept(by, asked):
        raise NotAcceptable(BEYOND)
    acceptance = _same(asked, by) or _write(asked, by=by, at=at)
    if acceptance.state == Acceptance.State.IN_FORCE:
        holding.hold(acceptance, by=by, at=at)
    return acceptance


def may_accept(by: User, asked: Asked) -> bool:
    """Whether they may accept risks on every host that this is about, also on those that are still to come.

    Of findings that were chosen only those count on which they may: the others are left out (`open_within`).
    """
    if by.sees_all and by.can(Act.ACCEPT_RISK):
        return True
    if asked.scope == Scope.CHOSEN:
        return Act.ACCEPT_RISK in acts_somewhere(by)
    host = asked.finding.host if asked.finding else asked.host
    if host is not None:
        return may(by, Act.ACCEPT_RISK, host)
    return asked.group is not None and groups_where(by, Act.ACCEPT_RISK).filter(pk=asked.group.pk).exists()


def open_within(asked: Asked, by: User) -> FindingQuerySet:
    """The open findings that this person would accept now."""
    return Finding.objects.allowing(by, Act.ACCEPT_RISK).open().filter(covering.within(asked))


def worst(asked: Asked, by: User) -> Severity | None:
    """The severity whose rules count: of the worst that stands open, or of the check, where later ones are covered."""
    standing: int | None = open_within(asked, by).aggregate(worst=Max("severity"))["worst"]
    entry = CATALOGUE.get(asked.check_name)
    found = [standing] if standing is not None else []
    if asked.covers == Covers.LATER and entry:
        found.append(entry.severity)
    return Severity(max(found)) if found else None


def end(acceptance: Acceptance, *, by: User, at: datetime) -> int:
    """Take an acceptance back before its time; how many findings are open again. Repeated, it finishes what is left.

    Raises PermissionDenied for somebody who may not accept risks on every host that it is about.
    """
    if not may_decide_on(by, Act.ACCEPT_RISK, acceptance):
        raise PermissionDenied
    unended = Acceptance.objects.filter(pk=acceptance.pk).exclude(state__in=OVER)
    before = told(acceptance)
    with transaction.atomic():
        if unended.update(state=Acceptance.State.ENDED, ended=Acceptance.Ended.WITHDRAWN, ended_at=at, ended_by=by):
            record("acceptance.ended", by=by, on=acceptance, before=before, at=at)
    acceptance.refresh_from_db()
    return holding.release(Q(acceptance=acceptance), why=Why.RETURNED, by=by, at=at)


def is_over(acceptance: Acceptance) -> bool:
    """Whether ending it would change nothing. One whose ending was interrupted still holds findings."""
    return acceptance.state in OVER and not Finding.objects.filter(acceptance=acceptance).exists()


def take_back(findings: Collection[int], *, by: User, at: datetime) -> int:
    """Open single findings again, whatever holds them; how many. What held them does not take them another time.

    Of findings on hosts where this person may not accept risks nothing is taken back.
    """
    allowed = Finding.objects.allowing(by, Act.ACCEPT_RISK).filter(pk__in=findings)
    findings = list(allowed.values_list("pk", flat=True))
    accepted = Finding.objects.filter(pk__in=findings, state=State.ACCEPTED)
    held_by = sorted({pk for pk in accepted.values_list("acceptance", flat=True) if pk})
    count = holding.release(Q(pk__in=findings), why=Why.RETURNED, by=by, at=at)
    for pk in held_by:
        with transaction.atomic():
            holding.conclude(pk, Acceptance.Ended.WITHDRAWN, at=at, by=by)
    if count:
        first = Finding.objects.filter(pk__in=findings).order_by("pk").first()
        record("finding.taken_back", by=by, on=first, after={"findings": count, "acceptances": held_by}, at=at)
    return count


OVER = (Acceptance.State.ENDED, Acceptance.State.REFUSED)


def _check_words(asked: Asked, at: datetime) -> None:
    if not asked.reason:
        raise NotAcceptable(say("Say why this risk is accepted."))
    if len(asked.reason) > LONGEST_REASON:
        raise NotAcceptable(say("Say it in at most %(most)s characters.", most=LONGEST_REASON))
    if asked.until and asked.until < at.date():
        raise NotAcceptable(say("This day is over. Choose today or a later one."))
    if not _is_whole(asked):
        raise NotAcceptable(say("Say what the acceptance is about."))


def _is_whole(asked: Asked) -> bool:
    """Whether the scope has what it is named after, and a check where it is about one."""
    needed = {
        Scope.FINDING: asked.finding is not None,
        Scope.CHOSEN: bool(asked.chosen),
        Scope.HOST: asked.host is not None,
        Scope.GROUP: asked.group is not None,
        Scope.PROJECT: bool(asked.project),
        Scope.IMAGE: bool(asked.image),
    }
    named = asked.check_name in CATALOGUE or asked.scope in (Scope.FINDING, Scope.CHOSEN)
    return asked.scope in Scope and asked.covers in Covers and named and needed.get(Scope(asked.scope), True)


def _same(asked: Asked, by: User) -> Acceptance | None:
    """What this person has asked for in the same words, as long as it is neither refused nor over."""
    if asked.scope == Scope.CHOSEN:
        return None
    standing = Acceptance.objects.filter(state__in=(Acceptance.State.IN_FORCE, Acceptance.State.WAITING), by=by)
    return standing.filter(**_columns(asked)).first()


def _columns(asked: Asked) -> dict[str, Any]:
    """What is kept of it. Where it is about some findings only, the other columns of its scope stay empty."""
    kept = {name: getattr(asked, name) for name in ("scope", "check_name", "covers", "reason", "until")}
    if asked.scope == Scope.CHOSEN:
        return kept
    if asked.scope == Scope.FINDING and asked.finding:
        return {**kept, "check_name": asked.finding.check_name, "finding": asked.finding}
    return {**kept, "finding": None, **{name: getattr(asked, name) for name in ("host", "group", "project", "image")}}


@transaction.atomic
def _write(asked: Asked, *, by: User, at: datetime) -> Acceptance:
    acceptance = _create(asked, _checked_severity(asked, by, at), by=by, at=at)
    if asked.scope == Scope.CHOSEN:
        acceptance.chosen.set(open_within(asked, by).values_list("pk", flat=True))
    ask_approval(acceptance, at=at)
    record("acceptance.asked", by=by, on=acceptance, after=told(acceptance), at=at)
    return acceptance


def told(acceptance: Acceptance) -> dict[str, Any]:
    """The acceptance as the log of changes keeps it."""
    kept = {name: getattr(acceptance, name) for name in ("check_name", "scope", "covers", "reason", "until", "state")}
    return {name: value for name, value in kept.items() if value}


def _create(asked: Asked, severity: Severity, *, by: User, at: datetime) -> Acceptance:
    waits = current().rule(severity).approvals > 0
    return Acceptance.objects.create(
        state=Acceptance.State.WAITING if waits else Acceptance.State.IN_FORCE,
        by=by,
        by_name=by.display_name,
        at=at,
        **_columns(asked),
    )


def ask_approval(acceptance: Acceptance, *, at: datetime) -> None:
    """Tell those who may approve it, where it waits for that; once it is known which findings it is about."""
    if acceptance.state == Acceptance.State.WAITING:
        approval_asked.send(sender=Acceptance, acceptance=acceptance, at=at)


@transaction.atomic
def begin_chosen(reason: str, until: date | None, severity: Severity, *, by: User, at: datetime) -> Acceptance:
    """An acceptance of chosen findings that has none yet: who makes it adds them, asks for approval, holds them.

    `severity` is of the worst of them. Raises NotAcceptable with the reason.
    """
    asked = Asked(Scope.CHOSEN, "", reason.strip(), until, Covers.PRESENT, chosen=[0])
    _check_words(asked, at)
    _check_end(asked, severity, current(), at)
    return _create(asked, severity, by=by, at=at)


def _checked_severity(asked: Asked, by: User, at: datetime) -> Severity:
    """The severity that decides, once its limits are kept."""
    severity = worst(asked, by)
    if severity is None or (asked.covers == Covers.PRESENT and not open_within(asked, by).exists()):
        raise NotAcceptable(say("Nothing stands open there that could be accepted."))
    _check_end(asked, severity, current(), at)
    return severity


def _check_end(asked: Asked, severity: Severity, policy: Policy, at: datetime) -> None:
    last = policy.last_day(severity, at.date())
    if last is None:
        return
    days = policy.rule(severity).accept_days
    if asked.until is None:
        raise NotAcceptable(_needs_an_end(days))
    if asked.until > last:
        raise NotAcceptable(_ends_too_late(days, last))


def _needs_an_end(days: int | None) -> Message:
    if days == 1:
        return say("The policy lets this be accepted for at most 1 day. Give its last day.")
    return say("The policy lets this be accepted for at most %(days)s days. Give its last day.", days=days)


def _ends_too_late(days: int | None, last: date) -> Message:
    if days == 1:
        return say("The policy lets this be accepted for at most 1 day: until %(last)s.", last=last)
    return say("The policy lets this be accepted for at most %(days)s days: until %(last)s.", days=days, last=last)
