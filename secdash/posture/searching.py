"""Hosts, checks and findings whose names hold a text, and articles of the guide that hold it anywhere."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import get_language

from knowledge import searching
from knowledge.models import Article
from knowledge.reading import FALLBACK, article_url
from secdash.accounts.models import User
from secdash.checks import CATALOGUE
from secdash.checks.engine import Check
from secdash.findings.access import findings_for
from secdash.findings.models import Finding
from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host
from secdash.posture.filters import Filters
from secdash.posture.saying import title_of

LONGEST = 200
HOSTS = 10
CHECKS = 10
FINDINGS = 20
ARTICLES = 5


class GuideHit(NamedTuple):
    """An article that holds the text, and the place in it."""

    title: str
    url: str
    excerpt: str


class Found(NamedTuple):
    hosts: list[Host]
    checks: list[Check]
    findings: list[Finding]
    findings_total: int
    articles: list[GuideHit]

    @property
    def nothing(self) -> bool:
        return not (self.hosts or self.checks or self.findings or self.articles)


def search(user: User, text: str) -> Found:
    """Four queries; of the findings those that are open."""
    rows = Filters(q=text).within(findings_for(user).open(), hosts_for(user))
    first = rows.select_related("host").worst_first()[:FINDINGS]
    return Found(
        hosts=list(hosts_for(user).by_name().filter(name__icontains=text)[:HOSTS]),
        checks=checks_with(text)[:CHECKS],
        findings=list(first),
        findings_total=rows.count(),
        articles=_in_the_guide(text),
    )


def _in_the_guide(text: str) -> list[GuideHit]:
    articles = Article.objects.in_language(get_language() or FALLBACK).with_text()
    hits = searching.search(articles, text)[:ARTICLES]
    return [GuideHit(hit.article.title, _place(hit), hit.excerpt) for hit in hits]


def _place(hit: searching.Hit) -> str:
    return article_url(hit.article) + (f"#{hit.anchor}" if hit.anchor else "")


def checks_with(text: str) -> list[Check]:
    """By title, name or CIS number; those whose title begins with it first."""
    folded = text.casefold()
    found = [check for check in CATALOGUE.values() if _matches(check, folded)]
    return sorted(found, key=lambda check: (not title_of(check.name).casefold().startswith(folded), -check.severity))


def _matches(check: Check, folded: str) -> bool:
    numbers = {number for edition in check.cis.values() for number in edition}
    return folded in check.name or folded in title_of(check.name).casefold() or folded in numbers
