"""Lists of findings that people come back to: filters under a name."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.fleet.models import GroupRole


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those that others share who see no more hosts: a view's name and filters name some."""
        shared = models.Q(audience=SavedView.Audience.EVERYBODY)
        if not user.sees_all:
            others = GroupRole.objects.exclude(group__in=GroupRole.objects.filter(user=user).values("group"))
            narrow = models.Q(owner__reach=User.Reach.GROUPS) & ~models.Q(owner__in=others.values("user"))
            shared &= narrow
        return self.filter(models.Q(owner=user) | shared) if user.is_active else self.none()


class SavedView(models.Model):
    """A query of the findings page under a name. `query` is as the address has it, without the question mark."""

    class Audience(models.TextChoices):
        OWNER = "owner", _("only me")
        EVERYBODY = "everybody", _("everybody")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    audience = models.CharField(max_length=9, choices=Audience.choices, default=Audience.OWNER)
    created_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name")]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view that a person's list of findings opens with."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="default_view")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.view_id)
