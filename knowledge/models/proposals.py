"""Changes to the guide that somebody proposes: the draft, every text that was sent, and what was said and decided."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge.models.articles import Article, Revision
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.frozen import FrozenModel, FrozenRows


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def open(self) -> ProposalQuerySet:
        return self.filter(state__in=Proposal.OPEN)

    def in_review(self) -> ProposalQuerySet:
        """The queue, longest waiting first."""
        return self.filter(state=Proposal.State.IN_REVIEW).order_by("submitted_at", "pk")

    def of(self, author: Any) -> ProposalQuerySet:
        return self.filter(author=author)

    def for_reader(self, user: User) -> ProposalQuerySet:
        """A draft is its author's alone; what was sent is for all who work on the guide."""
        return self.filter(Q(submitted_at__isnull=False) | Q(author=user))

    def awaiting(self, user: User) -> ProposalQuerySet:
        """What this person is asked to do next: amend their own, review those of others."""
        mine = Q(state=Proposal.State.CHANGES_ASKED, author=user)
        theirs = Q(state=Proposal.State.IN_REVIEW) & ~Q(author=user)
        return self.filter(mine | theirs) if user.can(Act.PUBLISH_GUIDE) else self.filter(mine)

    def latest_first(self) -> ProposalQuerySet:
        return self.order_by("-changed_at", "-pk")

    def narrowed(self, state: str, language: str) -> ProposalQuerySet:
        """To a state and to a language, each where one is given."""
        found = self.filter(state=state) if state else self
        return found.filter(article__language=language) if language else found

    def decided(self) -> ProposalQuerySet:
        return self.exclude(state__in=Proposal.OPEN).latest_first()

    def with_names(self) -> ProposalQuerySet:
        return self.select_related("article", "author", "base", "reviewer")


class Proposal(models.Model):
    """One person's change to one article, from the first autosave to its end.

    `edits` counts what was saved into `body`: a tab that saves says which count it last saw, so that two tabs never
    overwrite each other (the text that comes second is kept as a ProposalText).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        CHANGES_ASKED = "changes_asked", _("changes asked for")
        PUBLISHED = "published", _("published")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Origin(models.TextChoices):
        BROWSER = "browser", _("written here")
        IMPORT = "import", _("imported")

    OPEN = (State.DRAFT, State.IN_REVIEW, State.CHANGES_ASKED)

    article = models.ForeignKey(Article, models.PROTECT, related_name="proposals")
    base = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("base"))
    body = models.TextField(_("text"))
    summary = models.CharField(_("what changes"), max_length=200, blank=True)
    # The section that is edited, where it is only one; the body is always the whole article.
    anchor = models.CharField(_("section"), max_length=120, blank=True)
    follows = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("translation of")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals", verbose_name=_("author")
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices, default=Origin.BROWSER)
    edits = models.PositiveIntegerField(default=0)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewer")
    )
    published_as = models.OneToOneField(
        Revision, models.PROTECT, null=True, blank=True, related_name="proposal", verbose_name=_("published as")
    )
    created_at = models.DateTimeField(_("begun"))
    changed_at = models.DateTimeField(_("last changed"))
    submitted_at = models.DateTimeField(_("sent for review"), null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                condition=Q(state__in=["draft", "changes_asked", "in_review"], origin="browser"),
                name="one_open_proposal_per_author",
            )
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="proposal_queue")]
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.summary}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class KeptQuerySet(FrozenRows, models.QuerySet["ProposalText"]):
    pass


class ProposalText(FrozenModel):
    """A text of a proposal as it was at one time. Never changes: what somebody typed is found again here."""

    class Why(models.TextChoices):
        SENT = "sent", _("sent for review")
        MERGED = "merged", _("merged with what was published meanwhile")
        OVERTAKEN = "overtaken", _("kept from another tab")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField()
    body = models.TextField()
    why = models.CharField(max_length=12, choices=Why.choices, default=Why.SENT)
    at = models.DateTimeField()

    objects = KeptQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="one_text_per_number")]
        ordering = ["proposal", "number"]

    def __str__(self) -> str:
        return f"{self.proposal_id}.{self.number}"


class ProposalEvent(models.Model):
    """What became of a proposal, step by step, and the words that went with it."""

    class Kind(models.TextChoices):
        SENT = "sent", _("sent for review")
        AMENDED = "amended", _("sent again")
        MERGED = "merged", _("brought up to date")
        CHANGES_ASKED = "changes_asked", _("changes asked for")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")
        PUBLISHED = "published", _("approved and published")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    message = models.TextField(blank=True)
    text = models.ForeignKey(ProposalText, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.kind}"
