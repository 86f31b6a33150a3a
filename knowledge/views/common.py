"""What the guide's pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from knowledge import access, pages
from knowledge.access import other_language
from knowledge.live import Blocks
from knowledge.models import Article
from knowledge.steps import steps
from knowledge.talk_page import ArticleTalk, article_talk
from secdash.accounts.models import User
from secdash.accounts.roles import Act

__all__ = ["blocks_for", "in_room", "may_edit", "other_language", "reading_page"]


def reading_page(request: HttpRequest, here: Article, text: pages.Text, *, language: str = "") -> dict[str, Any]:
    """`language` is that of the address; the article's own may be another where it stands in for a missing one."""
    asked = language or here.language
    articles = list(access.articles_for(request, asked))
    previous, following = pages.neighbours(articles, here)
    others = access.articles_for(request, other_language(here.language))
    counterpart = others.with_text().filter(key=here.key).first()
    both = steps([here, counterpart]) if counterpart else {}
    step = both.get(here.pk)
    return in_room(
        {
            "article": here,
            "shown": here.published,
            "title": here.title,
            "text": pages.marked(text, step) if step else text,
            "part": pages.part_title(here, asked),
            "parts": pages.parts(articles),
            "previous": previous,
            "following": following,
            "counterpart": counterpart,
            "step": step,
            "other_step": both.get(counterpart.pk) if counterpart else None,
            "asked": asked,
            "other": other_language(here.language),
            "stands_in": asked != here.language,
            "may_edit": may_edit(request),
            "talk": _talk(request, here),
            "may_publish": may_publish(request),
            "reader": access.reader(request),
        }
    )


def _talk(request: HttpRequest, here: Article) -> ArticleTalk | None:
    """What is said about an article is for those who signed in, also where strangers may read it."""
    return article_talk(here, request.user) if isinstance(request.user, User) else None


def may_edit(request: HttpRequest) -> bool:
    reader = access.reader(request)
    return reader is not None and reader.can(Act.EDIT_GUIDE)


def blocks_for(request: HttpRequest) -> Blocks:
    """Strangers see what each check is about, and nothing of anybody's hosts."""
    return Blocks.TOGETHER if access.reader(request) else Blocks.DESCRIBED


def may_publish(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.can(Act.PUBLISH_GUIDE)


def in_room(context: dict[str, Any], room: str = "article") -> dict[str, Any]:
    """The sidebar marks the guide as the room one stands in on all of its pages."""
    return {**context, "room": room}
