"""What a rule's waiting scans and acceptances come to, of the hosts that its receiver may see now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from secdash.checks import CATALOGUE
from secdash.facts.message import Message
from secdash.findings.models import Acceptance, Finding, State, Transition, Why
from secdash.fleet.models import Host, HostQuerySet
from secdash.messaging import audience
from secdash.messaging import news as what
from secdash.messaging.composing import MOST_NAMED
from secdash.messaging.hearing import TURNS, WHYS
from secdash.messaging.looking_back import Looked, looked
from secdash.messaging.models import Pending, Rule, Told
from secdash.messaging.news import Count as Counted
from secdash.messaging.news import Ends, FirstScan, HostNews, News, Place, Shown
from secdash.scans.models import Scan

CLOSING = (Why.FIXED, Why.GONE)
OPENING = (Why.SEEN, Why.REOPENED, Why.VOIDED)


class Gathered(NamedTuple):
    """`hosts`: the ids of all that the news name or count."""

    news: News
    hosts: frozenset[int]


def gather(rule: Rule) -> Gathered:
    """A constant number of queries, whatever waits."""
    hosts = audience.hosts_of_rule(rule)
    scans = looked(Scan.objects.filter(pk__in=_numbers(rule, Told.What.SCAN), host__in=hosts))
    first = [scan for scan in scans if scan.is_first and rule.wants(Rule.Event.NEW)]
    moves = _moves(rule, hosts).exclude(scan__in=[scan.pk for scan in first])
    counts = list(_counts(moves))
    turns = list(_turns(rule, scans))
    places = _places({scan.host_id for scan in (*first, *(scan for scan, _ in turns))})
    news = News(
        counts=tuple(count for _host, count in counts),
        shown=tuple(_shown(moves)),
        first=tuple(_first(first, places)),
        hosts=tuple(_host_news(scan, turn, places) for scan, turn in turns),
        ends=tuple(_ends(rule, hosts)),
    )
    return Gathered(news, frozenset({*(host for host, _count in counts), *places}))


def _numbers(rule: Rule, kind: str) -> QuerySet[Pending, int]:
    return Pending.objects.filter(rule=rule, what=kind).values_list("number", flat=True)


def _places(hosts: set[int]) -> dict[int, Place]:
    rows = Host.objects.filter(pk__in=hosts).values_list("pk", "name", "slug")
    return {pk: _place(name, slug) for pk, name, slug in rows}


def _place(name: str, slug: str) -> Place:
    return Place(name, reverse("host", args=[slug]), slug)


# --- findings -----------------------------------------------------------------------------------------------------


def _moves(rule: Rule, hosts: HostQuerySet) -> QuerySet[Transition]:
    """What moved a finding to where it still is: what was opened and is resolved again is no news."""
    whys = [why for why, event in WHYS.items() if rule.wants(event)]
    opened = Q(why__in=OPENING, finding__state=State.OPEN)
    closed = Q(why__in=CLOSING, finding__state=State.RESOLVED)
    return Transition.objects.filter(
        opened | closed,
        scan__in=_numbers(rule, Told.What.SCAN),
        why__in=whys,
        finding__severity__gte=rule.severity,
        finding__host__in=hosts,
    ).order_by()


def _counts(moves: QuerySet[Transition]) -> Iterator[tuple[int, Counted]]:
    """By host, way and severity, with the host's id."""
    rows = moves.values_list("finding__host", "finding__host__name", "finding__host__slug", "why", "finding__severity")
    sums: dict[tuple[int, str, str, str, int], int] = {}
    for host, name, slug, why, severity, number in rows.annotate(number=Count("finding", distinct=True)):
        key = (host, name, slug, WHYS[why], severity)
        sums[key] = sums.get(key, 0) + number
    for (host, name, slug, event, severity), number in sorted(sums.items()):
        yield host, Counted(_place(name, slug), event, severity, number)


def _shown(moves: QuerySet[Transition]) -> list[Shown]:
    """The worst that are open; one that moved twice stands once."""
    worst = moves.filter(why__in=OPENING).order_by("-finding__severity", "finding__check_name", "finding")
    rows = worst.values_list(
        "finding", "finding__check_name", "finding__subject_name", "finding__host__name", "finding__severity"
    )[: 2 * MOST_NAMED]
    return [
        Shown(title_of(check), subject, host, severity, reverse("finding", args=[pk]))
        for pk, check, subject, host, severity in dict.fromkeys(rows)
    ][:MOST_NAMED]


def title_of(check: str) -> str:
    """Its title in English, which is a message id; the bare name of a check that is no more."""
    entry = CATALOGUE.get(check)
    return entry.title if entry else check


# --- hosts --------------------------------------------------------------------------------------------------------


def _turns(rule: Rule, scans: Iterable[Looked]) -> Iterator[tuple[Looked, str]]:
    """For each host its last change, unless that brought it back to where it was."""
    by_host: dict[int, list[Looked]] = {}
    for scan in scans:
        if scan.turn:
            by_host.setdefault(scan.host_id, []).append(scan)
    for turns in by_host.values():
        first, last = turns[0], turns[-1]
        if first.was != last.state and rule.wants(TURNS[last.turn]):
            yield last, last.turn


def _host_news(scan: Looked, turn: str, places: Mapping[int, Place]) -> HostNews:
    why = scan.failure or Message("")
    return HostNews(places[scan.host_id], turn, why.text, why.values)


def _first(scans: list[Looked], places: Mapping[int, Place]) -> Iterator[FirstScan]:
    opened = Transition.objects.filter(scan__in=[scan.pk for scan in scans], why=Why.SEEN).order_by()
    numbers = dict(opened.values_list("scan").annotate(Count("pk"))) if scans else {}
    for scan in scans:
        yield FirstScan(places[scan.host_id], numbers.get(scan.pk, 0))


# --- acceptances --------------------------------------------------------------------------------------------------


def _ends(rule: Rule, hosts: HostQuerySet) -> Iterator[Ends]:
    """Those that hold, or held, findings on these hosts."""
    if rule.wants(Rule.Event.EXPIRED):
        back = Transition.objects.filter(
            acceptance__in=_numbers(rule, Told.What.EXPIRED), why=Why.EXPIRED, finding__state=State.OPEN
        )
        counted = back.filter(finding__host__in=hosts).order_by().values_list("acceptance")
        yield from _ended(
            what.EXPIRED, counted.annotate(Count("finding", distinct=True), Count("finding__host", distinct=True))
        )
    if rule.wants(Rule.Event.ENDING):
        held = Finding.objects.filter(acceptance__in=_numbers(rule, Told.What.ENDING), host__in=hosts).order_by()
        yield from _ended(
            what.ENDING, held.values_list("acceptance").annotate(Count("pk"), Count("host", distinct=True))
        )


def _ended(kind: str, rows: Iterable[tuple[int, int, int]]) -> Iterator[Ends]:
    counts = {pk: (findings, hosts) for pk, findings, hosts in rows}
    for acceptance in Acceptance.objects.filter(pk__in=counts).order_by("until", "pk"):
        title = title_of(acceptance.check_name) if acceptance.check_name else ""
        day = acceptance.until.isoformat() if acceptance.until else ""
        yield Ends(kind, title, day, *counts[acceptance.pk], url=page_of(acceptance))


def page_of(acceptance: Acceptance) -> str:
    """Its page, or the accepted findings of its check where this version has none."""
    try:
        return acceptance.get_absolute_url()
    except NoReverseMatch:
        return f"{reverse('findings')}?state=accepted&check={acceptance.check_name}"
