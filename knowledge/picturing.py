"""Pictures in an article's source: each says in words what it shows, for those who cannot see it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from knowledge.problems import Problem
from knowledge.source import Heading, Item, Text
from secdash.facts.message import say

SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
WORDLESS = re.compile(r"(?<!\\)!\[\s*\](?=[(\[])")


def without_words(items: Iterable[Item]) -> Iterator[Problem]:
    for item in items:
        if isinstance(item, Text | Heading) and WORDLESS.search(SPAN.sub("", item.text)):
            yield Problem(item.line, say("This picture lacks words: write what it shows between “![” and “]”."))
