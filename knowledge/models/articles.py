"""Articles, their revisions, and what is derived from the published one: sections, and the checks they explain."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from secdash.frozen import FrozenModel, FrozenRows


class ArticleQuerySet(models.QuerySet["Article"]):
    def standing(self) -> ArticleQuerySet:
        """Those that can be read: published, and not taken away."""
        return self.filter(published__isnull=False, deleted_at__isnull=True)

    def in_language(self, language: str) -> ArticleQuerySet:
        return self.standing().filter(language=language).order_by("order", "key")

    def removed(self) -> ArticleQuerySet:
        """Newest first."""
        return self.filter(deleted_at__isnull=False).order_by("-deleted_at", "key")

    def sharing(self, key: str) -> ArticleQuerySet:
        """The texts of this key in all languages, removed and unpublished ones too."""
        return self.filter(key=key).order_by("language")

    def abandoned(self) -> ArticleQuerySet:
        """Begun and given up: never published, and nobody writes them any more."""
        open_states = ("draft", "in_review", "changes_asked")
        begun = self.filter(published__isnull=True, deleted_at__isnull=True)
        return begun.exclude(proposals__state__in=open_states).exclude(revisions__isnull=False)

    def with_text(self) -> ArticleQuerySet:
        return self.select_related("published")

    def with_author(self) -> ArticleQuerySet:
        return self.select_related("published__author")


class Article(models.Model):
    """One text in one language; `key` names the same text in all of them. Title to part come from its metadata."""

    key = models.SlugField(_("key"), max_length=80)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=200, blank=True)
    summary = models.CharField(_("summary"), max_length=400, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    part = models.CharField(_("part"), max_length=3, blank=True)
    published = models.ForeignKey(
        "Revision", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published revision")
    )
    # Taken away, with its revisions kept: whoever may publish can bring it back.
    deleted_at = models.DateTimeField(_("taken away"), null=True, blank=True)
    # Of the renderer and of the catalogue that the stored sections were made with: says when to make them again.
    rendered_with = models.CharField(max_length=64, blank=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="one_article_per_language")]
        ordering = ["order", "key"]

    def __str__(self) -> str:
        return f"{self.language}/{self.key}"


class RevisionQuerySet(FrozenRows, models.QuerySet["Revision"]):
    def newest_first(self) -> RevisionQuerySet:
        return self.select_related("author").defer("body").order_by("-number")

    def with_reviewers(self) -> RevisionQuerySet:
        return self.select_related("proposal__reviewer").defer("body", "proposal__body")

    def contributors(self) -> list[tuple[str, int]]:
        """Names and how many revisions each wrote, the most first; what came with secdash is nobody's."""
        written = self.filter(author__isnull=False).order_by().values_list("author").annotate(n=models.Count("pk"))
        people = get_user_model().objects.in_bulk([author for author, _n in written])
        named = [(people[author].display_name, count) for author, count in written]
        return sorted(named, key=lambda one: (-one[1], one[0].casefold()))

    def since(self, number: int) -> RevisionQuerySet:
        return self.filter(number__gt=number)

    def made_here(self) -> RevisionQuerySet:
        """Without the first texts that came with secdash: nobody changed anything there."""
        return self.exclude(author__isnull=True, number=1)

    def texts_up_to(self, number: int) -> Iterator[tuple[int, str]]:
        """(number, body), oldest first, one body at a time."""
        rows = self.filter(number__lte=number).order_by("number").values_list("number", "body")
        return rows.iterator(chunk_size=20)


class Revision(FrozenModel):
    """What an article said at one time. Without an author it came with secdash."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    body = models.TextField(_("text"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    summary = models.CharField(_("what changed"), max_length=200, blank=True)
    base = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("base"))
    # The revision of the other language that this text says the same as; empty where nobody said so.
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", verbose_name=_("translation of")
    )
    created_at = models.DateTimeField(_("written"))

    objects = RevisionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_revision_per_number")]
        ordering = ["article", "number"]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.number}"


class SectionQuerySet(models.QuerySet["Section"]):
    def of(self, article: Article) -> SectionQuerySet:
        return self.filter(article=article).order_by("position")

    def explaining(self, check: str, language: str) -> SectionQuerySet:
        return self.filter(explains__check_name=check, explains__language=language)

    def linking_to(self, key: str, language: str) -> SectionQuerySet:
        """Those of standing articles whose text links to the article of this key, in reading order."""
        links = Q(html__contains=f'href="../{key}/') | Q(html__contains=f'href="/guide/{language}/{key}/')
        return (
            self.filter(links, article__in=Article.objects.in_language(language))
            .exclude(article__key=key)
            .select_related("article")
            .order_by("article__order", "article__key", "position")
        )


class Section(models.Model):
    """A heading of the published revision and what stands under it, as safe HTML; the lead has level 1, no anchor."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="sections")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="sections")
    anchor = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=300, blank=True)
    heading = models.TextField(blank=True)
    level = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    html = models.TextField(blank=True)
    # Of its source, and the revision that last changed it: says how old a text is, and which translation is behind.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    changed_in = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "position"], name="one_section_per_position")]
        indexes = [models.Index(fields=["article", "anchor"], name="section_by_anchor")]
        ordering = ["article", "position"]

    def __str__(self) -> str:
        return f"{self.article_id}#{self.anchor}"


class ExplainsQuerySet(models.QuerySet["Explains"]):
    def of_others(self, article: Article) -> ExplainsQuerySet:
        """What the other articles of the same language claim."""
        return self.filter(language=article.language).exclude(section__article=article)

    def in_language(self, language: str) -> ExplainsQuerySet:
        return self.filter(language=language).select_related("section__article")

    def by(self, article: Article) -> ExplainsQuerySet:
        return self.filter(section__article=article).select_related("section").order_by("section__position")


class Explains(models.Model):
    """The one section that explains a check in a language."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="explains")
    check_name = models.CharField(max_length=80)
    language = models.CharField(max_length=2)

    objects = ExplainsQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "check_name"], name="one_section_per_check")]
        verbose_name_plural = "explains"

    def __str__(self) -> str:
        return f"{self.language}: {self.check_name}"


class FormerKeyQuerySet(models.QuerySet["FormerKey"]):
    def leading_to(self, article: Article) -> FormerKeyQuerySet:
        """Without those that another article has taken by now."""
        held = Article.objects.filter(language=OuterRef("language"), key=OuterRef("key"), published__isnull=False)
        return self.filter(article=article).exclude(Exists(held)).order_by("key")


class FormerKey(models.Model):
    """A key that an article had before it was renamed: old links lead on from here."""

    language = models.CharField(max_length=2)
    key = models.SlugField(max_length=80)
    article = models.ForeignKey(Article, models.CASCADE, related_name="former_keys")

    objects = FormerKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "key"], name="one_article_per_former_key")]

    def __str__(self) -> str:
        return f"{self.language}/{self.key}"


class SectionReview(models.Model):
    """Somebody read this section and found it still right. Sections are made anew; their anchors stay."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="reviews")
    anchor = models.CharField(max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["article", "anchor", "at"], name="review_by_section")]
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.article_id}#{self.anchor}"
