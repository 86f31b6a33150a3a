"""The drawings that come with secdash stand in the page itself and follow its theme; all else stays a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path
from xml.etree import ElementTree

FOLDER = Path(__file__).resolve().parent.parent / "static" / "img" / "guide"
ADDRESS = "/static/img/guide/"
NAMESPACE = "{http://www.w3.org/2000/svg}"
PICTURE = re.compile(rf'(?<=<figure class="drawing">)<img alt="([^"]*)" src="{ADDRESS}([a-z-]+\.[a-z]{{2}}\.svg)">')

ROOT = {"viewBox", "width", "height", "lang"}
SHAPES = {"g", "rect", "circle", "path", "text", "tspan"}
GEOMETRY = {"class", "x", "y", "width", "height", "rx", "cx", "cy", "r", "d"}
# What static/css/drawings.css knows. Without ids, references and styles a drawing cannot reach or disturb the page.
CLASSES = {
    *("d-zone", "d-box", "d-own", "d-shared", "d-bad", "d-good", "d-ghost", "d-wall"),
    *("d-wire", "d-head", "d-to-own", "d-to-shared", "d-to-bad", "d-to-good", "d-to-ghost"),
    *("d-name", "d-code", "d-small", "d-quiet", "d-mid", "d-end"),
    *("d-own-ink", "d-shared-ink", "d-bad-ink", "d-good-ink"),
}
NUMBERS = re.compile(r"[MLHVCQAZmlhvcqaz0-9 .,-]*")


def inlined(html: str) -> str:
    """Sanitised HTML, its pictures of shipped drawings replaced by the drawings, which keep the pictures' names."""
    return PICTURE.sub(_drawn, html)


def faults(svg: str) -> list[str]:
    """Why this text may not stand in a page; nothing for a drawing that may."""
    try:
        root = ElementTree.fromstring(svg)  # noqa: S314 - only files of this repository come here
    except ElementTree.ParseError as error:
        return [str(error)]
    return [*_root_faults(root), *(fault for child in _shapes(root) for fault in _shape_faults(child))]


@cache
def shipped() -> Mapping[str, tuple[str, str]]:
    """By file name: what comes before and after the words that name the drawing. Read once per process."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.svg"))}
    return {name: _around_name(text) for name, text in texts.items() if not faults(text)}


def _drawn(picture: re.Match[str]) -> str:
    if picture[2] not in shipped():
        return picture[0]
    before, after = shipped()[picture[2]]
    return f'<div class="drawing-box" tabindex="0">{before}{escape(unescape(picture[1]))}{after}</div>'


def _around_name(svg: str) -> tuple[str, str]:
    """The page has its own style sheet, and the alternative text says more than the title: both stay in the file."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - only files of this repository come here
    for child in [child for child in root if not _is_shape(child)]:
        root.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
    size = " ".join(f'{name}="{escape(root.get(name, ""))}"' for name in ("viewBox", "width", "height"))
    inner = "".join(ElementTree.tostring(child, encoding="unicode") for child in root)
    return f'<svg {size} role="img" aria-label="', f'">{inner}</svg>'


def _root_faults(root: ElementTree.Element) -> Iterator[str]:
    if root.tag != f"{NAMESPACE}svg" or set(root.attrib) != ROOT:
        yield f"the root is an svg element with {sorted(ROOT)} and nothing else"
    if [child.tag for child in root if not _is_shape(child)] != [f"{NAMESPACE}title", f"{NAMESPACE}style"]:
        yield "a title and a style come first, each once, and shapes after them"
    if not root.findtext(f"{NAMESPACE}title", "").strip():
        yield "the title is empty"


def _shapes(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (element for child in root if _is_shape(child) for element in child.iter())


def _is_shape(element: ElementTree.Element) -> bool:
    return element.tag.removeprefix(NAMESPACE) in SHAPES


def _shape_faults(element: ElementTree.Element) -> Iterator[str]:
    if not _is_shape(element):
        yield f"unknown element {element.tag}"
    for name, value in element.attrib.items():
        if name not in GEOMETRY:
            yield f"unknown attribute {name}"
        elif name == "class":
            yield from (f"unknown class {word}" for word in value.split() if word not in CLASSES)
        elif not NUMBERS.fullmatch(value):
            yield f"{name} is not made of numbers: {value}"
