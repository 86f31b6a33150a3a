"""What was looked at, what waits to be said, and what is on its way."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.facts.message import Message
from secdash.findings.words import message_from
from secdash.leases import run_out
from secdash.messaging.letters import Letter, letter_from
from secdash.messaging.models.channel import Channel, Rule


class Told(models.Model):
    """That something was looked at. `number` is a scan or an acceptance, `rule` a rule's id, or 0 for all at once."""

    class What(models.TextChoices):
        SCAN = "scan"
        EXPIRED = "expired"
        ENDING = "ending"

    what = models.CharField(max_length=8, choices=What.choices)
    number = models.PositiveBigIntegerField()
    rule = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "number", "rule"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.number}"


class Pending(models.Model):
    """Something that a rule's next message tells of."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="pending")
    what = models.CharField(max_length=8, choices=Told.What.choices)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "what", "number"], name="pending_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.number}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def waiting(self, at: datetime) -> Self:
        """Queued, and their time has come."""
        return self.filter(state=Delivery.State.QUEUED, not_before__lte=at)

    def abandoned(self, at: datetime) -> Self:
        return self.filter(run_out(at), state=Delivery.State.RUNNING)


class Delivery(models.Model):
    """One message on its way through a channel. Its text is kept until it arrived or was given up."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("delivery", "waiting")
        RUNNING = "running", pgettext_lazy("delivery", "being sent")
        DONE = "done", pgettext_lazy("delivery", "sent")
        FAILED = "failed", pgettext_lazy("delivery", "not sent")

    class Kind(models.TextChoices):
        NEWS = "news", _("message")
        TEST = "test", _("test message")
        CONFIRM = "confirm", _("request to confirm")

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.NEWS)
    letter = models.JSONField(default=dict)
    title = models.JSONField(default=dict)  # the letter without its lines, which stays
    hosts = models.JSONField(default=list)  # ids of the hosts that it tells of
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(default=dict)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["channel", "-id"], name="delivery_of_channel"),
            models.Index(
                fields=["not_before"], condition=models.Q(state__in=("queued", "running")), name="delivery_under_way"
            ),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def failure(self) -> Message | None:
        return message_from(self.error)

    @property
    def headline(self) -> Letter:
        return letter_from(self.title)
