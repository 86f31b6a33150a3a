"""Saved views with their addresses and counts: for the menu of the list, and for the frame of every page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

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


class Kept(NamedTuple):
    """`count` is None for views further down, and for those that look for words, which costs too much on every page."""

    pk: int
    name: str
    url: str
    query: str
    is_mine: bool
    is_shared: bool
    is_first: bool  # this person's list begins with it
    count: Capped | None = None


def kept_views(user: User) -> list[Kept]:
    """One's own first, then what others share. One query."""
    begins = Exists(DefaultView.objects.filter(user=user, view=OuterRef("pk")))
    mine = Case(When(owner=user, then=True), default=False)
    views = (
        SavedView.objects.visible_to(user).annotate(begins=begins, mine=mine).order_by("-begins", "-mine", "name", "pk")
    )
    found = [
        Kept(
            pk=view.pk,
            name=view.name,
            url=address(view),
            query=view.query,
            is_mine=view.mine,
            is_shared=view.audience == SavedView.Audience.EVERYBODY,
            is_first=view.begins,
        )
        for view in views[:SHOWN]
    ]
    return sorted(found, key=lambda view: (not view.is_mine, view.name))


def counted_views(user: User) -> list[Kept]:
    """The same with counts of the first ones: one query more, at most once a minute."""
    views = kept_views(user)
    wanted = [view for view in views[:COUNTED_VIEWS] if not Filters.of(QueryDict(view.query)).q]
    numbers = _counts(user, wanted)
    return [view._replace(count=numbers.get(view.pk)) for view in views]


def _counts(user: User, views: Sequence[Kept]) -> dict[int, Capped]:
    keys = {view.pk: f"view:{user.pk}:{crc32(view.query.encode())}" for view in views}
    known = cache.get_many(keys.values())
    missing = [view for view in views if keys[view.pk] not in known]
    numbers = counted([_found(user, view.query) for view in missing], most=COUNTED)
    new = {keys[view.pk]: number for view, number in zip(missing, numbers, strict=True)}
    cache.set_many(new, KEPT)
    return {pk: (known | new)[key] for pk, key in keys.items()}


def _found(user: User, query: str) -> FindingQuerySet:
    filters = Filters.of(QueryDict(query))
    return in_state(filters.among(findings_for(user), user), filters.state)


def address(view: SavedView) -> str:
    """Of the list as the view has it; a view without filters says so, or the list would begin with another."""
    return f"{reverse('findings')}?{view.query or 'state=open'}"
