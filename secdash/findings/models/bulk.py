"""One act on many findings: carried out in the background, step by step, and undone the same way."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.facts.message import Message
from secdash.findings.models.finding import Finding
from secdash.findings.words import message_from
from secdash.fleet.models import Host
from secdash.leases import run_out


class BulkActQuerySet(models.QuerySet["BulkAct"]):
    def visible_to(self, user: User) -> Self:
        """A team follows what each of them does, as long as all of it is their own; only who did it undoes it."""
        if user.sees_all:
            return self.all()
        seen = Host.objects.visible_to(user).order_by().values("pk")
        steps = BulkStep.objects.order_by().values("act")
        beyond = steps.exclude(finding__host__in=seen)
        theirs = models.Q(pk__in=steps.filter(finding__host__in=seen)) & ~models.Q(pk__in=beyond)
        return self.filter(models.Q(by=user) | theirs) if user.is_active else self.none()

    def of(self, user: User) -> Self:
        return self.filter(by=user)

    def under_way(self) -> Self:
        return self.filter(state__in=BulkAct.ACTIVE)

    def waiting(self) -> Self:
        """For a worker: queued, or to be undone and held by nobody."""
        undoing = models.Q(state=BulkAct.State.UNDOING, lease_until=None)
        return self.filter(models.Q(state=BulkAct.State.QUEUED) | undoing)

    def abandoned(self, at: datetime) -> Self:
        """Whose worker let the lease run out."""
        return self.filter(run_out(at), state__in=(BulkAct.State.RUNNING, BulkAct.State.UNDOING))


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

    ACTIVE = (State.QUEUED, State.RUNNING, State.UNDOING)

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

    objects = BulkActQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["by", "-id"], name="bulk_act_of_person")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def failure(self) -> Message | None:
        return message_from(self.error)


class BulkStep(models.Model):
    """One finding of a bulk act: how it was before and how the step left it, so that undoing harms nobody."""

    act = models.ForeignKey(BulkAct, models.CASCADE, related_name="steps")
    finding = models.ForeignKey(Finding, models.CASCADE, related_name="+")
    before = models.JSONField(null=True)  # null until the step was taken
    left = models.JSONField(null=True)  # null again when it was taken back

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "finding"], name="one_step_a_finding")]

    def __str__(self) -> str:
        return f"{self.act_id}/{self.finding_id}"
