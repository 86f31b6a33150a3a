"""What search engines and other programs are told of a public article: addresses, description, structured data."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from knowledge.models import Article, Revision

FIRST = "en"  # what a reader gets who asks for no language of ours
LOCALES = {"en": "en_GB", "fr": "fr_FR"}
# As HTML reads a data block: nothing inside may look like the end of it, or like a comment.
ESCAPES = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}


class Head(msgspec.Struct, frozen=True):
    """`alternates`: (language, address) of the same text in each language, itself included."""

    title: str
    description: str
    canonical: str
    alternates: list[tuple[str, str]]
    locale: str
    structured: SafeString
    published: str = ""
    changed: str = ""


def absolute(name: str, *arguments: str) -> str:
    return str(settings.PUBLIC_URL) + reverse(name, args=arguments)


def of_article(article: Article, revision: Revision, other: Article | None) -> Head | None:
    """`article` is the one whose text is shown, under whatever address. None where the guide is not public."""
    if not settings.PUBLIC_GUIDE:
        return None
    both = sorted([article, *([other] if other else [])], key=lambda one: one.language)
    begun = article.revisions.order_by("number").values_list("created_at", flat=True)[0].isoformat()
    changed = revision.created_at.isoformat()
    return Head(
        title=article.title,
        description=article.summary,
        canonical=absolute("article", article.language, article.key),
        alternates=_with_default([(one.language, absolute("article", one.language, one.key)) for one in both]),
        locale=LOCALES[article.language],
        structured=data_block(*_structured(article, begun, changed)),
        published=begun,
        changed=changed,
    )


def of_index(language: str, *, name: str = "guide-index") -> Head | None:
    """Of a page that is there in every language. None where the guide is not public."""
    if not settings.PUBLIC_GUIDE:
        return None
    with override(language):
        title, description = _("The guide"), _("What containers protect, what they do not, and what to do about it.")
    return Head(
        title=title,
        description=description,
        canonical=absolute(name, language),
        alternates=_with_default([(one, absolute(name, one)) for one in LOCALES]),
        locale=LOCALES[language],
        structured=SafeString(),
    )


def data_block(*things: dict[str, Any]) -> SafeString:
    """JSON-LD as a block that no browser runs, whatever the texts hold."""
    text = json.dumps(things, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - nothing in it ends it


def _with_default(alternates: list[tuple[str, str]]) -> list[tuple[str, str]]:
    urls = dict(alternates)
    return [*alternates, ("x-default", urls.get(FIRST) or alternates[0][1])]


def _structured(article: Article, begun: str, changed: str) -> tuple[dict[str, Any], dict[str, Any]]:
    url = absolute("article", article.language, article.key)
    with override(article.language):
        trail = [(_("The guide"), absolute("guide-index", article.language)), (article.title, url)]
    text = {
        "@context": "https://schema.org",
        "@type": "TechArticle",
        "headline": article.title,
        "description": article.summary,
        "inLanguage": article.language,
        "datePublished": begun,
        "dateModified": changed,
        "mainEntityOfPage": url,
    }
    crumbs = {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": item}
            for place, (name, item) in enumerate(trail, 1)
        ],
    }
    return text, crumbs
