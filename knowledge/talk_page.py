"""What is said about an article: the threads, where they belong, and the form to say more."""

from __future__ import annotations

import msgspec

from knowledge import talking
from knowledge.models import Article, Section
from knowledge.rendering import NOTES
from knowledge.review_forms import CommentForm
from knowledge.talk_forms import Talk
from knowledge.talking import Thread
from secdash.accounts.models import User


class ArticleThread(msgspec.Struct, frozen=True):
    """`section` is empty for the whole article, and for a section that is gone, whose anchor is then all there is."""

    thread: Thread
    section: str


class ArticleTalk(msgspec.Struct, frozen=True):
    threads: list[ArticleThread]
    resolved: list[ArticleThread]
    sections: list[tuple[str, str]]
    count: int
    talk: Talk


def article_talk(article: Article, reader: User, talk: Talk | None = None) -> ArticleTalk:
    """Open threads and resolved ones apart; anchor and title of the sections that can be spoken about."""
    threads = talking.threads_on(article, reader)
    titles = dict(Section.objects.of(article).exclude(anchor__in=["", NOTES]).values_list("anchor", "title"))
    placed = [ArticleThread(thread, titles.get(thread.first.anchor, "")) for thread in threads]
    return ArticleTalk(
        threads=[one for one in placed if not one.thread.resolved],
        resolved=[one for one in placed if one.thread.resolved],
        sections=[*titles.items()],
        count=sum(1 + len(thread.replies) for thread in threads),
        talk=talk or Talk(CommentForm()),
    )
