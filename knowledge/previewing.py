"""What the editor shows beside the source: the text as it will be read, its problems, and what it would take away."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from knowledge import pages, services
from knowledge.framing import Framed
from knowledge.losing import Losses, losses
from knowledge.models import Article
from knowledge.rendering import Problem, Refused, RenderedSection, render
from knowledge.slicing import slices
from secdash.checks import CATALOGUE
from secdash.web.saying import said


class ShownProblem(msgspec.Struct, frozen=True):
    """`line` counts in the text that is edited; it is 0 where the whole is meant, or another section."""

    line: int
    text: str


class Preview(msgspec.Struct, frozen=True):
    """`lines` pairs the anchors shown with the lines of the source that they stand at, as the script reads it."""

    title: str = ""
    text: pages.Text | None = None
    problems: list[ShownProblem] = []
    losses: Losses = Losses()
    lines: str = ""


def preview(article: Article, given: Framed) -> Preview:
    """Of the part that is edited, rendered within the whole."""
    try:
        rendering = render(given.whole, checks=CATALOGUE)
    except Refused as refused:
        return Preview(problems=[ShownProblem(0, said(refused.message))])
    problems = services.problems_of(article, given.whole, rendering)
    lines = _lines(given)
    sections = [section for section in rendering.sections if section.anchor in lines or _always(section, given)]
    published = article.published.body if article.published else ""
    return Preview(
        "" if given.anchor else rendering.meta.title,
        pages.text(sections, article.language),
        shown(problems, given),
        losses(published, given.whole),
        " ".join(f"{anchor}:{line}" for anchor, line in lines.items() if anchor),
    )


def shown(problems: Iterable[Problem], given: Framed) -> list[ShownProblem]:
    return [ShownProblem(_line_within(problem.line, given), said(problem.message)) for problem in problems]


def _lines(given: Framed) -> dict[str, int]:
    """Anchor → line within the text, of the sections that begin in it."""
    return {
        part.anchor: _line_within(part.first, given)
        for part in slices(given.whole)
        if given.first_line <= part.first <= given.last_line
    }


def _line_within(line: int, given: Framed) -> int:
    return line - given.first_line + 1 if given.first_line <= line <= given.last_line else 0


def _always(section: RenderedSection, given: Framed) -> bool:
    """The whole article also shows its lead and its notes."""
    return not given.anchor
