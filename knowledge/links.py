"""Links in stored sections are relative to their article; shown elsewhere, they need its address."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString, mark_safe

# In sanitised HTML a literal "<" is always escaped, so that these are attributes and never text.
HREF = re.compile(r'(<a\b[^<>]*?\bhref=")(\.\./|#)')
IDS = re.compile(r'(<(?:li|sup|a)\b[^<>]*?) id="[^"]*"')


def rebased(html: str, article: str) -> SafeString:
    """`article` is the address of the article, ending in a slash. Ids are dropped: on another page they may clash."""
    guide = article.rstrip("/").rpartition("/")[0] + "/"
    moved = HREF.sub(lambda found: found[1] + (guide if found[2] == "../" else f"{article}#"), IDS.sub(r"\1", html))
    return mark_safe(moved)  # noqa: S308 - sanitised before it was stored
