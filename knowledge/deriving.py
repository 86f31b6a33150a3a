"""Sections and claims of a published revision: rows that can always be made again from its text."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from knowledge import slicing
from knowledge.models import Article, Explains, Revision, Section
from knowledge.rendering import VERSION, Rendering
from knowledge.search import indexing, words
from secdash.checks import CATALOGUE


def fingerprint() -> str:
    """Of renderer, index and names of the checks: another one means that what is stored is out of date."""
    return hashlib.sha256("\n".join([f"{VERSION} {words.VERSION}", *sorted(CATALOGUE)]).encode()).hexdigest()


def publish(article: Article, revision: Revision, rendering: Rendering) -> None:
    """Move the pointer and take over the metadata; sections and claims are written apart."""
    article.published = revision
    article.title, article.summary = rendering.meta.title, rendering.meta.summary
    article.order, article.part = rendering.meta.order, rendering.meta.part
    article.rendered_with = fingerprint()
    article.save()


def write_sections(article: Article, revision: Revision, rendering: Rendering) -> None:
    """With their rows of the index. A section whose source is as it was keeps the revision that last changed it."""
    before = {section.anchor: section for section in Section.objects.of(article)}
    digests = slicing.digests(revision.body)
    Section.objects.of(article).delete()
    sections = Section.objects.bulk_create(
        Section(
            article=article,
            revision=revision,
            anchor=section.anchor[:120],
            title=section.title[:300],
            heading=section.heading,
            level=section.level,
            position=section.position,
            html=section.html,
            digest=digests.get(section.anchor, ""),
            changed_in_id=_changed_in(before.get(section.anchor), digests.get(section.anchor, ""), revision),
        )
        for section in rendering.sections
    )
    indexing.write(sections, rendering, article.language)


def _changed_in(before: Section | None, digest: str, revision: Revision) -> int:
    if before and before.digest == digest and before.changed_in_id:
        return before.changed_in_id
    return revision.pk


def write_claims(article: Article, rendering: Rendering, *, except_for: Collection[str] = ()) -> None:
    """`except_for`: checks that another article keeps."""
    anchors = {check: section.anchor for section in rendering.sections for check in section.checks}
    sections = {section.anchor: section for section in Section.objects.of(article)}
    Explains.objects.bulk_create(
        Explains(section=sections[anchor], check_name=check, language=article.language)
        for check, anchor in anchors.items()
        if check not in except_for
    )
