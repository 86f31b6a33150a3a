"""What the database adds up for one look at the list of findings: its groups, their people, its tabs.

Adding up two hundred thousand rows takes a tenth of a second and more, so that it is kept (`keeping`) for as long as
no finding moves. The key holds all that the sums depend on: the filters, and of which hosts they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from django.db.models import CharField, Count, Max, Min, Value
from django.utils import timezone
from django.utils.translation import get_language

from secdash.accounts.models import User
from secdash.findings.access import findings_for
from secdash.findings.models import FindingQuerySet
from secdash.fleet.access import hosts_for
from secdash.posture import keeping
from secdash.posture.capped import Capped
from secdash.posture.filtering.asker import Asker
from secdash.posture.filtering.orders import COLUMNS
from secdash.posture.filters import Filters, in_state
from secdash.posture.tabs import tabs_of

PEOPLE = 3
ORDERS = {
    "worst": ("-worst", "-number"),
    "newest": ("-newest",),
    "oldest": ("oldest",),
    "most": ("-number", "-worst"),
}
People = Mapping[str | None, Sequence[str]]


class Line(NamedTuple):
    """A group's sums as the database has them; `value` is None for findings of nobody."""

    value: str | None
    label: str | None
    kind: str
    severity: int
    number: int
    newest: datetime
    oldest: datetime


class Listed(NamedTuple):
    """`left` is whether there are more groups; `people` names some of those who have findings of a group."""

    lines: Sequence[Line]
    left: bool
    people: People
    tabs: Mapping[str, Capped | None]


def listed(user: User, filters: Filters, hosts: str, mark: str, *, most: int) -> Listed:
    """`hosts` is their key. Four queries, or none while nothing moves."""
    asked = f"{filters.query()}:{hosts}:{_reader(user, filters)}:{timezone.now():%Y%m%d}:{most}"
    name = f"list:{blake2b(asked.encode(), digest_size=16).hexdigest()}"
    return keeping.kept(name, mark, lambda: _read(user, filters, most))


def hosts_key(user: User, filters: Filters) -> str:
    """Of which hosts the list is: "all" without a query, else a digest of their ids, with group and tag in it."""
    hosts = hosts_for(user)
    if not filters.asks_of_hosts and not hosts.query.where:
        return "all"
    chosen = filters.hosts(hosts, Asker(user, timezone.now())).order_by("pk").values_list("pk", flat=True)
    return blake2b(",".join(map(str, chosen)).encode(), digest_size=16).hexdigest()


def _reader(user: User, filters: Filters) -> str:
    """What else the same address depends on: who *me* is, and in which language titles are searched."""
    return f"{user.pk if filters.asks('assignee') else ''}:{get_language() if filters.q else ''}"


def _read(user: User, filters: Filters, most: int) -> Listed:
    among = filters.among(findings_for(user), user)
    found = in_state(among, filters.state)
    lines = lines_of(found, filters, most=most + 1)
    shown, left = lines[:most], len(lines) > most
    tabs = tabs_of(among, filters, None if left else Capped(sum(line.number for line in shown)))
    return Listed(shown, left, people_of(found, filters.by, [line.value for line in shown], all_of_them=not left), tabs)


def lines_of(found: FindingQuerySet, filters: Filters, *, most: int) -> list[Line]:
    """The groups' sums, in order."""
    column = COLUMNS[filters.by]
    label = Min("host__name") if filters.by == "host" else Value(None, CharField())
    sums = {"kind": Min("subject_kind"), "worst": Max("severity"), "number": Count("*")}  # of rows: no key is read
    ends = {"newest": Max("opened_at"), "oldest": Min("opened_at")}
    rows = (
        found.order_by()
        .values_list(column)
        .annotate(label=label)
        .annotate(**sums, **ends)
        .order_by(*ORDERS[filters.sort], column)
    )
    return [Line(*row) for row in rows[:most]]


def people_of(found: FindingQuerySet, by: str, values: Sequence[str | None], *, all_of_them: bool) -> People:
    """By group, the names of some of those who have a finding of it; most findings are nobody's. Two queries.

    Where these are all groups nothing is said of them, nor of the person: then an index alone answers.
    """
    if by == "assignee":
        return {}
    column = COLUMNS[by]
    assigned = found.filter(assignee__isnull=False).order_by()
    within = assigned if all_of_them else assigned.filter(**{f"{column}__in": values})
    counted = list(within.values_list(column, "assignee").annotate(number=Count("*")))
    users = User.objects.in_bulk({person for _, person, _ in counted})
    names: dict[str | None, list[str]] = {}
    for value, person, _number in sorted(counted, key=lambda row: (-row[2], users[row[1]].get_username())):
        if len(names.setdefault(value, [])) < PEOPLE:
            names[value].append(users[person].display_name)
    return names
