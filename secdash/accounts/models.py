"""People."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from secdash.accounts.roles import ALLOWED, WHATEVER_REACH, Act, Role


class User(AbstractUser):
    """A person who signs in; `role` decides what they may do, `reach` where.

    What they may do on hosts of one group, `fleet.models.GroupRole` says.
    """

    class Reach(models.TextChoices):
        """On which hosts the role holds."""

        ALL = "all", _("all hosts")
        GROUPS = "groups", _("hosts of their groups alone")

    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.VIEWER)
    reach = models.CharField(_("reach"), max_length=8, choices=Reach.choices, default=Reach.ALL)
    visited_at = models.DateTimeField(null=True, blank=True)  # when the overview was looked at last
    last_visit_at = models.DateTimeField(null=True, blank=True)  # when the visit before the present one ended

    language = models.CharField(_("language"), max_length=8, blank=True)  # "" for whatever the browser asks for
    has_factor = models.BooleanField(default=False)  # a second one; `accounts.factors` keeps it true
    generation = models.PositiveIntegerField(default=0)  # one more ends every session of this person

    @property
    def sees_all(self) -> bool:
        """Whether no host is kept from them."""
        return self.is_active and self.reach == self.Reach.ALL

    def can(self, act: Act) -> bool:
        """Whether they may do it wherever it can be done; what they may do on some hosts, `fleet.access` knows."""
        return self.is_active and Role(self.role) in ALLOWED[act] and (self.sees_all or act in WHATEVER_REACH)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What each session holds, and must still be so: Django compares it with every request."""
        said = f"{self.password}\0{self.generation}"
        return salted_hmac("secdash.accounts.session", said, secret=secret, algorithm="sha256").hexdigest()

    def reads(self, otherwise: str) -> str:
        """The language they chose, and the other one where they chose none or it is spoken here no more."""
        return self.language if self.language in dict(settings.LANGUAGES) else otherwise

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username


class FailedSignIn(models.Model):
    """A password that was tried. The name is kept as a keyed digest: people type passwords into the field for it."""

    name = models.CharField(max_length=32)
    address = models.CharField(max_length=45)  # of IPv6 the network, since a client has as many addresses as it likes
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=("address", "name", "at"), name="failed_sign_in")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.address}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: datetime) -> Self:
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """A way in for one person, once, until it expires. Of the link only a digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.VIEWER)
    reach = models.CharField(_("reach"), max_length=8, choices=User.Reach.choices, default=User.Reach.ALL)
    groups = models.JSONField(default=dict)  # primary key of a group → role; the fleet knows what groups are
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="invitation")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.email or f"#{self.pk}"
