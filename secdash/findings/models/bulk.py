"""One act on many findings: carried out in the background, step by step, and undone the same way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secdash.findings.models.finding import Finding


class BulkAct(models.Model):
    """What somebody asked for chosen findings, or for all that match a query. Fenced like a scan: by `attempts`."""

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("Assign")
        DUE = "due", _("Set the due date")
        COMMENT = "comment", _("Comment")
        ACCEPT = "accept", _("Accept risk")
        RETURN = "return", _("Take the acceptance back")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bulk_acts")
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # steps that were taken, or taken back
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(default=dict)

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["by", "-id"], name="bulk_act_of_person")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class BulkStep(models.Model):
    """One finding of a bulk act: how it was before and how the step left it, so that undoing harms nobody."""

    act = models.ForeignKey(BulkAct, models.CASCADE, related_name="steps")
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="+")
    before = models.JSONField(null=True)  # null until the step was taken
    left = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "finding"], name="one_step_a_finding")]

    def __str__(self) -> str:
        return f"{self.act_id}/{self.finding_id}"
