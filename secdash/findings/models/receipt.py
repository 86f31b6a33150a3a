"""Receipts of checks that were asked again: what stood before, what the Engine answered, what was fixed by when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secdash.checks.outcome import Status
from secdash.facts.message import Message
from secdash.findings.models.finding import Finding
from secdash.findings.words import message_from


class Receipt(models.Model):
    """One *Check again* of a finding. Written when asked, filled once when answered, never changed after."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="receipts")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=310)
    at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(default=dict)  # state, reason, evidence and severity, as the finding had them
    after = models.JSONField(default=dict)  # status, reason and evidence of the verdict; empty until answered
    error = models.JSONField(default=dict)
    article = models.CharField(max_length=80, blank=True)  # the key of the article that explains the check
    revisions = models.JSONField(default=dict)  # language → number of the revision that was published then
    scan = models.ForeignKey("scans.Scan", models.SET_NULL, null=True, blank=True, related_name="receipts")

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["finding"],
                condition=models.Q(state__in=("queued", "running")),
                name="one_check_again_a_finding",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def status(self) -> Status | None:
        return Status(self.after["status"]) if self.after else None

    @property
    def failure(self) -> Message | None:
        return message_from(self.error)
