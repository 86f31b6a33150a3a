"""What people say about articles and proposals, and who wants to hear of changes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from knowledge.models.articles import Article, Revision
from knowledge.models.proposals import Proposal


class CommentQuerySet(models.QuerySet["Comment"]):
    def threads(self) -> CommentQuerySet:
        """The first comment of each thread, oldest first; `replies` holds the rest."""
        return self.filter(parent__isnull=True).select_related("author", "resolved_by").order_by("at", "pk")

    def with_replies(self) -> CommentQuerySet:
        return self.prefetch_related(models.Prefetch("replies", Comment.objects.select_related("author")))

    def unresolved(self) -> CommentQuerySet:
        return self.filter(parent__isnull=True, resolved_at__isnull=True)


class Comment(models.Model):
    """On an article (`anchor`: which section) or on a proposal (`line` of its text, and what stood there then)."""

    article = models.ForeignKey(Article, models.PROTECT, null=True, blank=True, related_name="comments")
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, blank=True, related_name="comments")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    anchor = models.CharField(max_length=120, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    # The line as it was commented on: it may move or go, and the comment still says what it meant.
    quote = models.CharField(max_length=400, blank=True)
    body = models.TextField(_("comment"), max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=True) ^ Q(proposal__isnull=True), name="comment_on_one_thing"
            )
        ]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.body[:60]


class WatchQuerySet(models.QuerySet["Watch"]):
    def of(self, user: Any) -> WatchQuerySet:
        """On articles that can be read, in reading order."""
        standing = Article.objects.standing()
        return self.filter(user=user, article__in=standing).order_by("article__language", "article__order", "article")

    def with_news(self) -> WatchQuerySet:
        """`news`: how many revisions by others came since they last looked; with the article and both numbers."""
        newer = Revision.objects.filter(
            article=OuterRef("article"), number__gt=Coalesce(OuterRef("seen__number"), 0)
        ).exclude(author=OuterRef("user"))
        counted = newer.order_by().values("article").annotate(n=Count("pk")).values("n")
        return (
            self.annotate(news=Coalesce(Subquery(counted), 0))
            .select_related("article__published", "seen")
            .defer("article__published__body", "seen__body")
        )


class Watch(models.Model):
    """Somebody wants to hear of changes to an article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    # What was published when they last looked: what is newer is news.
    seen = models.ForeignKey("Revision", models.PROTECT, null=True, blank=True, related_name="+")

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="one_watch_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.article_id}"
