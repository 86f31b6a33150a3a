"""Where people are led after an act, and the addresses that the editor's page works with."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from knowledge.models import Article, Proposal
from secdash.accounts.models import User


def edit_url(proposal: Proposal, *, section: str = "", kept: int = 0) -> str:
    query = {name: value for name, value in (("section", section), ("kept", kept)) if value}
    return reverse("proposal-edit", args=[proposal.pk], query=query)


def article_url(article: Article) -> str:
    return published_url(article) if article.published_id else reverse("guide")


def published_url(article: Article, *, section: str = "") -> str:
    """Of an article of which something is published, perhaps this very moment."""
    return reverse("article", args=[article.language, article.key], fragment=section or None)


def proposal_url(proposal: Proposal) -> str:
    return optional("proposal", proposal.pk) or article_url(proposal.article)


def after_merge(proposal: Proposal, by: User) -> str:
    return edit_url(proposal) if proposal.author_id == by.pk else proposal_url(proposal)


def editor_urls(article: Article, proposal: Proposal | None) -> dict[str, str]:
    """Where the page sends what is typed: to the open proposal, or to the article until there is one."""
    if proposal is None or not proposal.is_open:
        here = reverse("article-edit", args=[article.language, article.key])
        return {"page": here, "save": here, "send": here}
    return {
        "page": edit_url(proposal),
        "save": reverse("proposal-save", args=[proposal.pk]),
        "send": reverse("proposal-send", args=[proposal.pk]),
    }


def optional(name: str, *args: Any) -> str:
    """Of a page that may not be there; "" then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
