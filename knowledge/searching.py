"""Searching the guide: title, summary and text, without regard to case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from knowledge.models import Article
from knowledge.problems import Refused
from knowledge.source import Directive, Fence, Heading, Item, scan

WORDS_AROUND = 70
MARKUP = re.compile(r"[`*#>|]+|\[\^[^\]]*\]:?|\]\([^)]*\)|\[")


class Hit(msgspec.Struct, frozen=True):
    """An article that holds the words, with the first place that does: anchor ("" for the lead) and text around."""

    article: Article
    score: int
    anchor: str
    excerpt: str


def search(articles: Iterable[Article], query: str) -> list[Hit]:
    """Best first: titles before summaries before texts, then how often. Articles come with their published text."""
    wanted = folded(query).strip()
    if not wanted:
        return []
    hits = [hit for article in articles if (hit := _hit(article, wanted))]
    return sorted(hits, key=lambda hit: (-hit.score, hit.article.order, hit.article.key))


def folded(text: str) -> str:
    """Without case and accents; of the same length as long as the text is composed (as keyboards write it)."""
    return "".join(unicodedata.normalize("NFKD", letter)[:1].lower()[:1] or letter for letter in text)


def _hit(article: Article, wanted: str) -> Hit | None:
    body = article.published.body if article.published else ""
    score = (
        100 * (wanted in folded(article.title))
        + 20 * (wanted in folded(article.summary))
        + min(folded(body).count(wanted), 19)
    )
    return Hit(article, score, *_first_place(body, wanted)) if score else None


def _first_place(body: str, wanted: str) -> tuple[str, str]:
    anchor = ""
    for item in _items(body):
        if isinstance(item, Heading):
            anchor = item.anchor
        line = _words(item)
        at = folded(line).find(wanted)
        if at >= 0:
            return anchor, _around(line, at, len(wanted))
    return "", ""


def _items(body: str) -> tuple[Item, ...]:
    try:
        return scan(body).items
    except Refused:
        return ()


def _words(item: Item) -> str:
    if isinstance(item, Directive):
        return ""
    if isinstance(item, Fence):
        return item.code
    return MARKUP.sub("", item.text)


def _around(line: str, at: int, length: int) -> str:
    """The words around a place, cut between words."""
    start = line.rfind(" ", 0, max(at - WORDS_AROUND, 0)) + 1
    end = line.find(" ", at + length + WORDS_AROUND)
    end = len(line) if end < 0 else end
    cut = " ".join(line[start:end].split())
    return f"{'… ' if start else ''}{cut}{' …' if end < len(line) else ''}"
