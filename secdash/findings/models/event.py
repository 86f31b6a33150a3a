"""What people, and the policy, set of a finding: to whom it is given, and until when it is to be fixed."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from secdash.findings.models.finding import Finding
from secdash.frozen import FrozenModel, FrozenRows


class FindingEventQuerySet(FrozenRows, models.QuerySet["FindingEvent"]):
    def newest_first(self) -> FindingEventQuerySet:
        return self.order_by("-at", "-pk")


class FindingEvent(FrozenModel):
    """Append-only. `was` and `now` are the names of people, or days as 2027-05-31; "" for nobody and for no day.

    Names are kept as they were: people are renamed. A due date that comes with an opening stands in its transition.
    """

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("assigned")
        DUE = "due", _("due date set")
        POLICY = "policy", _("due date set by the policy")

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    was = models.CharField(max_length=310, blank=True)
    now = models.CharField(max_length=310, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=310)
    at = models.DateTimeField()

    objects = FindingEventQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["finding", "at"], name="event_of_finding")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.was or '–'} → {self.now or '–'}"

    @property
    def is_of_people(self) -> bool:
        return self.kind == self.Kind.ASSIGNED

    @property
    def day(self) -> date | None:
        """The last day in time that was set."""
        return None if self.is_of_people or not self.now else date.fromisoformat(self.now)

    @property
    def day_before(self) -> date | None:
        return None if self.is_of_people or not self.was else date.fromisoformat(self.was)
