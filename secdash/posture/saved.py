"""Saved views with their addresses and counts: for the menu of the list, and for the frame of every page."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
from django.core.cache import cache
from django.db.models import Case, Exists, OuterRef, When
from django.http import QueryDict
from django.urls import reverse

from secdash.accounts.models import User
from secdash.findings.access import findings_for
from secdash.findings.models import DefaultView, FindingQuerySet, SavedView
from secdash.posture.capped import Capped, counted
from secdash.posture.filters import Filters, in_state

COUNTED_VIEWS = 6
COUNTED = 999
KEPT = 60  # seconds that a count may be old
SHOWN = 30


class Kept(msgspec.Struct, frozen=True):
    """`count` is None for views further down, and for those that look for words, which costs too much on every page."""

    pk: int
    name: str
    url: str
    query: str
    is_mine: bool
    is_first: bool  # this person's list begins with it
    count: Capped | None = None


def kept_views(user: User) -> list[Kept]:
    """One's own first, then what others share. One query."""
    begins = Exists(DefaultView.objects.filter(user=user, view=OuterRef("pk")))
    mine = Case(When(owner=user, then=True), default=False)
    views = SavedView.objects.visible_to(user).annotate(begins=begins, mine=mine)
    columns = ("pk", "name", "query", "mine", "begins")
    rows = views.order_by("-begins", "-mine", "name", "pk").values_list(*columns)[:SHOWN]
    found = [Kept(pk, name, address(query), query, mine, begins) for pk, name, query, mine, begins in rows]
    return sorted(found, key=lambda view: (not view.is_mine, view.name))


def counted_views(user: User, hosts_mark: str) -> list[Kept]:
    """The same with counts of the first ones: one query more, at most once a minute for all who see the same hosts.

    `hosts_mark` is the part of the mark of `keeping` that only hosts and the reader's eyes change.
    """
    views = kept_views(user)
    wanted = [view for view in views[:COUNTED_VIEWS] if not Filters.of(QueryDict(view.query)).q]
    numbers = _counts(user, wanted, hosts_mark)
    return [msgspec.structs.replace(view, count=numbers.get(view.pk)) for view in views]


def _counts(user: User, views: Sequence[Kept], hosts_mark: str) -> dict[int, Capped]:
    keys = {view.pk: _key(user, view.query, hosts_mark) for view in views}
    known = cache.get_many(keys.values())
    missing = [view for view in views if keys[view.pk] not in known]
    numbers = counted([_found(user, view.query) for view in missing], most=COUNTED)
    new = {keys[view.pk]: number for view, number in zip(missing, numbers, strict=True)}
    cache.set_many(new, KEPT)
    return {pk: (known | new)[key] for pk, key in keys.items()}


def _key(user: User, query: str, hosts_mark: str) -> str:
    """Who *me* is counts only where a view asks for it."""
    me = user.pk if Filters.of(QueryDict(query)).asks("assignee") else ""
    return f"view:{blake2b(f'{hosts_mark}:{me}:{query}'.encode(), digest_size=16).hexdigest()}"


def _found(user: User, query: str) -> FindingQuerySet:
    filters = Filters.of(QueryDict(query))
    return in_state(filters.among(findings_for(user), user), filters.state)


def address(query: str) -> str:
    """Of the list as the view has it; a view without filters says so, or the list would begin with another."""
    return f"{reverse('findings')}?{query or 'state=open'}"
