"""The list of hosts: filtered and sorted by its address, fifty at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, Self
from urllib.parse import urlencode

import msgspec
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Group, Host, HostQuerySet, Tag
from secdash.posture import host_lines, keeping
from secdash.posture.choices import Option, options_of
from secdash.posture.context import Rooms
from secdash.posture.host_lines import HostLine, rank
from secdash.posture.stands import Stand, Weight, stands, weights
from secdash.posture.unseen import unseen

A_PAGE = 50
UNSEEN = "unseen"
STATES = (*Host.State.values, UNSEEN)
LONGEST = 200


class Chip(NamedTuple):
    """A filter in force, and the rest of the address without it."""

    name: str
    value: str
    query: str


class Row(NamedTuple):
    """What hosts are sorted by."""

    pk: int
    name: str
    group: str
    seen_at: datetime | None
    stand: Stand | None
    weight: Weight


SORTS: Mapping[str, Callable[[Row], tuple[object, ...]]] = {
    "worst": lambda row: (*rank(row.stand.score if row.stand else None, row.weight.open), row.name),
    "best": lambda row: (row.stand is None or row.stand.score is None, -_score(row), row.name),
    "name": lambda row: (row.name.casefold(),),
    "group": lambda row: (not row.group, row.group.casefold(), row.name.casefold()),
    "open": lambda row: (-sum(row.weight.open), row.name),
    "seen": lambda row: (row.seen_at or datetime.min.replace(tzinfo=UTC), row.name),
}


class HostFilters(msgspec.Struct, frozen=True):
    """What the reader asked for; "" asks for nothing. Foreign values in an address are dropped."""

    group: str = ""
    tag: str = ""
    environment: str = ""
    state: str = ""
    q: str = ""
    sort: str = "worst"

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        asked = {name: query.get(name, "").replace("\0", "")[:LONGEST].strip() for name in cls.__struct_fields__}
        asked["state"] = asked["state"] if asked["state"] in STATES else ""
        asked["sort"] = asked["sort"] if asked["sort"] in SORTS else "worst"
        return cls(**asked)

    def query(self, **changes: str) -> str:
        changed = msgspec.structs.asdict(msgspec.structs.replace(self, **changes))
        return urlencode(
            {name: value for name, value in changed.items() if value and (name, value) != ("sort", "worst")}
        )

    def kept(self) -> list[tuple[str, str]]:
        """What a form that asks for another order carries on."""
        asked = msgspec.structs.asdict(self)
        return [(name, value) for name, value in asked.items() if value and name != "sort"]

    @property
    def narrows(self) -> bool:
        return self != HostFilters(sort=self.sort)

    def within(self, hosts: HostQuerySet, *, now: datetime) -> HostQuerySet:
        chosen = {"group__slug": self.group, "environment": self.environment, "tags__name": self.tag}
        found = hosts.filter(**{name: value for name, value in chosen.items() if value})
        if self.state == UNSEEN:
            found = found.filter(pk__in=unseen(hosts, now=now).values("pk"))
        elif self.state:
            found = found.filter(state=self.state)
        return found.filter(Q(name__icontains=self.q) | Q(owner__icontains=self.q)) if self.q else found

    def chips(self, groups: Mapping[str, str]) -> Iterator[Chip]:
        """`groups`: what they are called, by slug."""
        shown = {"group": groups.get(self.group, self.group), "state": state_word(self.state)}
        for name, label in _labels().items():
            value = getattr(self, name)
            if value:
                yield Chip(label, shown.get(name, value), self.query(**{name: ""}))


class HostsPage(NamedTuple):
    """`total`: hosts there are at all; `samples`: those of the sample fleet among them."""

    filters: HostFilters
    lines: list[HostLine]
    page: Page[Row]
    total: int
    samples: int
    choices: dict[str, list[Option]]
    chips: list[Chip]
    sorts: list[Option]


def hosts_page(user: User, filters: HostFilters, rooms: Rooms, number: str, *, now: datetime) -> HostsPage:
    """Nine queries at most; only the hosts of the page are fetched."""
    rows = sorted_rows(user, filters, rooms, now=now)
    page = Paginator(rows, A_PAGE).get_page(number)
    names = dict(Group.objects.filter(hosts__in=hosts_for(user)).distinct().values_list("slug", "name"))
    return HostsPage(
        filters=filters,
        lines=_lines(user, list(page), rooms, now),
        page=page,
        total=rooms.hosts,
        samples=keeping.kept("samples", rooms.hosts_mark, lambda: hosts_for(user).samples().count()),
        choices=_choices(user, filters, names),
        chips=list(filters.chips(names)),
        sorts=[Option(name, label, name == filters.sort) for name, label in _sorts().items()],
    )


def sorted_rows(user: User, filters: HostFilters, rooms: Rooms, *, now: datetime) -> list[Row]:
    """Every host that is asked for, by figures alone."""
    mine = hosts_for(user)
    stand = keeping.kept("stands", rooms.live_mark, lambda: stands(mine))
    weight = keeping.kept("weights", rooms.mark, lambda: weights(mine))
    found = filters.within(mine, now=now).order_by().values_list("pk", "name", "group__name", "seen_at")
    rows = (
        Row(pk, name, group or "", seen, stand.get(pk), weight.get(pk, Weight())) for pk, name, group, seen in found
    )
    return sorted(rows, key=SORTS[filters.sort])


def fetched(user: User, rows: list[Row]) -> list[Host]:
    """The hosts of these rows, in their order, with group, tags and connection."""
    hosts = hosts_for(user).select_related("group", "connection").prefetch_related("tags")
    found = hosts.in_bulk([row.pk for row in rows])
    return [found[row.pk] for row in rows if row.pk in found]


def _lines(user: User, rows: list[Row], rooms: Rooms, now: datetime) -> list[HostLine]:
    today, shown = now.date(), [row.pk for row in rows]
    name = keeping.of_these(f"days-of:{today:%Y%m%d}", shown)
    kept = keeping.kept(name, rooms.live_mark, lambda: host_lines.days_of(user, shown, today=today))
    stand = {row.pk: row.stand for row in rows if row.stand}
    return host_lines.lines(fetched(user, rows), stand, {row.pk: row.weight for row in rows}, kept)


def _choices(user: User, filters: HostFilters, groups: Mapping[str, str]) -> dict[str, list[Option]]:
    mine = hosts_for(user)
    environments = mine.exclude(environment="").order_by().values_list("environment", flat=True).distinct()
    tags = Tag.objects.filter(hosts__in=mine).distinct().values_list("name", flat=True)
    return {
        "groups": options_of(dict(groups), filters.group),
        "tags": options_of({name: name for name in tags}, filters.tag),
        "environments": options_of({name: name for name in environments}, filters.environment),
        "states": [Option(state, state_word(state), state == filters.state) for state in STATES],
    }


def state_word(state: str) -> str:
    if state == UNSEEN:
        return _("not seen as it should be")
    return str(Host.State(state).label) if state else ""


def _score(row: Row) -> int:
    return row.stand.score or 0 if row.stand else 0


def _labels() -> dict[str, str]:
    return {
        "group": _("group is"),
        "tag": _("tag is"),
        "environment": _("environment is"),
        "state": _("state is"),
        "q": _("contains"),
    }


def _sorts() -> dict[str, str]:
    return {
        "worst": _("Worst first"),
        "best": _("Best first"),
        "open": _("Most open first"),
        "name": _("By name"),
        "group": _("By group"),
        "seen": _("Seen longest ago first"),
    }
