"""What was done to an article besides writing it: removed, brought back, renamed."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models.articles import Article
from secdash.frozen import FrozenModel, FrozenRows


class EventQuerySet(FrozenRows, models.QuerySet["ArticleEvent"]):
    def with_names(self) -> EventQuerySet:
        return self.select_related("article", "by")

    def removals(self, articles: Collection[Article]) -> dict[int, ArticleEvent]:
        """Id of each article → its last removal."""
        gone = self.with_names().filter(kind=ArticleEvent.Kind.REMOVED, article__in=articles)
        return {event.article_id: event for event in gone.order_by("pk")}

    def first_keys(self, language: str) -> dict[str, int]:
        """The key under which each renamed article came with secdash → its id."""
        renamed = self.filter(
            kind=ArticleEvent.Kind.RENAMED,
            article__language=language,
            article__revisions__number=1,
            article__revisions__author__isnull=True,
        )
        firsts: dict[int, str] = {}
        for article, was in renamed.order_by("pk").values_list("article_id", "was"):
            firsts.setdefault(article, was)
        return {key: article for article, key in firsts.items()}


class ArticleEvent(FrozenModel):
    """Append-only. `was` and `now` are keys, and only set where it was renamed."""

    class Kind(models.TextChoices):
        REMOVED = "removed", _("removed")
        RESTORED = "restored", _("brought back")
        RENAMED = "renamed", _("renamed")

    article = models.ForeignKey(Article, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    was = models.SlugField(max_length=80, blank=True)
    now = models.SlugField(max_length=80, blank=True)
    why = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"], name="event_by_time")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.kind}"
