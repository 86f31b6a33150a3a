"""People."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
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

    @property
    def sees_all(self) -> bool:
        """Whether no host is kept from them."""
        return self.is_active and self.reach == self.Reach.ALL

    def can(self, act: Act) -> bool:
        """Whether they may do it wherever it can be done; what they may do on some hosts, `fleet.access` knows."""
        return self.is_active and Role(self.role) in ALLOWED[act] and (self.sees_all or act in WHATEVER_REACH)

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username
