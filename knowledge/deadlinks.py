"""Links and pictures within the guide that lead nowhere: pure, on sanitised HTML."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from html import unescape

import msgspec

from knowledge.joining import INSIDE, LINK

PICTURE = re.compile(r'<img\b[^<>]*?\bsrc="([^"]*)"')
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/(?!guide/)")
FOREIGN = "a-"  # what the renderer puts before an id that is no heading of the article
NOTE = "a-fn"  # the notes', which it makes itself and keeps right


class Targets(msgspec.Struct, frozen=True):
    """What is there: anchors by (language, key), keys that lead on to another article, and addresses of pictures."""

    anchors: Mapping[tuple[str, str], Collection[str]]
    former: Collection[tuple[str, str]] = ()
    pictures: Collection[str] = ()


class Dead(msgspec.Struct, frozen=True):
    """`anchor` is that of the section in which the link stands."""

    anchor: str
    address: str


def dead(sections: Iterable[tuple[str, str]], language: str, key: str, targets: Targets) -> list[Dead]:
    """Of an article's (anchor, HTML)."""
    return [
        Dead(anchor, address)
        for anchor, html in sections
        for address in (
            *(_as_typed(href) for href in _links(html) if not leads_somewhere(href, language, key, targets)),
            *(source for source in pictures(html) if source not in targets.pictures),
        )
    ]


def pictures(html: str) -> list[str]:
    return [unescape(source) for source in PICTURE.findall(html)]


def leads_somewhere(href: str, language: str, key: str, targets: Targets) -> bool:
    """Whether the guide has that place; of what lies outside it nothing is known, which is no fault."""
    if ELSEWHERE.match(href):
        return True
    inside = INSIDE.fullmatch(href)
    if inside is None:
        return False
    at = (inside["language"] or language, inside["key"] or key)
    if at in targets.former:
        return True
    anchors = _anchors(at, targets)
    anchor = inside["anchor"] or ""
    return anchors is not None and (not anchor or anchor in anchors or anchor.startswith(NOTE))


def _anchors(at: tuple[str, str], targets: Targets) -> Collection[str] | None:
    """Of the article, or of the other language's, which stands in for one that is not written."""
    if at in targets.anchors:
        return targets.anchors[at]
    return next((found for (_language, key), found in targets.anchors.items() if key == at[1]), None)


def _as_typed(href: str) -> str:
    return "#" + href.removeprefix("#").removeprefix(FOREIGN) if href.startswith("#") else href


def _links(html: str) -> Iterator[str]:
    return (unescape(found[2]) for found in LINK.finditer(html))
