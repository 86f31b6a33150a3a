"""What can be chosen of each facet, and how many findings each choice would show under all the other filters.

Three facets that lie on one table are counted together: findings are summed by host, by check, and by assignee and
due date, each without the filters of that table, and these few sums are then divided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Case, CharField, Count, Value, When
from django.utils import timezone

from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.outcome import Severity
from secdash.findings.access import findings_for
from secdash.findings.models import FindingQuerySet
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture.filtering.facets import (
    CIS_SECTIONS,
    ME,
    NO_DUE,
    NOBODY,
    ON_CHECKS,
    ON_HOSTS,
    OVERDUE,
    SOON,
    SOON_IS,
    in_section,
)
from secdash.posture.filters import Filters, in_state

MOST_CHOICES = 200
Counts = dict[str, Counter[str]]  # by facet and value
Words = Mapping[str, tuple[str, ...]]  # the values that one row has, by facet


class Counted(NamedTuple):
    """By facet and value; `names` are what hosts and groups are called, `people` those who may be assignees."""

    counts: Counts
    names: Mapping[str, Mapping[str, str]]


def counts(user: User, filters: Filters) -> Counted:
    """Seven queries."""
    hosts = list(hosts_for(user).select_related("group").prefetch_related("tags"))
    found: Counts = {
        **_of_hosts(hosts, _found(user, filters, *ON_HOSTS), filters),
        **_of_checks(_found(user, filters, *ON_CHECKS), filters),
        **_of_people(_found(user, filters, "assignee", "due"), filters, user, timezone.now().date()),
    }
    for name in ("project", "image"):
        found[name] = _of_column(_found(user, filters, name), name)
    names = {
        "host": {host.slug: host.name for host in hosts},
        "group": {host.group.slug: host.group.name for host in hosts if host.group},
    }
    return Counted(found, names)


def _found(user: User, filters: Filters, *left_out: str) -> FindingQuerySet:
    """What the filters show without these facets."""
    return in_state(filters.free_of(*left_out).among(findings_for(user), user), filters.state).order_by()


def _of_hosts(hosts: Iterable[Host], found: FindingQuerySet, filters: Filters) -> Counts:
    numbers = dict(found.values_list("host_id").annotate(number=Count("*")))
    rows = [(_words_of_host(host), numbers[host.pk]) for host in hosts if host.pk in numbers]
    return _divided(rows, tuple(ON_HOSTS), filters)


def _words_of_host(host: Host) -> Words:
    return {
        "host": (host.slug,),
        "group": (host.group.slug,) if host.group else (),
        "tag": tuple(tag.name for tag in host.tags.all()),
        "environment": (host.environment,) if host.environment else (),
    }


def _of_checks(found: FindingQuerySet, filters: Filters) -> Counts:
    summed = found.values_list("check_name", "severity", "subject_kind").annotate(number=Count("*"))
    rows = [(_words_of_check(check, severity, kind), number) for check, severity, kind, number in summed]
    return _divided(rows, tuple(ON_CHECKS), filters)


def _words_of_check(check: str, severity: int, kind: str) -> Words:
    entry = CATALOGUE.get(check)
    return {
        "severity": (Severity(severity).word,),
        "check": (check,),
        "cis": tuple(section for section in CIS_SECTIONS if check in in_section(section)),
        "risk": entry.risks if entry else (),
        "kind": (kind,),
    }


def _of_people(found: FindingQuerySet, filters: Filters, user: User, today: date) -> Counts:
    """*overdue* and *soon* hold of open findings alone, as their filters do."""
    late = When(due_on__lt=today, state="open", then=Value(OVERDUE))
    soon = When(due_on__gte=today, due_on__lte=today + SOON_IS, state="open", then=Value(SOON))
    none = When(due_on=None, then=Value(NO_DUE))
    due = Case(late, soon, none, default=Value(""), output_field=CharField())
    summed = found.annotate(due=due).values_list("assignee__username", "due").annotate(number=Count("*"))
    me = user.get_username()
    rows = [
        ({"assignee": (name or NOBODY, *((ME,) if name == me else ())), "due": (when,) if when else ()}, number)
        for name, when, number in summed
    ]
    return _divided(rows, ("assignee", "due"), filters)


def _of_column(found: FindingQuerySet, name: str) -> Counter[str]:
    rows = found.exclude(**{name: ""}).values_list(name).annotate(number=Count("*")).order_by("-number", name)
    return Counter(dict(rows[:MOST_CHOICES]))


def _divided(rows: Iterable[tuple[Words, int]], names: tuple[str, ...], filters: Filters) -> Counts:
    """For each facet its values' sums over the rows that the table's other facets let through."""
    found: Counts = {name: Counter() for name in names}
    for words, number in rows:
        for name in names:
            if all(_lets_through(other, words[other], filters) for other in names if other != name):
                for value in words[name]:
                    found[name][value] += number
    return found


def _lets_through(name: str, values: tuple[str, ...], filters: Filters) -> bool:
    only, but = filters.only.get(name), filters.but.get(name)
    return (only is None or any(each in only for each in values)) and not (but and any(each in but for each in values))
