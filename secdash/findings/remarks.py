"""A comment's Markdown as safe HTML, by the guide's own rendering, with the people it mentions marked.

Pure. What comes out went through the gate twice: as a text of the guide, and with what little a comment may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import nh3

from knowledge.rendering import NOTES, Refused, RenderedSection, render
from knowledge.sanitising import ATTRIBUTES, CLASSES, SCHEMES, TAGS

__all__ = ["Refused", "as_html", "names_in"]

# A name as Django lets people have one; what ends a sentence does not end a name.
MENTION = re.compile(r"(?<![\w@./+-])@([\w.@+-]{1,150})")
SENTENCE_ENDS = ".-+@"
TAG = re.compile(r"(<[^>]*>)")
PICTURE = re.compile(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>')
OPENS_OR_CLOSES = re.compile(r"<(/?)(a|code|pre)\b")

IN_COMMENTS = TAGS - {"figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "img"}
HELD = {tag: names - {"id"} for tag, names in ATTRIBUTES.items() if tag in IN_COMMENTS}
MARKED = {**CLASSES, "span": CLASSES["span"] | {"mention"}}


def names_in(text: str) -> set[str]:
    """What is written as a mention, each also without what may end a sentence. Not all of them are people."""
    found = set(MENTION.findall(text))
    return found | {name.rstrip(SENTENCE_ENDS) for name in found} - {""}


@lru_cache(maxsize=512)
def as_html(text: str, names: frozenset[str] = frozenset()) -> str:
    """Safe HTML with these names marked as mentions. Raises Refused for what no parser should read."""
    sections = render(f"\n{text}", checks=()).sections
    html = "\n".join(_written(section) for section in sections)
    return nh3.clean(
        _with_marks(html, names),
        tags=IN_COMMENTS,
        attributes=HELD,
        attribute_filter=_only_whole_links,
        allowed_classes={tag: classes for tag, classes in MARKED.items() if tag in IN_COMMENTS},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        generic_attribute_prefixes=set(),
    )


def _written(section: RenderedSection) -> str:
    """A comment stands below headings of the page, so its own are bold lines; a picture is said in its words."""
    heading = f"<p><b>{section.heading}</b></p>\n" if section.heading and section.anchor != NOTES else ""
    return heading + PICTURE.sub(r"\1", section.html)


def _only_whole_links(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) != ("a", "href"):
        return value
    leads = value.startswith(tuple(f"{scheme}:" for scheme in SCHEMES)) or (value[:1] == "/" and value[1:2] != "/")
    return value if leads else None


def _with_marks(html: str, names: Iterable[str]) -> str:
    """The mentions in running text, outside of links and code."""
    known, inside, pieces = frozenset(names), 0, []
    for piece in TAG.split(html):
        if piece.startswith("<"):
            if found := OPENS_OR_CLOSES.match(piece):
                inside += -1 if found[1] else 1
        elif not inside:
            piece = MENTION.sub(lambda match: _mark(match, known), piece)
        pieces.append(piece)
    return "".join(pieces)


def _mark(match: re.Match[str], known: frozenset[str]) -> str:
    written: str = match[1]
    name = written if written in known else written.rstrip(SENTENCE_ENDS)
    return f'<span class="mention">@{name}</span>{written[len(name) :]}' if name in known else match[0]
