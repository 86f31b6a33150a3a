"""Two revisions of an article chosen and compared."""

from __future__ import annotations

import msgspec
from django.http import Http404, QueryDict

from knowledge.models import Article, Revision
from knowledge.showing import Shown, shown, with_query


class ComparePage(msgspec.Struct, frozen=True):
    revisions: list[Revision]
    old: Revision
    new: Revision
    shown: Shown
    swapped: str


def compare_page(article: Article, query: QueryDict) -> ComparePage:
    """Without a choice, the published revision against the one before it. Raises Http404 for one that never was."""
    revisions = list(article.revisions.newest_first())
    new = _chosen(revisions, query.get("to"), article.published_id)
    old = _chosen(revisions, query.get("from"), _before(revisions, new).pk)
    bodies = dict(article.revisions.filter(pk__in=[old.pk, new.pk]).values_list("pk", "body"))
    swapped = with_query(query, **{"from": str(new.number), "to": str(old.number)})
    return ComparePage(revisions, old, new, shown(bodies[old.pk], bodies[new.pk], query), swapped)


def _chosen(revisions: list[Revision], number: str | None, default: int | None) -> Revision:
    found = (one for one in revisions if (str(one.number) == number if number is not None else one.pk == default))
    try:
        return next(found)
    except StopIteration:
        raise Http404 from None


def _before(revisions: list[Revision], new: Revision) -> Revision:
    """The next older one, or the first itself."""
    return next((one for one in revisions if one.number < new.number), new)
