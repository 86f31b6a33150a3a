"""The filters in force, each with the address of the list without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secdash.posture.filtering.facets import FACETS
from secdash.posture.filtering.saying import Names, facet_words, value_words

if TYPE_CHECKING:
    from secdash.posture.filters import Filters


class Chip(NamedTuple):
    """A filter in force, and the rest of the address without it."""

    name: str
    value: str
    query: str


def chips(filters: Filters, names: Names) -> Iterator[Chip]:
    words = facet_words()
    for name in FACETS:
        if name in filters.only:
            shown = ", ".join(value_words(name, value, names) for value in filters.only[name])
            yield Chip(_("%(filter)s is") % {"filter": words[name]}, shown, filters.without(name).query())
        if name in filters.but:
            shown = ", ".join(value_words(name, value, names) for value in filters.but[name])
            rest = filters.without(name, turned=True).query()
            yield Chip(_("%(filter)s is not") % {"filter": words[name]}, shown, rest)
    if filters.within:
        yield Chip(_("opened within"), days(filters.within), filters.having(within=0).query())
    if filters.older:
        yield Chip(_("older than"), days(filters.older), filters.having(older=0).query())
    if filters.q:
        yield Chip(_("contains"), filters.q, filters.having(q="").query())


def days(number: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", number) % {"count": number}
