"""Atom feeds of changes: of the whole guide, of one language, of one article."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, get_tag_uri
from django.utils.html import escape
from django.utils.translation import gettext

from knowledge import changes
from knowledge.changes import Change
from knowledge.models import Article, ArticleEvent

NEWEST = 50
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class GuideFeed(Feed):  # type: ignore[type-arg]  # the stubs' parameters are not there when it runs
    """Called with `language` ("" for both) by its view, which decides who may read."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return kwargs.get("language", "")

    def title(self, obj: Any) -> str:
        return gettext("Changes to the guide")

    def link(self, obj: Any) -> str:
        return reverse("guide-changes")

    def items(self, obj: Any) -> Iterable[Change]:
        return changes.changes(changes.made_here(language=obj)[:NEWEST])

    def item_title(self, item: Change) -> str:
        return _plain(f"{item.article.title}: {said(item)}")

    def item_description(self, item: Change) -> str:
        """Declared to be HTML by the library: a reader would run what people typed."""
        typed = item.event.why if item.event else item.revision.summary if item.revision else ""
        return escape(_plain(typed))

    def item_link(self, item: Change) -> str:
        return address(item)

    def item_guid(self, item: Change) -> str:
        """The same for ever, also after a rename."""
        what, number = ("event", item.event.pk) if item.event else ("revision", item.revision and item.revision.pk)
        return get_tag_uri(f"{settings.PUBLIC_URL}/guide/{what}/{number}", item.at)

    def item_author_name(self, item: Change) -> str:
        return _plain(item.by.display_name) if item.by else "secdash"

    def item_pubdate(self, item: Change) -> datetime:
        return item.at

    def item_updateddate(self, item: Change) -> datetime:
        return item.at


class PublicFeed(GuideFeed):
    """For strangers where the guide is public: that a text changed, and when; not who wrote it, nor what they said."""

    author_name = "secdash"

    def items(self, obj: Any) -> Iterable[Change]:
        return changes.changes(changes.in_public(language=obj)[:NEWEST])

    def item_title(self, item: Change) -> str:
        return _plain(item.article.title)

    def item_description(self, item: Change) -> str:
        return escape(_plain(item.article.summary))

    def item_link(self, item: Change) -> str:
        return reverse("article", args=[item.article.language, item.article.key])

    def item_author_name(self, item: Change) -> str:
        return "secdash"


class ArticleFeed(GuideFeed):
    """Called with `article`."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return kwargs["article"]

    def title(self, obj: Any) -> str:
        return _plain(gettext("Changes to “%(title)s”") % {"title": obj.title})

    def link(self, obj: Any) -> str:
        return reverse("article", args=[obj.language, obj.key])

    def items(self, obj: Any) -> Iterable[Change]:
        return changes.changes(changes.made_here(article=obj)[:NEWEST])


class PublicArticleFeed(PublicFeed):
    """Called with `article`."""

    get_object = ArticleFeed.get_object
    title = ArticleFeed.title
    link = ArticleFeed.link

    def items(self, obj: Any) -> Iterable[Change]:
        return changes.changes(changes.in_public(article=obj)[:NEWEST])


def said(change: Change) -> str:
    """What happened, in a few words."""
    if change.event is not None:
        kind = ArticleEvent.Kind(change.event.kind)
        words = f"{change.event.was} → {change.event.now}" if kind == ArticleEvent.Kind.RENAMED else ""
        return f"{kind.label} {words}".strip()
    if change.revision is not None and change.revision.summary:
        return change.revision.summary
    return gettext("a newer text came with secdash") if change.by is None else gettext("written")


def address(change: Change) -> str:
    """Where to see it: what changed, or the article, or the list where the article is gone."""
    article: Article = change.article
    if article.deleted_at is not None:
        return reverse("guide-changes")
    here = reverse("article", args=[article.language, article.key])
    if change.revision is None:
        return here
    if change.revision.number == 1:
        return reverse("article-revision", args=[article.language, article.key, 1])
    return f"{here}compare/?from={change.revision.number - 1}&to={change.revision.number}"


def _plain(text: str) -> str:
    return NOT_IN_XML.sub(" ", text)
