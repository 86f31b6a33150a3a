"""Markdown in, safe sections out: a pure function of the text and the names of the checks."""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec

from knowledge.limits import refuse_excess
from knowledge.markup import to_html
from knowledge.metadata import Meta
from knowledge.picturing import without_words
from knowledge.problems import Problem, Refused
from knowledge.sanitising import clean, clean_title, plain
from knowledge.source import Source, scan
from secdash.facts.message import say

__all__ = ["NOTES", "VERSION", "Problem", "Refused", "RenderedSection", "Rendering", "TocEntry", "render"]

# What is stored was rendered by this version; raise it when the same text would come out otherwise.
VERSION = 6
# The anchor of the footnotes: no author's heading has it, for theirs are not prefixed.
NOTES = "a-notes"


class RenderedSection(msgspec.Struct, frozen=True):
    """`title` is plain text, `heading` the same as HTML; the lead has neither, level 1 and the anchor ""."""

    anchor: str
    title: str
    heading: str
    level: int
    position: int
    html: str
    checks: tuple[str, ...]


class TocEntry(msgspec.Struct, frozen=True):
    anchor: str
    title: str
    level: int


class Rendering(msgspec.Struct, frozen=True):
    meta: Meta
    sections: tuple[RenderedSection, ...]
    problems: tuple[Problem, ...]

    @property
    def toc(self) -> tuple[TocEntry, ...]:
        return tuple(TocEntry(s.anchor, s.title, s.level) for s in self.sections if s.anchor not in ("", NOTES))


def render(body: str, *, checks: Container[str]) -> Rendering:
    """Raises Refused for a text that is too large or nested too deeply."""
    source = scan(body)
    refuse_excess(source.items)
    try:
        sections = tuple(_sections(source, checks))
    except RecursionError:
        raise Refused(say("The text is nested too deeply: use fewer quotes and lists inside each other.")) from None
    found = (*source.problems, *_unknown_checks(source, checks), *without_words(source.items))
    problems = sorted(found, key=lambda problem: problem.line)
    return Rendering(source.meta, sections, tuple(problems))


def _sections(source: Source, checks: Container[str]) -> Iterator[RenderedSection]:
    anchors = {heading.anchor for heading in source.headings}
    claimed: dict[str, list[str]] = {}
    for directive in source.directives:
        if directive.check in checks:
            claimed.setdefault(directive.anchor, []).append(directive.check)
    for position, (heading, title, markup) in enumerate(to_html(source, checks)):
        safe = clean(markup, anchors=anchors)
        if heading is not None:
            level, shown = max(heading.level, 2), clean_title(title)
            checks_here = tuple(claimed.pop(heading.anchor, ()))
            yield RenderedSection(heading.anchor, plain(shown), shown, level, position, safe, checks_here)
        elif position == 0:
            yield RenderedSection("", "", "", 1, 0, safe, ())
        elif safe:
            yield RenderedSection(NOTES, "", "", 2, position, safe, ())


def _unknown_checks(source: Source, checks: Container[str]) -> Iterator[Problem]:
    for directive in source.directives:
        if directive.check not in checks:
            yield Problem(directive.line, say("There is no check named “%(check)s”.", check=directive.check))
