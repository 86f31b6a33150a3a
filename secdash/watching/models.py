"""Which hosts are watched between scans, by which process, and how that goes."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from secdash.facts.message import Message
from secdash.findings.words import message_from
from secdash.fleet.models import Host
from secdash.fleet.ways import ENGINES
from secdash.leases import FARTHEST, run_out


class WatchQuerySet(models.QuerySet["Watch"]):
    def wanted(self) -> Self:
        """Of hosts that have an Engine to listen to, and that nobody switched off."""
        return self.filter(mode=Watch.Mode.LIVE, host__connection__kind__in=ENGINES)

    def held_by(self, owner: str) -> Self:
        return self.filter(owner=owner)

    def free(self, at: datetime) -> Self:
        """Nobody's, or left by a process that gave no sign of life."""
        return self.filter(Q(owner="") | run_out(at))


class Watch(models.Model):
    """One host. `owner` is the token of the process that holds it, until the lease runs out.

    `heard` is the Engine's own time of the last event, in nanoseconds: from there a new stream goes on. `has_gap`
    stands until a scan is due that makes up for what no stream told.
    """

    class Mode(models.TextChoices):
        LIVE = "live", _("watched live")
        OFF = "off", _("scans only")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a watcher")
        CONNECTING = "connecting", _("connecting")
        WATCHING = "watching", _("watched live")
        BROKEN = "broken", _("reconnecting")
        FLOODED = "flooded", _("too many events")

    host = models.OneToOneField(Host, models.CASCADE, related_name="watch")
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)  # of the state
    heard = models.PositiveBigIntegerField(default=0)
    heard_at = models.DateTimeField(null=True, blank=True)  # by our clock
    reconnects = models.PositiveIntegerField(default=0)
    has_gap = models.BooleanField(default=False)
    error = models.JSONField(default=dict)

    objects = WatchQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "lease_until"], name="watch_leases")]

    def __str__(self) -> str:
        return f"{self.host_id} {self.state}"

    def state_at(self, now: datetime) -> str:
        """What was noted, unless whoever noted it has given no sign of life since."""
        is_held = bool(self.owner) and self.lease_until is not None and now <= self.lease_until <= now + FARTHEST
        return self.state if is_held else self.State.WAITING

    @property
    def failure(self) -> Message | None:
        return message_from(self.error)


class Watcher(models.Model):
    """A process that watches. Those that live share the hosts evenly."""

    token = models.CharField(max_length=32, unique=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.token[:8]
