"""What people say: on a line of a proposal, on an article or one of its sections, in answer to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.core.exceptions import PermissionDenied
from django.db import transaction

from knowledge.models import Article, Comment, Proposal
from knowledge.placing import place
from knowledge.slicing import split
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record


class LineGone(Exception):
    """The text has no such line any more."""


class Thread(msgspec.Struct, frozen=True):
    """`line` is where its line stands in the text shown, None where it is gone or there never was one."""

    first: Comment
    replies: tuple[Comment, ...]
    line: int | None
    may_resolve: bool

    @property
    def number(self) -> int:
        return self.first.pk

    @property
    def slug(self) -> str:
        """For ids on the page."""
        return str(self.first.pk)

    @property
    def resolved(self) -> bool:
        return self.first.resolved_at is not None


# --- saying ---------------------------------------------------------------------------------------------------------


def comment_on_line(
    proposal: Proposal, *, line: int, quote: str, text: str, body: str, by: User, at: datetime
) -> Comment:
    """`quote` is what the reader saw on the line: it may have moved in `text` meanwhile. Raises LineGone."""
    here = place(quote, line, split(text))
    if here is None:
        raise LineGone
    return _said(Comment(proposal=proposal, line=here, quote=quote, body=body, author=by, at=at))


def comment_on_proposal(proposal: Proposal, *, body: str, by: User, at: datetime) -> Comment:
    return _said(Comment(proposal=proposal, body=body, author=by, at=at))


def comment_on_article(article: Article, *, anchor: str, body: str, by: User, at: datetime) -> Comment:
    """`anchor` names one of its sections, or none for the whole."""
    return _said(Comment(article=article, anchor=anchor, body=body, author=by, at=at))


def reply(thread: Comment, *, body: str, by: User, at: datetime) -> Comment:
    return _said(Comment(article=thread.article, proposal=thread.proposal, parent=thread, body=body, author=by, at=at))


@transaction.atomic
def _said(comment: Comment) -> Comment:
    """The log of changes tells that something was said, not what."""
    comment.save(force_insert=True)
    _record("guide.commented", comment, comment.author, comment.at)
    return comment


def _record(act: str, comment: Comment, by: User, at: datetime | None = None) -> None:
    about = comment.article or comment.proposal
    record(act, by=by, on=about, after={"comment": comment.pk}, at=at)


@transaction.atomic
def resolve(thread: Comment, *, by: User, at: datetime) -> None:
    """Raises PermissionDenied for those whom it does not concern. Resolving twice keeps the first name."""
    _need(thread, by)
    if Comment.objects.unresolved().filter(pk=thread.pk).update(resolved_at=at, resolved_by=by):
        _record("guide.thread_resolved", thread, by, at)


@transaction.atomic
def reopen(thread: Comment, *, by: User) -> None:
    _need(thread, by)
    Comment.objects.filter(pk=thread.pk).update(resolved_at=None, resolved_by=None)
    _record("guide.thread_reopened", thread, by)


def may_resolve(thread: Comment, by: User) -> bool:
    """Who began the thread, whose proposal it is about, and who reviews."""
    concerned = {thread.author_id, thread.proposal.author_id if thread.proposal else None}
    return by.pk in concerned or by.can(Act.PUBLISH_GUIDE)


def _need(thread: Comment, by: User) -> None:
    if not may_resolve(thread, by):
        raise PermissionDenied


# --- reading --------------------------------------------------------------------------------------------------------


def threads_on(about: Article | Proposal, reader: User, text: str = "") -> list[Thread]:
    """Each with its replies; `text` is the one whose lines the comments of a proposal are looked for in."""
    given = about.comments.threads().with_replies().select_related("proposal")
    lines = split(text)
    return [_thread(comment, reader, lines) for comment in given]


def by_line(threads: Iterable[Thread]) -> dict[int, list[Thread]]:
    found: dict[int, list[Thread]] = {}
    for thread in threads:
        if thread.line is not None:
            found.setdefault(thread.line, []).append(thread)
    return found


def _thread(first: Comment, reader: User, lines: Sequence[str]) -> Thread:
    line = place(first.quote, first.line, lines) if first.line is not None else None
    return Thread(first, tuple(first.replies.all()), line, may_resolve(first, reader))
