"""What changed in the guide: revisions, removals and renames in one stream, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from django.db.models import F, QuerySet, Value
from django.utils import timezone

from knowledge.models import Article, ArticleEvent, Revision
from secdash.accounts.models import User

PER_PAGE = 50
FOLDED = 5  # so many texts in a row that came with secdash are shown as one line

Rows = QuerySet[Any, tuple[datetime, str, int]]


class Change(msgspec.Struct, frozen=True):
    """A revision, or an event of the article."""

    at: datetime
    article: Article
    by: User | None
    revision: Revision | None = None
    event: ArticleEvent | None = None

    @property
    def came_with_secdash(self) -> bool:
        return self.revision is not None and self.by is None


class Run(msgspec.Struct, frozen=True):
    """One change, or many texts that came with secdash at once."""

    changes: list[Change]

    @property
    def is_folded(self) -> bool:
        return len(self.changes) > 1


class Day(msgspec.Struct, frozen=True):
    day: date
    runs: list[Run]


class _Row(NamedTuple):
    moment: datetime
    source: str
    ident: int


def stream(language: str = "") -> Rows:
    """All there is, or that of one language, as rows that a paginator can cut."""
    return _rows(
        Revision.objects.all(), ArticleEvent.objects.all(), {"article__language": language} if language else {}
    )


def made_here(article: Article | None = None, language: str = "") -> Rows:
    """Without the first texts that came with secdash: what a feed tells."""
    only = {"article": article} if article else {"article__language": language} if language else {}
    return _rows(Revision.objects.made_here(), ArticleEvent.objects.all(), only)


def in_public(article: Article | None = None, language: str = "") -> Rows:
    """What strangers may know: when texts that stand were written."""
    only = {"article": article} if article else {"article__language": language} if language else {}
    written = Revision.objects.made_here().filter(article__in=Article.objects.standing())
    return _rows(written, ArticleEvent.objects.none(), only)


def changes(rows: Iterable[tuple[datetime, str, int]]) -> list[Change]:
    """What the rows stand for, in their order. Two queries."""
    given = [_Row(*row) for row in rows]
    revisions = Revision.objects.newest_first().select_related("article").in_bulk(_idents(given, "revision"))
    events = ArticleEvent.objects.with_names().in_bulk(_idents(given, "event"))
    return [
        _written(revisions[row.ident]) if row.source == "revision" else _happened(events[row.ident]) for row in given
    ]


def days(given: Iterable[Change]) -> list[Day]:
    by_day = groupby(given, key=lambda change: timezone.localtime(change.at).date())
    return [Day(day, list(_runs(list(group)))) for day, group in by_day]


def _rows(revisions: QuerySet[Revision], events: QuerySet[ArticleEvent], only: dict[str, Any]) -> Rows:
    written = revisions.filter(**only).order_by().annotate(moment=F("created_at"), source=Value("revision"))
    happened = events.filter(**only).order_by().annotate(moment=F("at"), source=Value("event"))
    one = written.annotate(ident=F("pk")).values_list("moment", "source", "ident")
    other = happened.annotate(ident=F("pk")).values_list("moment", "source", "ident")
    return one.union(other, all=True).order_by("-moment", "source", "-ident")


def _idents(rows: Sequence[_Row], source: str) -> list[int]:
    return [row.ident for row in rows if row.source == source]


def _written(revision: Revision) -> Change:
    return Change(revision.created_at, revision.article, revision.author, revision=revision)


def _happened(event: ArticleEvent) -> Change:
    return Change(event.at, event.article, event.by, event=event)


def _runs(given: Sequence[Change]) -> Iterator[Run]:
    for came, group in groupby(given, key=lambda change: change.came_with_secdash):
        several = list(group)
        if came and len(several) >= FOLDED:
            yield Run(several)
        else:
            yield from (Run([change]) for change in several)
