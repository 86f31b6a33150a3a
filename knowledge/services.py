"""What is done to the guide: publish a text, load the guide that comes with secdash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from knowledge import deriving
from knowledge.loading import LoadReport, load_guide
from knowledge.models import Article, Explains, Revision
from knowledge.rendering import Problem, Rendering, render
from knowledge.source import scan
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.facts.message import say

__all__ = ["Conflict", "Invalid", "LoadReport", "Removed", "load_guide", "problems_of", "publish", "version"]


class Conflict(Exception):
    """Somebody published while this text was being written; `published` is what stands now."""

    def __init__(self, published: Revision | None) -> None:
        super().__init__("the base is not the published revision")
        self.published = published


class Removed(Conflict):
    """Somebody removed the article while this text was being written."""


class Invalid(Exception):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.line}: {problem.message}" for problem in self.problems))


def publish(
    article: Article,
    *,
    body: str,
    author: User | None,
    summary: str,
    base: Revision | None,
    at: datetime,
    follows: Revision | None = None,
) -> Revision:
    """Write the next revision and make it the published one. Raises Conflict, Invalid, or Refused from rendering.

    `follows`: the revision of the other language that this text says the same as, where somebody says so.
    """
    rendering = render(body, checks=CATALOGUE)
    try:
        with transaction.atomic():
            standing = Article.objects.select_for_update(of=("self",)).with_text().get(pk=article.pk)
            if standing.deleted_at is not None:
                raise Removed(standing.published)
            if standing.published_id != (base.pk if base else None):
                raise Conflict(standing.published)
            if problems := problems_of(standing, body, rendering):
                raise Invalid(problems)
            revision = _next(standing, body=body, author=author, summary=summary, base=base, follows=follows, at=at)
            deriving.publish(standing, revision, rendering)
            deriving.write_sections(standing, revision, rendering)
            deriving.write_claims(standing, rendering)
    except IntegrityError:
        # Two writers met between our look and our write: the other one was faster.
        raise Conflict(Article.objects.with_text().get(pk=article.pk).published) from None
    article.refresh_from_db()
    return revision


def version(revision: Revision | None) -> dict[str, Any]:
    """A published text as the log of changes keeps it; the text itself stands in the revision."""
    return {"version": revision.number, "summary": revision.summary} if revision else {}


def problems_of(article: Article, body: str, rendering: Rendering) -> list[Problem]:
    """All that keeps this text from being published as this article, by line."""
    taken = {
        claim.check_name: claim.section.article
        for claim in Explains.objects.of_others(article).select_related("section__article")
    }
    clashes = [
        Problem(
            directive.line,
            say(
                "The check “%(check)s” is already explained in “%(title)s”.",
                check=directive.check,
                title=taken[directive.check].title,
            ),
        )
        for directive in scan(body).directives
        if directive.check in taken
    ]
    return sorted((*rendering.problems, *clashes), key=lambda problem: problem.line)


def _next(
    article: Article,
    *,
    body: str,
    author: User | None,
    summary: str,
    base: Revision | None,
    follows: Revision | None,
    at: datetime,
) -> Revision:
    last = article.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(
        article=article,
        number=last + 1,
        body=body,
        author=author,
        summary=summary,
        base=base,
        follows=follows,
        created_at=at,
    )
