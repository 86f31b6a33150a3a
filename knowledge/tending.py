"""What the guide needs from those who write it: sections, translations, links and reviews that are missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.contrib.staticfiles import finders
from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from knowledge.ageing import Aged, Due, due
from knowledge.deadlinks import Dead, Targets, dead, pictures
from knowledge.models import Article, Explains, FormerKey, Picture, Section, SectionReview
from knowledge.shipped import LANGUAGES
from knowledge.steps import Step, steps
from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check

STATIC = "/static/"


class Unexplained(NamedTuple):
    language: str
    checks: list[Check]


class Untranslated(NamedTuple):
    """An article, and the language in which it is missing."""

    article: Article
    language: str


class WithDead(NamedTuple):
    article: Article
    links: list[Dead]


class WithDue(NamedTuple):
    article: Article
    sections: list[Due]


class Work(NamedTuple):
    unexplained: list[Unexplained]
    behind: list[Step]
    untranslated: list[Untranslated]
    dead: list[WithDead]
    due: list[WithDue]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "unexplained": sum(len(one.checks) for one in self.unexplained),
            "behind": sum(len(one.behind) for one in self.behind),
            "untranslated": len(self.untranslated),
            "dead": sum(len(one.links) for one in self.dead),
            "due": sum(len(one.sections) for one in self.due),
        }


def work(now: datetime) -> Work:
    """Nine queries at most, whatever the size of the guide."""
    articles = list(
        Article.objects.standing().with_text().defer("published__body").order_by("order", "key", "language")
    )
    sections = _sections(articles)
    beside = steps(articles)
    return Work(
        unexplained=_unexplained(),
        behind=[beside[one.pk] for one in articles if one.pk in beside and beside[one.pk].behind],
        untranslated=_untranslated(articles),
        dead=_with_dead(articles, sections),
        due=_with_due(articles, sections, now),
    )


def review(article: Article, anchor: str, *, by: User, at: datetime) -> SectionReview | None:
    """Keep that somebody read this section and found it still right; None where the article has no such section."""
    if not Section.objects.of(article).filter(anchor=anchor).exists():
        return None
    with transaction.atomic():
        seen = SectionReview.objects.create(article=article, anchor=anchor, by=by, at=at)
        record("section.reviewed", by=by, on=article, after={"section": anchor}, at=at)
    return seen


def _sections(articles: Iterable[Article]) -> Mapping[int, Sequence[Section]]:
    found: dict[int, list[Section]] = defaultdict(list)
    rows = Section.objects.filter(article__in=[one.pk for one in articles]).order_by("position")
    for section in rows.select_related("changed_in").defer("heading", "changed_in__body"):
        found[section.article_id].append(section)
    return found


def _unexplained() -> list[Unexplained]:
    explained = set(Explains.objects.values_list("language", "check_name"))
    missing = [
        Unexplained(language, [check for name, check in CATALOGUE.items() if (language, name) not in explained])
        for language in LANGUAGES
    ]
    return [one for one in missing if one.checks]


def _untranslated(articles: Iterable[Article]) -> list[Untranslated]:
    there = {(one.language, one.key) for one in articles}
    return [
        Untranslated(one, language) for one in articles for language in LANGUAGES if (language, one.key) not in there
    ]


def _with_dead(articles: Iterable[Article], sections: Mapping[int, Sequence[Section]]) -> list[WithDead]:
    articles = list(articles)
    targets = Targets(
        anchors={(one.language, one.key): {section.anchor for section in sections[one.pk]} for one in articles},
        former=set(FormerKey.objects.values_list("language", "key")),
        pictures=_pictures(section.html for all_of_one in sections.values() for section in all_of_one),
    )
    found = [
        WithDead(one, dead(((s.anchor, s.html) for s in sections[one.pk]), one.language, one.key, targets))
        for one in articles
    ]
    return [one for one in found if one.links]


def _pictures(texts: Iterable[str]) -> set[str]:
    """Those of the pictures in these texts that are there: uploaded, or part of the product."""
    asked = {source for html in texts for source in pictures(html)}
    uploaded = {source: source.rpartition("/")[2].partition(".")[0] for source in asked if not _is_static(source)}
    kept = set(Picture.objects.filter(digest__in=uploaded.values()).values_list("digest", flat=True))
    folder = f"{reverse('guide')}pictures/"
    return {source for source in asked if _is_static(source) and finders.find(source.removeprefix(STATIC))} | {
        source for source, digest in uploaded.items() if digest in kept and source.startswith(folder)
    }


def _is_static(source: str) -> bool:
    return source.startswith(STATIC)


def _with_due(articles: Iterable[Article], sections: Mapping[int, Sequence[Section]], now: datetime) -> list[WithDue]:
    reviewed: dict[int, dict[str, datetime]] = defaultdict(dict)
    for article, anchor, at in SectionReview.objects.order_by().values_list("article", "anchor").annotate(Max("at")):
        reviewed[article][anchor] = at
    found = [WithDue(one, due(_aged(one, sections[one.pk]), reviewed[one.pk], now)) for one in articles]
    return [one for one in found if one.sections]


def _aged(article: Article, sections: Iterable[Section]) -> Iterable[Aged]:
    """Notes have no source of their own."""
    for section in sections:
        changed = section.changed_in or article.published
        if changed and (section.digest or not section.anchor):
            yield Aged(section.anchor, section.title, section.level, changed.created_at)
