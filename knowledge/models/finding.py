"""The index that the guide is searched by: a row beside each section, made with it and gone with it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models.articles import Section


class IndexedSectionQuerySet(models.QuerySet["IndexedSection"]):
    def standing(self, language: str) -> IndexedSectionQuerySet:
        """Those of articles that can be read."""
        articles = {"section__article__published__isnull": False, "section__article__deleted_at__isnull": True}
        return self.filter(language=language, **articles)

    def with_article(self) -> IndexedSectionQuerySet:
        return self.select_related("section__article")


class IndexedSection(models.Model):
    """`above`, `heading`, `claims` and `body` are lines of words (knowledge.search.words); the rest is for showing it.

    The databases keep what they search beside these columns by themselves (migration 0003): SQLite by triggers in an
    FTS5 table, PostgreSQL in generated columns. Whoever alters this table makes the triggers anew.
    """

    section = models.OneToOneField(Section, models.CASCADE, related_name="indexed")
    language = models.CharField(_("language"), max_length=2)
    above = models.TextField(blank=True)
    heading = models.TextField(blank=True)
    claims = models.TextField(blank=True)
    body = models.TextField(blank=True)
    # The titles from the article down to the section, and its text without markup.
    trail = models.JSONField(default=list)
    text = models.TextField(blank=True)

    objects = IndexedSectionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.section_id} {' › '.join(self.trail)}"
