"""Python-Markdown as this guide uses it: no raw HTML, no attribute lists, headings and directives from the scan."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from xml.etree import ElementTree

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.admonition import AdmonitionExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from knowledge.highlighting import figure
from knowledge.source import Directive, Fence, Heading, Source, Text

MARK = re.compile("\x02([hc]):(\\d+)\x03")
BARE_LINK = "https?://[^\\s<>()\\[\\]\"'`|*\x02\x03]*[^\\s<>()\\[\\]\"'`|*\x02\x03.,;:!?]"
NUMBER = "data-heading"


def to_html(source: Source, checks: Container[str]) -> Iterator[tuple[Heading | None, str, str]]:
    """(heading, its inner HTML, the HTML under it) for the lead and each section, then the notes; not yet sanitised."""
    md = _markdown(source)
    root = _tree(md, _lines(md, source, checks))
    headings = source.headings
    for title, blocks in _groups(_with_captions(_with_wide_tables(root))):
        heading = headings[int(title.get(NUMBER, 0))] if title is not None else None
        yield heading, _inner(md, title), "\n".join(_written(md, block) for block in blocks)


def _tree(md: Markdown, lines: list[str]) -> ElementTree.Element:
    root: ElementTree.Element = md.parser.parseDocument(lines).getroot()  # type: ignore[assignment]  # never empty
    for processor in md.treeprocessors:
        changed = processor.run(root)
        root = root if changed is None else changed
    return root


def _markdown(source: Source) -> Markdown:
    notes = FootnoteExtension(SEPARATOR="-", BACKLINK_TEXT="↩", BACKLINK_TITLE="")
    tables = TableExtension(use_align_attribute=True)
    md = Markdown(extensions=[AdmonitionExtension(), DefListExtension(), SaneListExtension(), notes, tables])
    md.preprocessors.deregister("normalize_whitespace")
    md.preprocessors.deregister("html_block")
    md.inlinePatterns.deregister("html")
    md.parser.blockprocessors.deregister("setextheader")
    md.parser.blockprocessors.register(_Marks(md.parser, source), "marks", 200)
    md.inlinePatterns.register(_BareLink(BARE_LINK, md), "bare_link", 110)
    return md


def _lines(md: Markdown, source: Source, checks: Container[str]) -> list[str]:
    """The source with code blocks put aside, and headings and known directives as marks no author can type."""
    lines: list[str] = []
    counts = {"h": 0, "c": 0}
    for item in source.items:
        if isinstance(item, Text):
            lines.append(item.text.expandtabs(4) if item.text.strip() else "")
        elif isinstance(item, Fence):
            lines += ["", " " * item.indent + md.htmlStash.store(figure(item.code, item.language)), ""]
        else:
            kind = "h" if isinstance(item, Heading) else "c"
            if kind == "h" or _known(item, checks):
                lines += ["", f"\x02{kind}:{counts[kind]}\x03", ""]
            counts[kind] += 1
    return [*lines, "", ""]


def _known(item: Heading | Directive, checks: Container[str]) -> bool:
    return isinstance(item, Directive) and item.check in checks


class _Marks(BlockProcessor):
    """Turns a mark into its heading, or into the empty element that a page fills with the live block."""

    def __init__(self, parser: BlockParser, source: Source) -> None:
        super().__init__(parser)
        self.headings = source.headings
        self.directives = source.directives

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return bool(MARK.fullmatch(block.strip("\n")))

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        found = MARK.fullmatch(blocks.pop(0).strip("\n"))
        if found and found[1] == "h":
            heading = self.headings[int(found[2])]
            ElementTree.SubElement(parent, f"h{heading.level}", {NUMBER: found[2]}).text = heading.text
        elif found:
            ElementTree.SubElement(parent, "div", {"data-check": self.directives[int(found[2])].check})


class _BareLink(InlineProcessor):
    """An address written out in the text becomes a link."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # the stubs know the old signature only
        self, m: re.Match[str], data: str
    ) -> tuple[ElementTree.Element, int, int]:
        link = ElementTree.Element("a", {"href": m[0], "class": "bare"})
        link.text = AtomicString(m[0])
        return link, m.start(0), m.end(0)


def _groups(root: ElementTree.Element) -> Iterator[tuple[ElementTree.Element | None, list[ElementTree.Element]]]:
    """(heading element, blocks) for the lead and each section, then the footnotes as a group of their own."""
    title: ElementTree.Element | None = None
    blocks: list[ElementTree.Element] = []
    notes: list[ElementTree.Element] = []
    for block in root:
        if block.get(NUMBER):
            yield title, blocks
            title, blocks = block, []
        elif block.get("class") == "footnote":
            notes.append(block)
        else:
            blocks.append(block)
    yield title, blocks
    yield None, notes


def _with_wide_tables(root: ElementTree.Element) -> ElementTree.Element:
    """A table that is wider than the page scrolls in its own box. A corner without words is no heading."""
    for cell in [cell for cell in root.iter("th") if not len(cell) and not (cell.text or "").strip()]:
        cell.tag = "td"
    for parent in [*root.iter()]:
        for index, child in enumerate(parent):
            if child.tag == "table" and parent.get("class") != "tbl":
                box = ElementTree.Element("div", {"class": "tbl", "tabindex": "0"})
                box.append(child)
                parent[index] = box
    return root


def _with_captions(root: ElementTree.Element) -> ElementTree.Element:
    """A picture with a title, alone in its paragraph, becomes a figure; the title is its caption."""
    for parent in [*root.iter()]:
        for index, child in enumerate(parent):
            if (picture := _alone(child)) is not None and picture.get("title"):
                drawing = ElementTree.Element("figure", {"class": "drawing"})
                kept = {"alt": picture.get("alt", ""), "src": picture.get("src", "")}
                ElementTree.SubElement(drawing, "img", kept)
                ElementTree.SubElement(drawing, "figcaption").text = picture.get("title")
                parent[index] = drawing
    return root


def _alone(element: ElementTree.Element) -> ElementTree.Element | None:
    """The picture that is all there is in this paragraph."""
    if element.tag != "p" or (element.text or "").strip() or len(element) != 1:
        return None
    only = element[0]
    return only if only.tag == "img" and not (only.tail or "").strip() else None


def _inner(md: Markdown, element: ElementTree.Element | None) -> str:
    return _written(md, element) if element is not None else ""


def _written(md: Markdown, element: ElementTree.Element) -> str:
    write: Callable[[ElementTree.Element], str] = md.serializer
    text = write(element)
    for processor in md.postprocessors:
        text = processor.run(text)
    return text.strip()
