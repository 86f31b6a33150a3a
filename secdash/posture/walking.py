"""A finding's place in the list that its reader came from, and the findings beside it.

The list stands in the address of the page, as `in`. The order is that of the list: groups by their sums, which are kept
(`listed`), and rows within a group by keys, so that no list of ids is read however long it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from operator import add, attrgetter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import BigAutoField, Count, Exists, Expression, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict

from secdash.accounts.models import User
from secdash.findings.access import findings_for
from secdash.findings.models import Finding, FindingQuerySet
from secdash.posture import listed
from secdash.posture.capped import Capped
from secdash.posture.context import figure
from secdash.posture.filtering.facets import NOBODY
from secdash.posture.filtering.orders import COLUMNS
from secdash.posture.filters import Filters, in_state
from secdash.posture.groups import FIRST_GROUPS, MOST_GROUPS, of_group
from secdash.posture.listed import Line, Listed
from secdash.posture.rows import order_of

IN = "in"
# As the database orders groups (`listed.ORDERS`).
RANKS: Mapping[str, Callable[[Line], tuple[Any, ...]]] = {
    "worst": lambda line: (-line.severity, -line.number, line.value or ""),
    "newest": lambda line: (-line.newest.timestamp(), line.value or ""),
    "oldest": lambda line: (line.oldest.timestamp(), line.value or ""),
    "most": lambda line: (-line.number, -line.severity, line.value or ""),
}


class Walk(NamedTuple):
    """`at` is None for a finding that is not in the list any more: the ones beside its place are those around it."""

    query: str
    group: str
    at: Capped | None
    total: Capped | None
    before: int | None
    after: int | None


class _Around(NamedTuple):
    """Of the list's groups: how many findings stand before the finding's own, and the keys of those beside it."""

    ahead: int
    first: str | None
    before: str | None
    after: str | None


def onward(query: QueryDict) -> str:
    """What addresses end with, so that the list is not lost on the way; "" for a reader who came from none."""
    return f"?{urlencode({IN: _filters(query).query()})}" if IN in query else ""


def walk(user: User, finding: Finding, query: QueryDict, mark: str) -> Walk | None:
    """None where the reader came from no list. One query, and those of `listed` where nothing is kept."""
    if IN not in query:
        return None
    filters = _filters(query)
    mine = _key_of(finding, filters.by)
    read = _listed(user, filters, mark, mine)
    around = _around(read.lines, finding, filters, mine)
    number, before, after = _beside(user, finding, filters, mine, around)
    at = None if number is None else Capped(around.ahead + number)
    return Walk(filters.query(), mine, at, read.tabs[filters.state], before, after)


def _filters(query: QueryDict) -> Filters:
    return Filters.of(QueryDict(query.get(IN, "")))


def _key_of(finding: Finding, by: str) -> str:
    if by == "assignee" and finding.assignee is None:
        return NOBODY
    return str(attrgetter(COLUMNS[by].replace("__", "."))(finding))


def _listed(user: User, filters: Filters, mark: str, mine: str) -> Listed:
    """As the list asks for them, so that it is kept already; more only for a finding further down."""
    hosts = listed.hosts_key(user, filters)
    read = listed.listed(user, filters, hosts, mark, most=FIRST_GROUPS)
    if read.left and mine not in map(_key, read.lines):
        read = listed.listed(user, filters, hosts, mark, most=MOST_GROUPS)
    return read


def _key(line: Line) -> str:
    return NOBODY if line.value is None else line.value


def _around(lines: Sequence[Line], finding: Finding, filters: Filters, mine: str) -> _Around:
    keys = [_key(line) for line in lines]
    if mine in keys:
        place = keys.index(mine)
        after = place + 1
    else:  # it was the last of its group: where that stood
        rank, opened = RANKS[filters.sort], finding.opened_at
        gone = Line(mine, None, finding.subject_kind, finding.severity, 1, opened, opened)
        place = after = sum(rank(line) < rank(gone) for line in lines)
    ahead = sum(line.number for line in lines[:place])
    return _Around(
        ahead,
        first=keys[0] if keys else None,
        before=keys[place - 1] if place else None,
        after=keys[after] if after < len(keys) else None,
    )


def _beside(
    user: User, finding: Finding, filters: Filters, mine: str, around: _Around
) -> tuple[int | None, int | None, int | None]:
    """Its place in its group, the finding before and the one after, also of the groups beside; in one query.

    After one that left the list from its end, the list begins anew: something may be left to do.
    """
    matching = in_state(filters.among(findings_for(user), user), filters.state)
    order = order_of(filters)
    group = of_group(matching, filters.by, mine).order_by(*order)
    earlier = [group.filter(where) for where in _levels(order, finding, forward=False)]
    later = [group.filter(where) for where in _levels(order, finding, forward=True)]
    rows = Finding.objects.filter(pk=finding.pk).annotate(
        listed=Exists(group.filter(pk=finding.pk)),
        ahead=reduce(add, [Coalesce(figure(level, Count("*")), 0) for level in earlier]),
        before=_first([*(each.reverse() for each in earlier), *_edge(matching, filters, around.before, last=True)]),
        after=_first([*later, *_edge(matching, filters, around.after, last=False)]),
        first=_first(list(_edge(matching, filters, around.first, last=False))),
    )
    is_listed, ahead, before, after, first = rows.values_list("listed", "ahead", "before", "after", "first").get()
    return (ahead + 1, before, after) if is_listed else (None, before, after or first)


def _levels(order: Sequence[str], finding: Finding, *, forward: bool) -> Iterator[Q]:
    """Those on one side of it, the nearest first: what is alike but for the last key, then but for the last two …

    Apart, so that the long ones are counted by an index that has not all keys.
    """
    for depth in range(len(order) - 1, -1, -1):
        name = order[depth].removeprefix("-")
        side = "lt" if order[depth].startswith("-") == forward else "gt"
        alike = {each.removeprefix("-"): getattr(finding, each.removeprefix("-")) for each in order[:depth]}
        yield Q(**alike, **{f"{name}__{side}": getattr(finding, name)})


def _edge(matching: FindingQuerySet, filters: Filters, key: str | None, *, last: bool) -> Iterator[FindingQuerySet]:
    """The group beside, from the end that is nearer."""
    if key is not None:
        rows = of_group(matching, filters.by, key).order_by(*order_of(filters))
        yield rows.reverse() if last else rows


def _first(several: Sequence[FindingQuerySet]) -> Expression:
    """The first row of the first of these that has one."""
    none = Value(None, BigAutoField())
    return Coalesce(*(Subquery(each.values("pk")[:1]) for each in several), none, none)
