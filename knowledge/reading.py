"""What the other rooms ask of the guide: the section that explains a check, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection

import msgspec
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from knowledge.drawings import inlined
from knowledge.links import rebased
from knowledge.live import without_blocks
from knowledge.models import Article, Explains, Section

FALLBACK = "en"
CODE = re.compile(r"<pre\b[^>]*><code>(.*?)</code></pre>", re.DOTALL)


class Explanation(msgspec.Struct, frozen=True):
    """Safe HTML of the parts of the section that explains a check; "" for a part that is not written."""

    language: str
    article: str
    section: str
    url: str
    intro: str
    why: str
    see: str
    fix: str
    break_: str
    undo: str


def explanation(check: str, language: str) -> Explanation | None:
    """In this language, else in English; None where no article explains the check. Two queries."""
    claims = Explains.objects.filter(check_name=check, language__in=(language, FALLBACK)).select_related(
        "section__article"
    )
    found = {claim.language: claim.section for claim in claims}
    section = found.get(language) or found.get(FALLBACK)
    if section is None:
        return None
    return _explained(section, _parts(section))


class Passage(msgspec.Struct, frozen=True):
    """A section of an article as safe HTML, to stand on another page."""

    language: str
    article: str
    title: str
    url: str
    html: str


def passage(article: str, anchor: str, language: str) -> Passage | None:
    """The section in this language, else in English; None where no article has it. One query."""
    standing = Article.objects.standing().filter(key=article, language__in=(language, FALLBACK))
    found = Section.objects.filter(article__in=standing, anchor=anchor).select_related("article")
    by_language = {section.article.language: section for section in found}
    section = by_language.get(language) or by_language.get(FALLBACK)
    if section is None:
        return None
    here = article_url(section.article)
    html = _elsewhere(section.html, here)
    return Passage(section.article.language, section.article.title, section.title, f"{here}#{section.anchor}", html)


def revisions_explaining(check: str) -> tuple[str, dict[str, int]]:
    """The key of the article that explains the check, and by language the revision that is published. One query."""
    rows = Explains.objects.filter(check_name=check).values_list(
        "language", "section__article__key", "section__article__published__number"
    )
    found = {language: (key, number) for language, key, number in rows if number}
    key = found.get(FALLBACK, next(iter(found.values()), ("", 0)))[0]
    return key, {language: number for language, (_key, number) in sorted(found.items())}


def guide_url(check: str, language: str) -> str | None:
    return guide_urls(language).get(check)


def guide_urls(language: str) -> dict[str, str]:
    """Check name → address of its section, in this language or else in English. One query."""
    rows = Explains.objects.filter(language__in=(language, FALLBACK)).values_list(
        "language", "check_name", "section__article__key", "section__anchor"
    )
    places = {
        check: (spoken, key, anchor) for spoken, check, key, anchor in sorted(rows, key=lambda r: r[0] == language)
    }
    articles = {
        place: reverse("article", args=place) for place in {(spoken, key) for spoken, key, _ in places.values()}
    }
    return {check: f"{articles[spoken, key]}#{anchor}" for check, (spoken, key, anchor) in places.items()}


def blocks_to_see(checks: Collection[str], language: str) -> dict[str, list[str]]:
    """Check name → safe HTML of the code blocks under *see it yourself* in its section. Two queries for all checks."""
    rows = Explains.objects.filter(check_name__in=checks, language__in=(language, FALLBACK)).values_list(
        "language", "check_name", "section__article", "section__anchor"
    )
    ordered = sorted(rows, key=lambda row: row[0] == language)
    places = {check: (article, f"{anchor}-see") for _spoken, check, article, anchor in ordered}
    wanted = {anchor for _article, anchor in places.values()}
    found = Section.objects.filter(article__in={article for article, _anchor in places.values()}, anchor__in=wanted)
    html = {(article, anchor): text for article, anchor, text in found.values_list("article", "anchor", "html")}
    return {check: CODE.findall(html[place]) for check, place in places.items() if place in html}


def article_url(article: Article) -> str:
    return reverse("article", args=[article.language, article.key])


def _explained(section: Section, html: dict[str, str]) -> Explanation:
    article = section.article
    return Explanation(
        language=article.language,
        article=article.title,
        section=section.title,
        url=f"{article_url(article)}#{section.anchor}",
        intro=html.get("", ""),
        why=html.get("-why", ""),
        see=html.get("-see", ""),
        fix=html.get("-fix", ""),
        break_=html.get("-break", ""),
        undo=html.get("-undo", ""),
    )


def _parts(section: Section) -> dict[str, str]:
    suffixes = ("", "-why", "-see", "-fix", "-break", "-undo")
    anchors = {f"{section.anchor}{suffix}": suffix for suffix in suffixes}
    rows = Section.objects.of(section.article).filter(anchor__in=anchors).values_list("anchor", "html")
    here = article_url(section.article)
    return {anchors[anchor]: _elsewhere(html, here) for anchor, html in rows}


def _elsewhere(html: str, article: str) -> SafeString:
    return mark_safe(inlined(rebased(without_blocks(html), article)))  # noqa: S308 - sanitised before it was stored
