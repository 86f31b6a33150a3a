"""Noticing what happened: each finished scan and each acceptance once, for every rule that wants it.

Keys commit out of order, so there is no "last one seen": what was looked at has a row in `Told`, and what has none is
looked at, for as long as HORIZON. The unique row is also what keeps two ticks at once from hearing the same twice: the
second one's insert fails, and with it all that it would have written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef

from secdash.findings.models import Acceptance, Transition, Why
from secdash.fleet.models import Host
from secdash.messaging import news as what
from secdash.messaging.looking_back import OVER, Looked, looked
from secdash.messaging.models import Pending, Rule, Told
from secdash.scans.models import Scan

HORIZON = timedelta(days=3)  # what is older is not told any more: after a long pause nobody wants last week's alarms
LATEST_EXPIRY = timedelta(days=30)  # an acceptance is ended at most so long after its last day
FARTHEST = timedelta(days=90)  # a rule looks ahead at most
AT_ONCE = 500
Event = Rule.Event

WHYS: dict[str, str] = {
    Why.SEEN: Event.NEW,
    Why.REOPENED: Event.REOPENED,
    Why.VOIDED: Event.VOIDED,
    Why.FIXED: Event.RESOLVED,
    Why.GONE: Event.RESOLVED,
}
TURNS: dict[str, str] = {
    what.UNREACHABLE: Event.UNREACHABLE,
    what.REACHABLE: Event.UNREACHABLE,
    what.FAILING: Event.FAILING,
    what.WORKING: Event.FAILING,
}
Worst = Mapping[str, int]  # event → the worst severity of its findings


def hear(*, at: datetime) -> int:
    """Hand everything new to the rules that want it; how many scans and acceptances were new. All or nothing."""
    try:
        with transaction.atomic():
            rules = list(Rule.objects.listening())
            return _scans(rules, at) + _expired(rules, at) + _ending(rules, at)
    except IntegrityError:
        return 0  # another tick is at it


def _scans(rules: list[Rule], at: datetime) -> int:
    told = Told.objects.filter(what=Told.What.SCAN, rule=0, number=OuterRef("pk"))
    recent = Scan.objects.filter(state__in=OVER, finished_at__gte=at - HORIZON)
    fresh = list(recent.filter(~Exists(told)).order_by("finished_at").values_list("pk", flat=True)[:AT_ONCE])
    _tell(Told.What.SCAN, fresh, at)
    if not fresh or not rules:
        return len(fresh)
    heard = looked(Scan.objects.filter(pk__in=fresh))
    worst, tags = _worst(fresh), _tags(rules, heard)
    _wait((rule, Told.What.SCAN, scan.pk) for scan in heard for rule in rules if _wants(rule, scan, worst, tags))
    return len(fresh)


def _worst(scans: list[int]) -> dict[int, dict[str, int]]:
    """For each scan, the events among findings and how bad the worst of each is."""
    rows = Transition.objects.filter(scan__in=scans, why__in=list(WHYS)).order_by()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for scan, why, severity in rows.values_list("scan", "why").annotate(worst=Max("finding__severity")):
        event = WHYS[why]
        found[scan][event] = max(severity, found[scan].get(event, 0))
    return found


def _tags(rules: list[Rule], heard: list[Looked]) -> set[tuple[int, int]]:
    """Which of these hosts have which of the tags that rules are about."""
    tags = {rule.tag_id for rule in rules if rule.tag_id}
    if not tags:
        return set()
    through = Host.tags.through.objects
    hosts = {scan.host_id for scan in heard}
    return set(through.filter(tag__in=tags, host__in=hosts).values_list("host_id", "tag_id"))


def _wants(rule: Rule, scan: Looked, worst: Mapping[int, Worst], tags: set[tuple[int, int]]) -> bool:
    """Whether the scan is worth a message; what the receiver may see is asked when the message is written."""
    if scan.finished_at < rule.created_at or not _is_about(rule, scan, tags):
        return False
    if (turn := scan.turn) and rule.wants(TURNS[turn]):
        return True
    events = worst.get(scan.pk, {})
    return any(rule.wants(event) and severity >= rule.severity for event, severity in events.items())


def _is_about(rule: Rule, scan: Looked, tags: set[tuple[int, int]]) -> bool:
    match rule.scope:
        case Rule.Scope.HOST:
            return scan.host_id == rule.host_id
        case Rule.Scope.GROUP:
            return scan.group_id == rule.group_id
        case Rule.Scope.TAG:
            return (scan.host_id, rule.tag_id) in tags
    return True


def _expired(rules: list[Rule], at: datetime) -> int:
    told = Told.objects.filter(what=Told.What.EXPIRED, rule=0, number=OuterRef("pk"))
    since = at - HORIZON
    ended = Acceptance.objects.filter(
        state=Acceptance.State.ENDED,
        ended=Acceptance.Ended.EXPIRED,
        ended_at__gte=since,
        until__gte=(since - LATEST_EXPIRY).date(),
    )
    fresh = dict(ended.filter(~Exists(told)).values_list("pk", "ended_at")[:AT_ONCE])
    _tell(Told.What.EXPIRED, fresh, at)
    wanting = [rule for rule in rules if rule.wants(Event.EXPIRED)]
    _wait(
        (rule, Told.What.EXPIRED, pk)
        for pk, ended_at in fresh.items()
        for rule in wanting
        if ended_at and ended_at >= rule.created_at
    )
    return len(fresh)


def _ending(rules: list[Rule], at: datetime) -> int:
    """Each rule looks ahead as far as it says, and tells of each acceptance once."""
    wanting = [rule for rule in rules if rule.wants(Event.ENDING)]
    if not wanting:
        return 0
    today, farthest = at.date(), timedelta(days=max(rule.ahead for rule in wanting))
    near = Acceptance.objects.in_force().filter(until__gte=today, until__lte=today + farthest)
    until = dict(near.order_by("until").values_list("pk", "until")[:AT_ONCE])
    told = set(Told.objects.filter(what=Told.What.ENDING, number__in=list(until)).values_list("rule", "number"))
    fresh = [
        (rule, pk)
        for rule in wanting
        for pk, day in until.items()
        if day and day <= today + timedelta(days=rule.ahead) and (rule.pk, pk) not in told
    ]
    rows = [Told(what=Told.What.ENDING, number=pk, rule=rule.pk, at=at) for rule, pk in fresh]
    Told.objects.bulk_create(rows, batch_size=AT_ONCE)
    _wait((rule, Told.What.ENDING, pk) for rule, pk in fresh)
    return len(fresh)


def _tell(kind: str, numbers: Iterable[int], at: datetime) -> None:
    Told.objects.bulk_create([Told(what=kind, number=number, at=at) for number in numbers], batch_size=AT_ONCE)


def _wait(rows: Iterable[tuple[Rule, str, int]]) -> None:
    waiting = [Pending(rule=rule, what=kind, number=number) for rule, kind, number in rows]
    Pending.objects.bulk_create(waiting, batch_size=AT_ONCE, ignore_conflicts=True)
