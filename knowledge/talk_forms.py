"""What becomes of a comment that is sent: said, or the form with what is wrong and everything that was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from knowledge import talking
from knowledge.models import Article, Comment, Proposal, Section
from knowledge.review_forms import CommentForm
from secdash.accounts.models import User

Finder = Callable[[int], Comment]


class Talk(msgspec.Struct):
    """The forms of a page on which people talk. `thread` or `line` says which of them is filled in; 0 the last one."""

    form: CommentForm
    thread: int = 0
    line: int = 0
    quote: str = ""
    line_url: str = ""
    said: Comment | None = None

    @property
    def status(self) -> int:
        return 422 if self.form.errors else 200


def say_about(about: Proposal | Article, data: Any, find: Finder, *, text: str, by: User, at: datetime) -> Talk:
    """`find` fetches a thread by its number; `text` is that of the proposal."""
    form = CommentForm(data)
    valid = form.is_valid()
    given = form.cleaned_data
    talk = Talk(form, given.get("thread") or 0, given.get("line") or 0, given.get("quote") or "")
    if valid:
        _say(talk, about, find, text=text, by=by, at=at)
    return talk


def _say(talk: Talk, about: Proposal | Article, find: Finder, *, text: str, by: User, at: datetime) -> None:
    said = talk.form.cleaned_data
    if talk.thread:
        talk.said = talking.reply(find(talk.thread), body=said["body"], by=by, at=at)
    elif isinstance(about, Article):
        _say_on_article(talk, about, by=by, at=at)
    elif talk.line:
        _say_on_line(talk, about, text=text, by=by, at=at)
    else:
        talk.said = talking.comment_on_proposal(about, body=said["body"], by=by, at=at)


def _say_on_article(talk: Talk, article: Article, *, by: User, at: datetime) -> None:
    body, anchor = talk.form.cleaned_data["body"], talk.form.cleaned_data["anchor"]
    if anchor and not Section.objects.of(article).filter(anchor=anchor).exists():
        talk.form.add_error("anchor", _("This section is gone. Choose another one, or the whole article."))
    else:
        talk.said = talking.comment_on_article(article, anchor=anchor, body=body, by=by, at=at)


def _say_on_line(talk: Talk, proposal: Proposal, *, text: str, by: User, at: datetime) -> None:
    body = talk.form.cleaned_data["body"]
    try:
        talk.said = talking.comment_on_line(
            proposal, line=talk.line, quote=talk.quote, text=text, body=body, by=by, at=at
        )
    except talking.LineGone:
        talk.form.add_error("body", _("The line was changed meanwhile. Say it on another line, or here on the whole."))
        talk.line = 0


def settle(data: Any, find: Finder, *, by: User, at: datetime) -> bool:
    """Resolves or reopens a thread where that is what was asked for."""
    act, number = data.get("settle"), data.get("thread", "")
    if act not in ("resolve", "reopen"):
        return False
    thread = find(int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0)
    if act == "resolve":
        talking.resolve(thread, by=by, at=at)
    else:
        talking.reopen(thread, by=by)
    return True
