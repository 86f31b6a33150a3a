"""Ids and links of an article's HTML when it stands on one page with all others: pure."""

from __future__ import annotations

import re
from collections.abc import Collection

# In sanitised HTML a literal "<" is always escaped, so that these are attributes and never text.
ID = re.compile(r'(<(?:li|sup|a)\b[^<>]*? id=")([^"]*)(?=")')
LINK = re.compile(r'(<a\b[^<>]*?\bhref=")([^"]*)(?=")')
INSIDE = re.compile(r"(?:(?:\.\./|/guide/(?P<language>[a-z]{2})/)(?P<key>[a-z0-9-]+)/)?(?:#(?P<anchor>.*))?")


def place(key: str, anchor: str = "") -> str:
    """The id of an article, or of an anchor in it. No key and no anchor holds a dot."""
    return f"{key}.{anchor}" if anchor else key


def joined(html: str, language: str, key: str, keys: Collection[str]) -> str:
    """`keys` are those of the articles on the page; links to others, and to other languages, stay as addresses."""
    named = ID.sub(lambda found: found[1] + place(key, found[2]), html)
    return LINK.sub(lambda found: found[1] + _link(found[2], language, key, keys), named)


def _link(href: str, language: str, key: str, keys: Collection[str]) -> str:
    inside = INSIDE.fullmatch(href) if href else None
    if inside is None:
        return href
    spoken, target, anchor = inside["language"] or language, inside["key"] or key, inside["anchor"] or ""
    if spoken == language and target in keys:
        return f"#{place(target, anchor)}"
    return f"/guide/{spoken}/{target}/" + (f"#{anchor}" if anchor else "")
