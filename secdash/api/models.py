"""Tokens by which programs act, and the accounts of programs that act for nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.accounts.roles import Act


class Scope(models.TextChoices):
    """What a token is good for, at most: its user must be allowed it as well."""

    READ = "read", _("read hosts, findings, scans and the guide")
    SCAN = "scan", _("start scans")
    ACT = "act", _("work on findings, accept risks, change hosts")
    METRICS = "metrics", _("read metrics for Prometheus")
    UPLOAD = "upload", _("upload snapshots of hosts")


class ServiceAccount(models.Model):
    """A user row that is no person: it has no password, cannot sign in, and has role and reach as anybody else."""

    user = models.OneToOneField(User, models.CASCADE, related_name="service_account")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.user.display_name


class TokenQuerySet(models.QuerySet["Token"]):
    def of_person(self, user: User) -> Self:
        return self.filter(user=user, user__service_account=None)

    def of_services(self) -> Self:
        return self.filter(user__service_account__isnull=False)

    def manageable_by(self, user: User) -> Self:
        """One's own, and those of services for whoever gives programs tokens."""
        mine = models.Q(user=user)
        services = models.Q(user__service_account__isnull=False)
        return self.filter(mine | services if user.can(Act.MANAGE_TOKENS) else mine)

    def usable(self, at: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at, user__is_active=True)


class Token(models.Model):
    """The right to act as its user, within its scopes, until it expires. Only its digest is kept."""

    class State(models.TextChoices):
        USABLE = "usable", pgettext_lazy("token", "in use")
        EXPIRED = "expired", pgettext_lazy("token", "expired")
        REVOKED = "revoked", pgettext_lazy("token", "revoked")

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)  # how it begins, to tell it from others
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)  # last, to the minute
    used_from = models.GenericIPAddressField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name

    def state_at(self, at: datetime) -> State:
        if self.revoked_at:
            return self.State.REVOKED
        return self.State.EXPIRED if self.expires_at <= at else self.State.USABLE

    def allows(self, scope: str) -> bool:
        return scope in self.scopes

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope]
