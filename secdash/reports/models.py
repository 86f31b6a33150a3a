"""PDFs that workers made for somebody, and reports that are to come by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.facts.message import Message
from secdash.findings.words import message_from
from secdash.leases import run_out


class Kind(models.TextChoices):
    MANAGEMENT = "management", _("Report for management")
    EVIDENCE = "evidence", _("Evidence for the CIS benchmark")


class Schedule(models.Model):
    """A report that comes by mail at the beginning of each week or month, about the one that is over.

    `query` is as the address of a report has it, without its days; the report tells what its owner may see then.
    """

    class Every(models.TextChoices):
        WEEK = "week", pgettext_lazy("a report", "each Monday, about the week before")
        MONTH = "month", pgettext_lazy("a report", "on the first of each month, about the month before")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_schedules")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    query = models.CharField(max_length=1000, blank=True)
    every = models.CharField(max_length=5, choices=Every.choices)
    language = models.CharField(max_length=8)
    next_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind} ({self.every})"


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: User) -> Self:
        """One's own alone: a report holds what its owner may see."""
        return self.filter(owner=user) if user.is_active else self.none()

    def abandoned(self, at: datetime) -> Self:
        """Those whose worker let the lease run out."""
        return self.filter(run_out(at), state=Paper.State.RUNNING)

    def without_content(self) -> Self:
        return self.defer("content")


class Paper(models.Model):
    """One PDF: asked for, made by a worker, kept for some days."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("being written")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="papers")
    schedule = models.ForeignKey(Schedule, models.SET_NULL, null=True, blank=True, related_name="papers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    query = models.CharField(max_length=1000, blank=True)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField(default=bytes)
    size = models.PositiveIntegerField(default=0)
    error = models.JSONField(default=dict)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["owner", "-id"], name="paper_of_owner")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def failure(self) -> Message | None:
        return message_from(self.error)
