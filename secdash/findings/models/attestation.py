"""What a person states of one item of the benchmark, which no machine can judge."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.fleet.models import Host


class AttestationQuerySet(models.QuerySet["Attestation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(host__in=Host.objects.visible_to(user))

    def newest(self) -> Self:
        """The last word on each host and item; rows are only added, so the order of keys is that of time."""
        later = Attestation.objects.filter(host=OuterRef("host"), item=OuterRef("item"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))


class Attestation(models.Model):
    """What a person states of one item of the benchmark on one host. Rows are only ever added; the newest speaks."""

    class Says(models.TextChoices):
        PASS = "pass", pgettext_lazy("verdict", "pass")
        FAIL = "fail", pgettext_lazy("verdict", "fail")
        WITHDRAWN = "withdrawn", _("withdrawn")

    host = models.ForeignKey(Host, models.CASCADE, related_name="attestations")
    item = models.CharField(max_length=80)
    says = models.CharField(max_length=9, choices=Says.choices)
    note = models.CharField(max_length=500, blank=True)  # empty for a withdrawal
    evidence = models.TextField(max_length=4000, blank=True)
    until = models.DateField(null=True, blank=True)  # its last day; none for a withdrawal
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=310)  # who said so stays readable when the account is gone
    at = models.DateTimeField()

    objects = AttestationQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["host", "item", "-id"], name="attestation_newest")]

    def __str__(self) -> str:
        return f"{self.item}: {self.says}"

    @property
    def is_withdrawn(self) -> bool:
        return self.says == self.Says.WITHDRAWN

    def has_ended(self, day: date) -> bool:
        """Whether its last day was before this one."""
        return self.until is not None and self.until < day

    def holds(self, day: date) -> bool:
        return not self.is_withdrawn and not self.has_ended(day)
