"""Looks at hosts: what was asked, how far it got, what it saw, and each day's sum."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.facts.message import Message
from secdash.findings.models.quick_json import QuickJSONField
from secdash.findings.words import message_from
from secdash.fleet.models import Group, Host
from secdash.leases import run_out

SEVERITIES = ("info", "low", "medium", "high", "critical")


class Snapshot(models.Model):
    """The redacted facts of a host, zstd-compressed. Scans that saw the same share one: `digest` is of its content."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="snapshots")
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "digest"], name="snapshot_content")]

    def __str__(self) -> str:
        return self.digest[:12]


class ScanQuerySet(models.QuerySet["Scan"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(host__in=Host.objects.visible_to(user))

    def active(self) -> Self:
        return self.filter(state__in=Scan.ACTIVE)

    def abandoned(self, at: datetime) -> Self:
        """Running scans whose worker let the lease run out."""
        return self.filter(run_out(at), state=Scan.State.RUNNING)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class Scan(models.Model):
    """One look at a host: queued, then running under a lease, then done or failed."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Stage(models.TextChoices):
        QUEUED = "queued", _("Queued")
        CONNECTING = "connecting", _("Connecting")
        READING = "reading", _("Reading")
        IMAGES = "images", _("Reading images")
        JUDGING = "judging", _("Judging")
        DONE = "done", _("Done")

    class Trigger(models.TextChoices):
        MANUAL = "manual", _("started by hand")
        SCHEDULE = "schedule", _("on schedule")
        UPLOAD = "upload", _("uploaded")
        LIVE = "live", _("seen live")  # no scan, but what was re-read between two of them: see `scans.glances`

    ACTIVE = (State.QUEUED, State.RUNNING)

    host = models.ForeignKey(Host, models.CASCADE, related_name="scans")
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.QUEUED)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    timings = models.JSONField(default=dict)  # stage → milliseconds
    statuses = models.JSONField(default=dict)  # status → verdicts
    tally = QuickJSONField(default=dict)  # check, or attested item → [pass, fail, unknown, not_applicable]
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    assessed = models.FloatField(null=True, blank=True)
    containers = models.PositiveIntegerField(null=True, blank=True)
    engine_version = models.CharField(max_length=80, blank=True)
    catalogue_version = models.CharField(max_length=16, blank=True)
    error = models.JSONField(default=dict)
    snapshot = models.ForeignKey(Snapshot, models.SET_NULL, null=True, blank=True, related_name="scans")
    # what `unchanged` knows the same host by; "" where it cannot
    sight = models.CharField(max_length=32, blank=True, default="", db_default="")

    objects = ScanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["host"], condition=models.Q(state__in=("queued", "running")), name="one_active_scan_a_host"
            )
        ]
        indexes = [
            models.Index(fields=["host", "-created_at"], name="scan_newest_of_host"),
            models.Index(fields=["lease_until"], condition=models.Q(state="running"), name="scan_leases"),
            models.Index(fields=["finished_at"], condition=models.Q(state__in=("done", "failed")), name="scan_over"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def failure(self) -> Message | None:
        return message_from(self.error)


class Upload(models.Model):
    """The newest snapshot that somebody brought of an offline host. Its content waits here until it is judged.

    One a host: what is not newer than this is refused, so that nothing is ever taken twice.
    """

    host = models.OneToOneField(Host, models.CASCADE, related_name="upload")
    collected_at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.CharField(max_length=40)  # of the collector
    content = models.BinaryField(default=bytes)  # redacted facts as JSON, zstd-compressed; empty once judged

    def __str__(self) -> str:
        return f"{self.host_id} {self.collected_at:%Y-%m-%d %H:%M}"


class ImageInventory(models.Model):
    """What is in an image's files, for every host that has the image: an image never changes under its id.

    While one scan reads it the row is empty and held by a lease. `failed` rows say why it cannot be read.
    """

    image_id = models.CharField(max_length=200)
    format = models.PositiveSmallIntegerField()
    content = models.BinaryField(default=bytes)  # JSON, zstd-compressed
    failed = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(db_index=True)  # some host had the image then, to the day

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image_id", "format"], name="one_inventory_an_image")]

    def __str__(self) -> str:
        return self.image_id


class Tick(models.Model):
    """One row: when beat's tick was last done. It grows old where beat, or every worker, is gone."""

    ONLY = 1

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


class Thinned(models.Model):
    """How far `forgetting` came with one kind of row: the first day that it has not thinned yet."""

    what = models.CharField(max_length=12, unique=True)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.what} {self.day}"


class ReleaseTableQuerySet(models.QuerySet["ReleaseTable"]):
    def newest(self) -> ReleaseTable | None:
        return self.defer("content").order_by("-pk").first()


class ReleaseTable(models.Model):
    """A table of releases that somebody loaded, as the file was; the newest counts. `version` is of its content."""

    version = models.CharField(max_length=16)
    read_on = models.DateField()
    content = models.TextField()
    forced = models.BooleanField(default=False)
    loaded_at = models.DateTimeField()

    objects = ReleaseTableQuerySet.as_manager()

    def __str__(self) -> str:
        return self.version


class PostureDayQuerySet(models.QuerySet["PostureDay"]):
    def visible_to(self, user: User) -> Self:
        """The days of hosts that this person may see, and those of hosts that are gone and were in groups they see.

        Said of an expression, so that no database walks all days of each host where a few days of all are asked for.
        """
        gone = models.Q(seen_of=0) & in_groups_of(user)
        seen = gone | models.Q(seen_of__in=Host.objects.visible_to(user).order_by().values("pk"))
        return self.alias(seen_of=Coalesce("host_id", 0)).filter(seen)


def in_groups_of(user: User) -> models.Q:
    """Days in groups that this person sees. Nothing is asked where that is every group: a host may be in none."""
    return models.Q() if user.sees_all else models.Q(group__in=Group.objects.visible_to(user).order_by().values("pk"))


class PostureDay(models.Model):
    """A host's day: where it stood at its last scan of the day, and what moved. Outlives the scans, and the host."""

    host = models.ForeignKey(Host, models.SET_NULL, null=True, related_name="days")
    host_ident = models.PositiveBigIntegerField()  # the host's id, for ever
    host_name = models.CharField(max_length=120)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, related_name="days")  # the host's group that day
    day = models.DateField()
    catalogue_version = models.CharField(max_length=16, blank=True)
    score = models.PositiveSmallIntegerField(null=True)
    assessed = models.FloatField(null=True)
    passed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    critical = models.PositiveIntegerField(default=0)  # open findings of that severity; so are the four below
    high = models.PositiveIntegerField(default=0)
    medium = models.PositiveIntegerField(default=0)
    low = models.PositiveIntegerField(default=0)
    info = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)  # findings that stood accepted
    opened = models.PositiveIntegerField(default=0)  # seen and reopened
    resolved = models.PositiveIntegerField(default=0)  # fixed and gone, open or accepted before
    accepted_begun = models.PositiveIntegerField(default=0)
    accepted_ended = models.PositiveIntegerField(default=0)  # expired, voided, taken back: open again
    fixed_in_time = models.PositiveIntegerField(default=0)  # by their due date, or without one
    fixed_late = models.PositiveIntegerField(default=0)
    # severity's word → {bin: fixed findings}: how long they had been open, in bins of `findings.durations`
    fix_times = models.JSONField(default=dict)
    # what moved the score since the host's day before: category → check → points, as `scans.moves` has them. All points
    # add up to the difference of the two scores; what gave no point is left out; check "" is what no check can be given
    moves = QuickJSONField(default=dict)
    # whether score, group or anything behind the score is another than on the host's day before: what a reader of many
    # days can leave out stands False
    moved = models.BooleanField(default=True)

    objects = PostureDayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host_ident", "day"], name="posture_a_day")]
        indexes = [
            models.Index(fields=["day"], name="posture_by_day"),
            models.Index(fields=["group", "day"], name="posture_of_group"),
            models.Index(fields=["day"], condition=models.Q(moved=True), name="posture_moved"),
        ]

    def __str__(self) -> str:
        return f"{self.host_name} {self.day}"


class Rejudged(models.Model):
    """A kept day of a host, judged again from the snapshot that stood then, by a catalogue of later.

    Written for days that were recorded under another catalogue. What was accepted is what stood accepted that day.
    Without a score where no snapshot of then is kept, or none that this version can read.
    """

    host = models.ForeignKey(Host, models.CASCADE, related_name="+")
    day = models.DateField()
    snapshot = models.ForeignKey(Snapshot, models.SET_NULL, null=True, related_name="+")
    catalogue_version = models.CharField(max_length=16)
    score = models.PositiveSmallIntegerField(null=True)
    assessed = models.FloatField(null=True)
    critical = models.PositiveIntegerField(default=0)  # failures of that severity that nobody accepted; so the others
    high = models.PositiveIntegerField(default=0)
    medium = models.PositiveIntegerField(default=0)
    low = models.PositiveIntegerField(default=0)
    info = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "day", "catalogue_version"], name="rejudged_once_a_catalogue")
        ]

    def __str__(self) -> str:
        return f"{self.host_id} {self.day} {self.catalogue_version}"
