"""The registered hosts and how they are reached."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.accounts.roles import ALLOWED, Act, Role
from secdash.facts.endpoint import Endpoint
from secdash.facts.identities import SOON
from secdash.fleet import credentials


def usual_interval() -> int:
    """Minutes; a function, so that migrations do not depend on the setting."""
    return int(settings.SCAN_INTERVAL)


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> Self:
        return self.allowing(user, Act.SEE_HOSTS)

    def allowing(self, user: User, act: Act) -> Self:
        """Those on whose hosts, also on such as are to come, this person may do that."""
        if user.sees_all and user.can(act):
            return self.all()
        return self.filter(pk__in=GroupRole.objects.allowing(user, act).values("group"))


class Group(models.Model):
    """Hosts that belong together, such as "Production"."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class GroupRoleQuerySet(models.QuerySet["GroupRole"]):
    def allowing(self, user: User, act: Act) -> Self:
        return self.filter(user=user, role__in=sorted(ALLOWED[act])) if user.is_active else self.none()


class GroupRole(models.Model):
    """What somebody may do on the hosts of one group, beside or instead of what their own role lets them do."""

    user = models.ForeignKey(User, models.CASCADE, related_name="group_roles")
    group = models.ForeignKey(Group, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)

    objects = GroupRoleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "group"), name="one_role_a_person_and_group")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.group}"


class Tag(models.Model):
    """A word that hosts share, across groups: `public`, `pci`."""

    name = models.SlugField(_("name"), max_length=40, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class HostQuerySet(models.QuerySet["Host"]):
    def visible_to(self, user: User) -> Self:
        """All hosts, or those of the groups in which this person has a role."""
        return self.allowing(user, Act.SEE_HOSTS)

    def allowing(self, user: User, act: Act) -> Self:
        """Those on which this person may do that. Not a word is added to the query where it is every host."""
        if user.sees_all and user.can(act):
            return self
        return self.filter(group__in=GroupRole.objects.allowing(user, act).values("group"))

    def due(self, at: datetime) -> Self:
        return self.filter(scan_due_at__lte=at)

    def outside_windows(self, at: datetime) -> Self:
        """Those that nobody works on just now."""
        here = models.Q(host=models.OuterRef("pk")) | models.Q(group=models.OuterRef("group"))
        return self.exclude(models.Exists(MaintenanceWindow.objects.open(at).filter(here)))

    def by_name(self) -> Self:
        return self.select_related("group", "connection").order_by("name")

    def offline(self) -> Self:
        return self.filter(connection__kind=Connection.Kind.OFFLINE)

    def samples(self) -> Self:
        return self.filter(connection__kind=Connection.Kind.SAMPLE)


class Host(models.Model):
    """A Docker host. `scan_due_at` is the queue: the tick claims hosts whose time has come; null means never."""

    class State(models.TextChoices):
        NEW = "new", _("never scanned")
        REACHABLE = "reachable", _("reachable")
        UNREACHABLE = "unreachable", _("unreachable")

    class Files(models.TextChoices):
        """How the host's own files are read."""

        NONE = "none", _("not at all")
        LOCAL = "local", _("from the machine that the worker runs on")
        SSH = "ssh", _("over the SSH connection")
        ARCHIVE = "archive", _("through the Engine, with a container that is never started")

    class Images(models.TextChoices):
        """How the files inside images are read."""

        NONE = "none", _("not at all")
        EXPORT = "export", _("by exporting each image once")
        ARCHIVE = "archive", _("through a container that is never started")

    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    group = models.ForeignKey(Group, models.SET_NULL, null=True, blank=True, related_name="hosts")
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="hosts", blank=True)
    environment = models.CharField(_("environment"), max_length=40, blank=True)
    owner = models.CharField(_("owner"), max_length=80, blank=True)
    interval = models.PositiveIntegerField(_("minutes between scans"), default=usual_interval)
    scan_due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    file_reading = models.CharField(_("files of the host"), max_length=8, choices=Files.choices, default=Files.LOCAL)
    image_reading = models.CharField(_("files in images"), max_length=8, choices=Images.choices, default=Images.NONE)
    state = models.CharField(max_length=16, choices=State.choices, default=State.NEW)
    seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = HostQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("host", args=[self.slug])

    @property
    def is_sample(self) -> bool:
        return self.connection.kind == Connection.Kind.SAMPLE

    @property
    def is_offline(self) -> bool:
        """Nobody connects to it: somebody brings what was collected there."""
        return self.connection.kind == Connection.Kind.OFFLINE

    def next_due(self, at: datetime) -> datetime:
        return at + timedelta(minutes=self.interval)


class Connection(models.Model):
    """How one host is reached.

    `address` is a path, `host:port`, `user@host:port/path`, the seed of a simulated Engine, or the name of the key that
    signs uploaded snapshots. `sealed` is what opens the door, or that key, as JSON and encrypted
    (`fleet.credentials`); `host_key` is the SSH host's key that somebody confirmed, as a line of known_hosts.
    """

    class Kind(models.TextChoices):
        UNIX = "unix", _("Local socket")
        TLS = "tls", _("TCP with TLS")
        SSH = "ssh", _("SSH")
        TCP = "tcp", _("TCP without TLS")
        OFFLINE = "offline", _("Uploaded snapshots")
        SAMPLE = "sample", _("Sample data")

    host = models.OneToOneField(Host, models.CASCADE, related_name="connection")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.UNIX)
    address = models.CharField(max_length=400)
    sealed = models.TextField(blank=True)
    host_key = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # of the client's certificate
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.url

    @property
    def url(self) -> str:
        """The address as `facts.connect` takes it."""
        return f"{self.kind}://{self.address}"

    @property
    def endpoint(self) -> Endpoint:
        """The address with what opens the door. Raises sealing.Unreadable."""
        return Endpoint(self.url, credentials.identity_of(self.sealed, self.host_key))

    @property
    def needs_credentials(self) -> bool:
        """It was imported, and nobody has given what opens its door yet."""
        return self.kind in KEPT_BY_KIND and not self.sealed

    def days_left(self, at: datetime) -> int | None:
        """Whole days until the certificate ends, negative once it has; None while that is not worth saying."""
        left = (self.expires_at - at).days if self.expires_at else None
        return left if left is not None and left < SOON.days else None


KEPT_BY_KIND = (Connection.Kind.TLS, Connection.Kind.SSH)


class WindowQuerySet(models.QuerySet["MaintenanceWindow"]):
    def open(self, at: datetime) -> Self:
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def over_scans(self) -> Self:
        """Those in which a scan of an outer query came to its end."""
        ended = models.OuterRef("finished_at")
        here = models.Q(host=models.OuterRef("host")) | models.Q(group=models.OuterRef("host__group"))
        return self.filter(here, starts_at__lte=ended, ends_at__gt=ended)

    def not_over(self, at: datetime) -> Self:
        return self.filter(ends_at__gt=at).order_by("starts_at")


class MaintenanceWindow(models.Model):
    """A time in which somebody works on a host, or on a group of them: the clock starts no scan, and nobody is told
    that a host does not answer.
    """

    host = models.ForeignKey(Host, models.CASCADE, null=True, blank=True, related_name="windows")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="windows")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), db_index=True)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = WindowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(host__isnull=True) ^ models.Q(group__isnull=True), name="window_of_host_or_group"
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="window_ends_later"),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.starts_at:%Y-%m-%d %H:%M} – {self.ends_at:%Y-%m-%d %H:%M}"

    @property
    def target(self) -> Host | Group:
        found = self.host or self.group
        assert found is not None  # noqa: S101 - a constraint of the table
        return found
