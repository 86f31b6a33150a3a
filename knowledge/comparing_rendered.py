"""Two rendered texts, section by section: words that came in <ins>, words that went in <del>. Pure.

`lxml.html.diff` was tried: it writes a table or list with one new line twice, and link targets into the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

import msgspec

from knowledge.aligning import Span, align
from knowledge.pairing import Bag, partners, shared
from knowledge.rendering import RenderedSection, Rendering
from knowledge.sanitising import clean_marked
from knowledge.trees import Block, Word, closed, dressed, marked, parsed, written

LEAD_LEVEL = 1
NOTHING = RenderedSection("", "", "", 2, 0, "", ())
SLOT = re.compile(r'<div data-check="([a-z0-9-]+)"></div>')
LENIENT = 0.25  # tables and lists are paired sooner: what is in them is compared on its own
WORDS_BUDGET = 30_000


class ComparedSection(msgspec.Struct, frozen=True):
    """`change` says same, changed, added or removed; `heading` and `html` are safe HTML. The lead has no anchor."""

    anchor: str
    heading: str
    level: int
    html: str
    change: str


def compare_rendered(old: Rendering, new: Rendering) -> list[ComparedSection]:
    """In the order of the new text; what is gone stands where it stood."""
    before = {section.anchor: section for section in old.sections}
    after = {section.anchor: section for section in new.sections}
    order = _order([*before], [*after])
    titles = (escape(old.meta.title), escape(new.meta.title))
    return [_section(before.get(anchor), after.get(anchor), titles) for anchor in order]


def compare_html(old: str, new: str) -> str:
    """Safe HTML that shows both, whatever it was given."""
    if old == new:
        return clean_marked(_readable(new))
    return clean_marked("".join(_blocks(parsed(_readable(old)), parsed(_readable(new)))))


def _order(old: Sequence[str], new: Sequence[str]) -> list[str]:
    order = list(new)
    at = 0
    for anchor in old:
        if anchor in order:
            at = order.index(anchor) + 1
        else:
            order.insert(at, anchor)
            at += 1
    return order


def _section(old: RenderedSection | None, new: RenderedSection | None, titles: tuple[str, str]) -> ComparedSection:
    before, after = old or NOTHING, new or NOTHING
    shown = new or before
    heads = titles if shown.level == LEAD_LEVEL else (before.heading, after.heading)
    change = _change(old, new, same=(before.html, heads[0]) == (after.html, heads[1]))
    html = compare_html(before.html, after.html)
    return ComparedSection(shown.anchor, _heading(*heads), shown.level, html, change)


def _change(old: RenderedSection | None, new: RenderedSection | None, *, same: bool) -> str:
    if old is None:
        return "added"
    if new is None:
        return "removed"
    return "same" if same else "changed"


def _heading(old: str, new: str) -> str:
    """One line: a title that was rewritten stands after the one that it replaced."""
    before, after = parsed(f"<p>{old}</p>").blocks[0], parsed(f"<p>{new}</p>").blocks[0]
    return clean_marked("".join(_words(before.words, after.words)))


def _readable(html: str) -> str:
    """A live block is read as the line that asks for it."""
    return SLOT.sub(r"<p><code>::: check \1</code></p>", html)


# --- blocks ---------------------------------------------------------------------------------------------------------


def _blocks(old: Block, new: Block) -> Iterator[str]:
    before, after = old.blocks, new.blocks
    if _is_row(before) and _is_row(after) and len(before) == len(after):
        yield from map(_both, before, after)
        return
    for span in align([block.key for block in before], [block.key for block in after]):
        if span.same:
            yield from map(written, after[span.new_start : span.new_stop])
        else:
            yield from _changed(before[span.start : span.stop], after[span.new_start : span.new_stop])


def _is_row(blocks: Sequence[Block]) -> bool:
    """Cells of a table stay in their columns."""
    return all(block.tag in ("td", "th") for block in blocks)


def _changed(before: Sequence[Block], after: Sequence[Block]) -> Iterator[str]:
    at = new_at = 0
    for here, new_here in [*_partners(before, after), (len(before), len(after))]:
        yield from (_whole(block, "del") for block in before[at:here])
        yield from (_whole(block, "ins") for block in after[new_at:new_here])
        if here < len(before):
            yield _both(before[here], after[new_here])
        at, new_at = here + 1, new_here + 1


def _partners(before: Sequence[Block], after: Sequence[Block]) -> Iterator[tuple[int, int]]:
    bags, new_bags = [_bag(block) for block in before], [_bag(block) for block in after]

    def likeness(at: int, place: int) -> float:
        if before[at].tag != after[place].tag:
            return 0.0
        return shared(bags[at], new_bags[place]) + (LENIENT if before[at].blocks else 0.0)

    return partners(range(len(before)), range(len(after)), likeness)


def _both(old: Block, new: Block) -> str:
    if old.blocks or new.blocks:
        inner = "".join(_blocks(_as_container(old), _as_container(new)))
    else:
        inner = "".join(_words(old.words, new.words))
    return f"{new.opening}{inner}{new.closing}"


def _as_container(block: Block) -> Block:
    return block if block.blocks or not block.words else Block(blocks=[Block(words=block.words)])


def _whole(block: Block, mark: str) -> str:
    inner = "".join(_whole(inside, mark) for inside in block.blocks) + "".join(dressed(block.words, mark))
    return f"{block.opening}{inner}{block.closing}"


def _bag(block: Block) -> Bag:
    bag: Bag = Counter(word.html for word in block.words if word.html.strip())
    for inside in block.blocks:
        bag += _bag(inside)
    return bag


# --- words ----------------------------------------------------------------------------------------------------------


def _words(old: list[Word], new: list[Word]) -> Iterator[str]:
    """Each run of words within the same inline elements is written once, its changed words marked inside."""
    pieces = [piece for span in _spans(old, new) for piece in _pieces(span, old, new)]
    start = 0
    while start < len(pieces):
        within = pieces[start][1].within
        stop = next((at for at in range(start, len(pieces)) if pieces[at][1].within != within), len(pieces))
        yield "".join(within) + "".join(_runs(pieces[start:stop])) + closed(within)
        start = stop


def _spans(old: list[Word], new: list[Word]) -> list[Span]:
    keys, new_keys = ([(word.html, word.within) for word in words] for words in (old, new))
    return align(keys, new_keys, junk=_is_space, budget=WORDS_BUDGET)


def _pieces(span: Span, old: list[Word], new: list[Word]) -> Iterator[tuple[str, Word]]:
    if span.same:
        yield from (("", word) for word in new[span.new_start : span.new_stop])
    else:
        yield from (("del", word) for word in old[span.start : span.stop])
        yield from (("ins", word) for word in new[span.new_start : span.new_stop])


def _runs(pieces: list[tuple[str, Word]]) -> Iterator[str]:
    start = 0
    while start < len(pieces):
        mark = pieces[start][0]
        stop = next((at for at in range(start, len(pieces)) if pieces[at][0] != mark), len(pieces))
        yield marked([word.html for _mark, word in pieces[start:stop]], mark)
        start = stop


def _is_space(item: object) -> bool:
    return isinstance(item, tuple) and not item[0].strip()
