"""SVG: read without entities and rebuilt from a list of what only draws; all else is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from knowledge.pictures.bounds import Clean, refuse_size
from knowledge.pictures.drawing import ATTRIBUTES, CALLS, ELEMENTS
from knowledge.problems import Refused
from secdash.facts.message import say

SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
MAX_ELEMENTS = 20_000
MAX_DEPTH = 60

# Their children draw, they themselves act.
OPENED = frozenset({"a", "switch"})
TAGS = frozenset(f"{{{SVG}}}{name}" for name in ELEMENTS | OPENED)
# What editors write for themselves: nobody misses it in the picture.
UNSEEN = frozenset({"metadata", "namedview"})
LOCAL = re.compile(r"#[A-Za-z_][\w.:-]*")
LOCAL_URL = re.compile(r"url\(\s*(['\"]?)#[\w.:-]+\1\s*\)", re.ASCII)
CALL = re.compile(r"([\w-]+)\(")
AT_RULE = re.compile(r"@(?!media\b)")
NUMBER = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*(?:px)?\s*")


def cleaned(data: bytes) -> Clean:
    """Scripts, handlers, foreign objects, animations, links and everything that would be fetched are left out."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise Refused(say("The SVG declares a document type or entities; save it without.")) from None
    except (ElementTree.ParseError, LookupError, ValueError):
        raise Refused(say("The SVG is not well-formed and cannot be read.")) from None
    if root.tag != f"{{{SVG}}}svg":
        raise Refused(say("This is no SVG picture: its outermost element is not “svg”."))
    _refuse_excess(root)
    _refuse_multiplying(root)
    removed: dict[str, None] = {}
    made = _rebuilt(root, removed)
    made.attrib = {"xmlns": SVG, **made.attrib}
    width, height = _size(made)
    return Clean("svg", width, height, ElementTree.tostring(made, encoding="utf-8"), tuple(removed))


def _rebuilt(element: ElementTree.Element, removed: dict[str, None]) -> ElementTree.Element:
    name = _local(element.tag)
    made = ElementTree.Element("g" if name in OPENED else name, dict(_attributes(element, removed)))
    made.text, made.tail = element.text, element.tail
    if name == "style" and not _harmless(element.text or ""):
        removed["style"] = None
        made.text = ""
    last: ElementTree.Element | None = None
    for child in element:
        if child.tag in TAGS and name != "style":
            last = _rebuilt(child, removed)
            made.append(last)
        else:
            _left_out(child, removed)
            _append_text(made, last, child.tail or "")
    return made


def _attributes(element: ElementTree.Element, removed: dict[str, None]) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name in ("href", XLINK_HREF):
            if LOCAL.fullmatch(value.strip()):
                yield "href", value.strip()
                continue
        elif name in ATTRIBUTES and _harmless(value):
            yield name, value
            continue
        if not name.startswith("{") or name == XLINK_HREF:
            removed[_local(name)] = None


def _harmless(css: str) -> bool:
    """A value, or a style sheet, that names nothing outside the picture."""
    rest = LOCAL_URL.sub("", css)
    calls = {found.lower() for found in CALL.findall(rest)}
    return "\\" not in rest and not AT_RULE.search(rest) and calls <= CALLS


def _left_out(element: ElementTree.Element, removed: dict[str, None]) -> None:
    name = _local(element.tag)
    if name not in UNSEEN:
        removed[name] = None


def _append_text(made: ElementTree.Element, last: ElementTree.Element | None, text: str) -> None:
    if last is None:
        made.text = (made.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _refuse_excess(root: ElementTree.Element) -> None:
    count = 0
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if count > MAX_ELEMENTS or depth > MAX_DEPTH:
            raise Refused(say("The SVG has too many elements, or they are nested too deeply."))
        waiting += [(child, depth + 1) for child in element]


def _refuse_multiplying(root: ElementTree.Element) -> None:
    """A copy of copies doubles with each step: a few lines would draw a million shapes."""
    copy = f"{{{SVG}}}use"
    copied = {(use.get("href") or use.get(XLINK_HREF) or "").strip().removeprefix("#") for use in root.iter(copy)}
    for element in root.iter():
        if element.get("id") in copied and next(element.iter(copy), None) is not None:
            raise Refused(say("The SVG copies what holds copies itself (“use”); draw it without."))


def _size(root: ElementTree.Element) -> tuple[int, int]:
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sides = [root.get("width", ""), root.get("height", "")]
    if not all(NUMBER.fullmatch(side) for side in sides):
        sides = box[2:] if len(box) == 4 else []
    numbers = [float(found[1]) for side in sides if (found := NUMBER.fullmatch(side))]
    if len(numbers) != 2:
        raise Refused(say("The SVG has no size: give it a “viewBox”, or “width” and “height”."))
    width, height = (max(round(number), 1) for number in numbers)
    refuse_size(width, height)
    return width, height


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]
