"""Brings the guide that comes with secdash into the database, leaving alone what people have edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from django.db import transaction
from django.utils import timezone

from knowledge import deriving, shipped
from knowledge.models import Article, ArticleEvent, Explains, Revision
from knowledge.rendering import Refused, Rendering, render
from secdash.checks import CATALOGUE


class LoadReport(msgspec.Struct):
    """Articles by what became of them. What people `edited` or `removed` here, the shipped text no longer rules."""

    created: list[str] = msgspec.field(default_factory=list)
    updated: list[str] = msgspec.field(default_factory=list)
    unchanged: list[str] = msgspec.field(default_factory=list)
    edited: list[str] = msgspec.field(default_factory=list)
    removed: list[str] = msgspec.field(default_factory=list)
    problems: list[str] = msgspec.field(default_factory=list)


def load_guide(*, at: datetime | None = None, content: Path = shipped.CONTENT) -> LoadReport:
    """Idempotent. A shipped text with problems is loaded all the same, and its problems are reported."""
    report = LoadReport()
    bodies = {
        (one.language, one.key): one.body for lang in shipped.LANGUAGES for one in shipped.articles(lang, content)
    }
    for language in shipped.LANGUAGES:
        with transaction.atomic():
            renamed = ArticleEvent.objects.first_keys(language)
            for given in shipped.articles(language, content):
                _take_in(given, _named(given, renamed), _beside(given, bodies), report, at or timezone.now())
            _derive(language, report)
    return report


def _named(given: shipped.ShippedArticle, renamed: Mapping[str, int]) -> Article | None:
    """The article that came under this key, whatever it is called now; None where people gave the key to another."""
    articles = Article.objects.with_text()
    if given.key in renamed:
        return articles.get(pk=renamed[given.key])
    article, _ = articles.get_or_create(key=given.key, language=given.language)
    begun_here = article.published is None and article.proposals.exists()
    return None if begun_here or article.pk in renamed.values() else article


def _beside(given: shipped.ShippedArticle, bodies: Mapping[tuple[str, str], str]) -> Revision | None:
    """The shipped text of the other language that this one says the same as: shipped texts are kept in step.

    None where it is not loaded yet (it will follow this one) or a person changed it (then nobody knows).
    """
    others = Article.objects.standing().with_text().filter(key=given.key).exclude(language=given.language)
    for other in others:
        standing = other.published
        if standing and standing.author_id is None and standing.body == bodies.get((other.language, other.key)):
            return standing
    return None


def _take_in(
    given: shipped.ShippedArticle,
    article: Article | None,
    beside: Revision | None,
    report: LoadReport,
    at: datetime,
) -> None:
    standing = article.published if article else None
    if article is None or (standing is not None and standing.author_id is not None):
        report.edited.append(str(article or f"{given.language}/{given.key}"))
        return
    if article.deleted_at is not None:
        report.removed.append(str(article))
        return
    if standing is None:
        report.created.append(str(article))
    elif standing.body == given.body:
        report.unchanged.append(str(article))
        return
    else:
        report.updated.append(str(article))
    article.published = Revision.objects.create(
        article=article,
        number=article.revisions.count() + 1,
        body=given.body,
        base=standing,
        follows=beside,
        created_at=at,
    )
    article.rendered_with = ""
    article.save()


def _derive(language: str, report: LoadReport) -> None:
    """Sections of what changed; then all claims of the language anew, so that they do not depend on any order."""
    articles = list(Article.objects.in_language(language).with_text())
    if all(article.rendered_with == deriving.fingerprint() for article in articles):
        return
    renderings = {article: rendering for article in articles if (rendering := _rendered(article, report))}
    Explains.objects.filter(language=language).delete()
    for article, rendering in renderings.items():
        if article.published and article.rendered_with != deriving.fingerprint():
            deriving.write_sections(article, article.published, rendering)
            deriving.publish(article, article.published, rendering)
    _claim(renderings, report)


def _rendered(article: Article, report: LoadReport) -> Rendering | None:
    if article.published is None:
        return None
    try:
        rendering = render(article.published.body, checks=CATALOGUE)
    except Refused as refused:
        report.problems.append(f"{article}: {refused.message}")
        return None
    report.problems += [f"{article}:{problem.line}: {problem.message}" for problem in rendering.problems]
    return rendering


def _claim(renderings: dict[Article, Rendering], report: LoadReport) -> None:
    """Where two articles claim a check, what a person wrote wins; between shipped ones, the first by key."""
    taken: dict[str, Article] = {}
    for article in sorted(renderings, key=_precedence):
        deriving.write_claims(article, renderings[article], except_for=taken)
        for check in _claimed(renderings[article]):
            if check in taken:
                report.problems.append(f"{article}: “{check}” is already explained in {taken[check]}")
            taken.setdefault(check, article)


def _precedence(article: Article) -> tuple[bool, str]:
    return article.published is None or article.published.author_id is None, article.key


def _claimed(rendering: Rendering) -> Iterable[str]:
    return (check for section in rendering.sections for check in section.checks)
