"""The last gate before HTML is stored: nh3 with a short allow-list, and ids and links put in their place."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Container

import nh3

TEXT_TAGS = {"b", "code", "em", "i", "strong", "sub", "sup"}
TAGS = TEXT_TAGS | {
    *("a", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("hr", "img", "li", "ol", "p", "pre", "span", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "a": {"href", "id", "title"},
    "div": {"data-check", "tabindex"},
    "img": {"src", "alt", "title"},
    "li": {"id"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "sup": {"id"},
    "td": {"align"},
    "th": {"align"},
}
CLASSES = {
    "a": {"bare", "footnote-ref", "footnote-backref"},
    "div": {"admonition", "note", "tip", "warning", "danger", "footnote", "tbl"},
    "figure": {"code", "drawing"},
    "p": {"admonition-title"},
    "span": {"tk-c", "tk-d", "tk-i", "tk-k", "tk-n", "tk-o", "tk-p", "tk-s"},
}
SCHEMES = {"http", "https", "mailto"}
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
ARTICLE_FILE = re.compile(r"(?:\./)?([a-z0-9-]+)\.md(#.*)?")
PICTURE = re.compile(
    r"/guide/pictures/[0-9a-f]{64}\.(?:png|jpg|webp|svg)|(?!.*\.\.)/static/[\w-][\w/.-]*\.(?:png|jpe?g|webp|svg)",
    re.ASCII,
)

Filter = Callable[[str, str, str], str | None]


def clean(markup: str, *, anchors: Container[str] = ()) -> str:
    """Safe HTML. `anchors` are the headings of the article: a link to one stays exact, any other id is prefixed."""
    return nh3.clean(
        markup,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_filter(anchors),
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        generic_attribute_prefixes=set(),
    )


def clean_marked(markup: str) -> str:
    """HTML made of what `clean` wrote, with <ins> and <del>: passed through the gate again, without any ids."""
    return nh3.clean(
        markup,
        tags=TAGS | {"ins", "del"},
        attributes={tag: names - {"id"} for tag, names in ATTRIBUTES.items()},
        attribute_filter=_still_allowed,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
        generic_attribute_prefixes=set(),
    )


def _still_allowed(tag: str, attribute: str, value: str) -> str | None:
    """Links were put in their place before; all that is asked is whether they may stand."""
    if attribute == "href" and not value.startswith("#"):
        return _link(value, ())
    if attribute == "src":
        return value if PICTURE.fullmatch(value) else None
    if attribute == "tabindex":
        return "0" if value == "0" else None
    return value


def clean_title(markup: str) -> str:
    """What a heading may hold: words and their emphasis, no links."""
    return nh3.clean(markup, tags=TEXT_TAGS, attributes={}, generic_attribute_prefixes=set()).strip()


def plain(markup: str) -> str:
    return html.unescape(nh3.clean(markup, tags=set(), attributes={})).strip()


def _filter(anchors: Container[str]) -> Filter:
    def place(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "id":
            return f"a-{value}"
        if attribute == "href":
            return _link(value, anchors)
        if attribute == "tabindex":
            return "0" if value == "0" else None  # what scrolls can be reached by keyboard; the order stays the page's
        if attribute == "src":
            return value if PICTURE.fullmatch(value) else None
        return value

    return place


def _link(href: str, anchors: Container[str]) -> str | None:
    if href.startswith("#"):
        return href if href[1:] in anchors else f"#a-{href[1:]}"
    if found := ARTICLE_FILE.fullmatch(href):
        return f"../{found[1]}/{found[2] or ''}"
    scheme = SCHEME.match(href)
    if href.startswith(("//", "\\", "/\\")) or (scheme and scheme[1].lower() not in SCHEMES):
        return None
    return href
