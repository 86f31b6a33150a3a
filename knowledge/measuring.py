"""How long an article takes to read: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

WORDS_A_MINUTE = 200  # of technical prose, read to be understood; code is looked at, not read, and does not count
SILENT = re.compile(r"<pre\b.*?</pre>|<[^>]*>", re.DOTALL)


def words(html: str) -> int:
    """Of sanitised HTML, without its code blocks."""
    return len(SILENT.sub(" ", html).split())


def minutes(texts: Iterable[str]) -> int:
    """At least one."""
    return max(1, round(sum(map(words, texts)) / WORDS_A_MINUTE))
