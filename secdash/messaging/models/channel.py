"""Where messages go, and what of."""

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
from secdash.fleet.models import Group, Host, Tag
from secdash.messaging.rhythm import HOURS, WEEKDAYS, Rhythm, next_time


class ChannelQuerySet(models.QuerySet["Channel"]):
    def manageable_by(self, user: User) -> Self:
        """One's own, and those of groups and of all hosts for whoever manages channels there."""
        if not user.is_active:
            return self.none()
        mine = models.Q(owner=user)
        if user.can(Act.MANAGE_CHANNELS):
            return self.filter(mine | models.Q(owner=None))
        groups = Group.objects.allowing(user, Act.MANAGE_CHANNELS).order_by().values("pk")
        return self.filter(mine | models.Q(owner=None, group__in=groups))

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
        WEBHOOK = "webhook", _("Signed webhook")

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
    def speaks(self) -> str:
        """Its language; that of its person, where they chose one for all that is theirs."""
        return self.owner.reads(self.language) if self.owner else self.language

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
        UNREACHABLE = "unreachable", _("host unreachable or its snapshot overdue, and reachable again")
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
