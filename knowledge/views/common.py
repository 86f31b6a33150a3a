"""What the guide's pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from knowledge import access, pages
from knowledge.models import Article
from knowledge.shipped import LANGUAGES
from knowledge.talk_page import ArticleTalk, article_talk
from secdash.accounts.access import member
from secdash.accounts.models import User
from secdash.accounts.roles import Act


def reading_page(request: HttpRequest, here: Article, text: pages.Text) -> dict[str, Any]:
    articles = list(access.articles_for(request, here.language))
    previous, following = pages.neighbours(articles, here)
    return in_room(
        {
            "article": here,
            "shown": here.published,
            "title": here.title,
            "text": text,
            "part": pages.part_title(here),
            "parts": pages.parts(articles),
            "previous": previous,
            "following": following,
            "counterpart": access.articles_for(request, other_language(here.language)).filter(key=here.key).first(),
            "may_edit": may_edit(request),
            "talk": _talk(request, here),
            "may_publish": may_publish(request),
        }
    )


def _talk(request: HttpRequest, here: Article) -> ArticleTalk | None:
    """What is said about an article is for those who signed in, also where strangers may read it."""
    return article_talk(here, request.user) if isinstance(request.user, User) else None


def other_language(language: str) -> str:
    return next(name for name in LANGUAGES if name != language)


def may_edit(request: HttpRequest) -> bool:
    return member(request).can(Act.EDIT_GUIDE)


def may_publish(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.can(Act.PUBLISH_GUIDE)


def in_room(context: dict[str, Any], room: str = "article") -> dict[str, Any]:
    """The sidebar marks the guide as the room one stands in on all of its pages."""
    return {**context, "room": room}
