"""Where messages go, what of, what waits to be said, and what was said."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.checks.outcome import Severity
from secdash.facts.message import Message
from secdash.findings.words import message_from
from secdash.fleet.models import Group, Host, Tag
from secdash.messaging.letters import Letter, letter_from
from secdash.messaging.rhythm import HOURS, WEEKDAYS, Rhythm, next_time


class ChannelQuerySet(models.QuerySet["Channel"]):
    def manageable_by(self, user: User) -> Self:
        """One's own, and those of groups and of all hosts for whoever manages channels."""
        if not user.is_active:
            return self.none()
        mine = models.Q(owner=user)
        return self.filter(mine | models.Q(owner=None) if user.can(Act.MANAGE_CHANNELS) else mine)

    def with_outcome(self) -> Self:
        """Each with the state and the error of its last message, as `last_state` and `last_error`."""
        last = Delivery.objects.filter(channel=models.OuterRef("pk")).newest_first()
        return self.annotate(
            last_state=models.Subquery(last.values("state")[:1]),
            last_error=models.Subquery(last.values("error")[:1]),
            rule_count=models.Count("rules"),
        )

    def ready(self) -> Self:
        """Those that anything may be sent through: not paused, confirmed, and their person is still here."""
        here = models.Q(owner=None) | models.Q(owner__is_active=True)
        return self.filter(here, paused_at=None, confirmed_at__isnull=False)


class Channel(models.Model):
    """Where messages go. Of a person, of a group of hosts, or (with neither) of all hosts. `sealed` is its address."""

    class Kind(models.TextChoices):
        INBOX = "inbox", pgettext_lazy("messages", "Inbox")
        MAIL = "mail", pgettext_lazy("messages", "Mail")
        APPRISE = "apprise", _("Chat or webhook")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="message_channels"
    )
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="message_channels")
    sealed = models.TextField(blank=True)
    hint = models.CharField(max_length=120, blank=True)  # what may be shown of the address
    language = models.CharField(_("language"), max_length=8)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)  # none until the receiver said yes
    paused_at = models.DateTimeField(null=True, blank=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(fields=["owner"], condition=models.Q(kind="inbox"), name="one_inbox_a_person"),
            models.CheckConstraint(
                condition=models.Q(owner=None) | models.Q(group=None), name="channel_of_person_or_group"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_inbox(self) -> bool:
        return self.kind == self.Kind.INBOX

    @property
    def is_personal(self) -> bool:
        return self.owner_id is not None


def a_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("This is not the name of a time zone, such as Europe/Paris."))


class RuleQuerySet(models.QuerySet["Rule"]):
    def manageable_by(self, user: User) -> Self:
        return self.filter(channel__in=Channel.objects.manageable_by(user))

    def listening(self) -> Self:
        return self.filter(channel__in=Channel.objects.ready())


class Rule(models.Model):
    """What a channel is told of. `due_at` is the earliest time of its next message."""

    class Event(models.TextChoices):
        NEW = "new", _("new finding")
        REOPENED = "reopened", _("finding that came back")
        RESOLVED = "resolved", _("resolved finding")
        VOIDED = "voided", _("acceptance that voided itself")
        EXPIRED = "expired", _("acceptance that ended")
        ENDING = "ending", _("acceptance about to end")
        UNREACHABLE = "unreachable", _("host unreachable, and reachable again")
        FAILING = "failing", _("scans that break off, and work again")

    class Scope(models.TextChoices):
        ALL = "all", _("all hosts of the channel")
        GROUP = "group", _("a group")
        TAG = "tag", _("a tag")
        HOST = "host", _("one host")

    OF_FINDINGS = (Event.NEW, Event.REOPENED, Event.RESOLVED, Event.VOIDED)
    OF_ACCEPTANCES = (Event.EXPIRED, Event.ENDING)

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="rules")
    events = models.JSONField(default=list)
    severity = models.PositiveSmallIntegerField(default=Severity.HIGH)  # of findings: at least
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.ALL)
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="+")
    tag = models.ForeignKey(Tag, models.CASCADE, null=True, blank=True, related_name="+")
    host = models.ForeignKey(Host, models.CASCADE, null=True, blank=True, related_name="+")
    rhythm = models.CharField(max_length=6, choices=[(each.value, each.value) for each in Rhythm], default=Rhythm.SOON)
    pause = models.PositiveSmallIntegerField(default=10)  # minutes between two messages, where told soon
    weekday = models.PositiveSmallIntegerField(default=0)  # 0 is Monday
    hour = models.PositiveSmallIntegerField(default=8)
    zone = models.CharField(max_length=64, default="UTC", validators=[a_zone])
    ahead = models.PositiveSmallIntegerField(default=7)  # days before an acceptance ends
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekday__lt=WEEKDAYS) & models.Q(hour__lt=HOURS), name="rule_has_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def level(self) -> Severity:
        return Severity(self.severity)

    def wants(self, event: str) -> bool:
        return event in self.events

    def next_due(self, at: datetime) -> datetime:
        """When it may speak again, having spoken at this time."""
        return next_time(
            Rhythm(self.rhythm), at, pause=self.pause, weekday=self.weekday, hour=self.hour, zone=self.zone
        )


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
        return self.filter(state=Delivery.State.RUNNING, lease_until__lt=at)


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


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def unread_first(self) -> Self:
        return self.order_by(models.F("read_at").asc(nulls_first=True), "-at", "-pk")


class Notice(models.Model):
    """One line in a person's inbox. What is told again under the same key counts up and is unread again."""

    class Kind(models.TextChoices):
        MENTIONED = "mentioned", _("Mention")
        ASSIGNED = "assigned", pgettext_lazy("notice", "Assignment")
        APPROVAL = "approval", _("Approval")
        BULK = "bulk", _("Bulk act")
        NEWS = "news", pgettext_lazy("notice", "Message")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120)
    letter = models.JSONField(default=dict)
    number = models.PositiveIntegerField(default=1)
    url = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_a_key")]
        indexes = [
            models.Index(fields=["user", "-at"], name="notice_of_person"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.key

    def read_letter(self) -> Letter:
        return letter_from(self.letter)
