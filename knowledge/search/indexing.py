"""Writing the index: a row for each section, in the transaction that writes the sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext, override

from knowledge.metadata import Meta
from knowledge.models import IndexedSection, Section
from knowledge.rendering import NOTES, Rendering
from knowledge.search.plain import text_of
from knowledge.search.words import line
from secdash.checks import CATALOGUE

NOTES_TITLE = "Notes"  # in both languages


def write(sections: Sequence[Section], rendering: Rendering, language: str) -> None:
    """For sections just written of this rendering; the rows of those that they replace went with them."""
    checks = {section.position: section.checks for section in rendering.sections}
    IndexedSection.objects.bulk_create(
        _row(section, trail, rendering.meta, checks[section.position], language)
        for section, trail in zip(sections, _trails(sections, rendering.meta.title), strict=True)
    )


def _row(section: Section, trail: list[str], meta: Meta, checks: Sequence[str], language: str) -> IndexedSection:
    """The article's summary counts as text of its lead."""
    text = text_of(section.html)
    shown = f"{meta.summary} {text}" if section.level == 1 else text
    return IndexedSection(
        section=section,
        language=language,
        above=line(" ".join(trail[:-1]), language),
        heading=line(trail[-1], language),
        claims=line(" ".join(_said_by(checks, language)), language),
        body=line(shown, language),
        trail=trail,
        text=shown,
    )


def _said_by(checks: Sequence[str], language: str) -> Iterator[str]:
    """What the checks that a section explains are known by: name, title, numbers in the benchmark."""
    with override(language):
        for name in checks:
            check = CATALOGUE[name]
            yield " ".join(
                [name, gettext(check.title), *(number for edition in check.cis.values() for number in edition)]
            )


def _trails(sections: Sequence[Section], title: str) -> Iterator[list[str]]:
    """The titles from the article down to each section; notes have none of their own, and the lead the article's."""
    above: list[tuple[int, str]] = []
    for section in sections:
        above = [(level, heading) for level, heading in above if level < section.level]
        above.append((section.level, NOTES_TITLE if section.anchor == NOTES else section.title or title))
        yield [heading for _level, heading in above]
