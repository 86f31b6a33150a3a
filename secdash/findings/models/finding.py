"""Findings: what a check holds against one thing on one host, and how that came and went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.checks.outcome import Severity
from secdash.facts.message import Message
from secdash.findings.models.quick_json import QuickJSONField
from secdash.findings.words import message_from
from secdash.fleet.models import Host


class State(models.TextChoices):
    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    RESOLVED = "resolved", _("resolved")


class Why(models.TextChoices):
    """Why a finding changed its state. Acceptances bring accepted, expired, voided and returned."""

    SEEN = "seen", _("seen")
    FIXED = "fixed", _("fixed")
    GONE = "gone", _("its subject is gone")
    REOPENED = "reopened", _("seen again")
    ACCEPTED = "accepted", _("accepted")
    EXPIRED = "expired", _("acceptance ended")
    VOIDED = "voided", _("acceptance voided")
    RETURNED = "returned", _("acceptance taken back")


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> Self:
        """Those of hosts that this person may see. Where that is every host nothing is compared: each has one."""
        return self.allowing(user, Act.SEE_HOSTS)

    def allowing(self, user: User, act: Act) -> Self:
        """Those of hosts on which this person may do that."""
        hosts = Host.objects.allowing(user, act)
        return self.filter(host__in=hosts) if hosts.query.where else self.all()

    def on(self, host: Host) -> Self:
        return self.filter(host=host)

    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def overdue(self, day: date) -> Self:
        """Open past their last day in time."""
        return self.open().filter(due_on__lt=day)

    def worst_first(self) -> Self:
        return self.order_by("-severity", "check_name", Lower("subject_name"), "pk")


def _by_name(column: str, name: str) -> models.Index:
    """For one name or all that begin alike (which PostgreSQL finds by this operator class alone), and their sums."""
    return models.Index(
        fields=["state", column, "check_name", "severity", "opened_at", "subject_kind"],
        opclasses=["varchar_ops", "varchar_pattern_ops", "varchar_ops", "int2_ops", "timestamptz_ops", "varchar_ops"],
        name=name,
    )


class Finding(models.Model):
    """One row for a check and a subject on a host, for ever; the state moves, the row stays."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="findings")
    check_name = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=12)
    subject_key = models.CharField(max_length=400)
    subject_name = models.CharField(max_length=400)
    project = models.CharField(max_length=200, blank=True)
    image = models.CharField(max_length=400, blank=True)
    severity = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    reason = QuickJSONField(default=dict)
    evidence = QuickJSONField(default=list)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assigned_findings"
    )
    due_on = models.DateField(null=True, blank=True)  # its last day in time; none where the policy sets none
    acceptance = models.ForeignKey(
        "findings.Acceptance", models.SET_NULL, null=True, blank=True, related_name="holding"
    )  # what holds it accepted; none in every other state
    # a `binding.Bound`: as what it was accepted; kept when it is resolved, to be compared with what comes back
    bound_to = QuickJSONField(default=dict, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["host", "check_name", "subject_kind", "subject_key"], name="finding_identity"
            )
        ]
        indexes = [
            models.Index(fields=["state", "-severity", "check_name"], name="finding_worst_first"),
            models.Index(fields=["host", "state", "severity", "check_name"], name="finding_standing"),
            # All that the list of findings filters, sums and sorts by, so that it does not read the rows themselves.
            models.Index(
                fields=[
                    "state",
                    "check_name",
                    "host",
                    "severity",
                    "opened_at",
                    "subject_kind",
                    "assignee",
                    "due_on",
                ],
                name="finding_by_check",
            ),
            models.Index(fields=["state", "opened_at"], name="finding_newest"),
            models.Index(fields=["assignee", "state", "due_on"], name="finding_of_assignee"),
            models.Index(fields=["state", "due_on"], name="finding_due"),
            _by_name("project", "finding_by_project"),
            _by_name("image", "finding_by_image"),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} · {self.subject_name}"

    def get_absolute_url(self) -> str:
        return reverse("finding", args=[self.pk])

    @property
    def level(self) -> Severity:
        return Severity(self.severity)

    @property
    def message(self) -> Message | None:
        """The reason as data, to be translated where it is shown."""
        return message_from(self.reason)

    def is_overdue(self, day: date) -> bool:
        return self.state == State.OPEN and self.due_on is not None and self.due_on < day


class Transition(models.Model):
    """One change of a finding's state. Rows are only ever added: history, trends and time to fix fold over them."""

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="transitions")
    at = models.DateTimeField(db_index=True)
    was = models.CharField(max_length=8, choices=State.choices, blank=True)
    now = models.CharField(max_length=8, choices=State.choices)
    why = models.CharField(max_length=10, choices=Why.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    scan = models.ForeignKey("scans.Scan", models.SET_NULL, null=True, blank=True, related_name="transitions")
    acceptance = models.ForeignKey(
        "findings.Acceptance", models.SET_NULL, null=True, blank=True, related_name="transitions"
    )
    lasted = models.PositiveBigIntegerField(null=True)  # seconds since it opened, where it closes
    note = models.JSONField(default=dict, blank=True)  # as `told` makes it

    class Meta:
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["finding", "at"], name="transition_history")]

    def __str__(self) -> str:
        return f"{self.was or '–'} → {self.now} ({self.why})"

    @staticmethod
    def told(due: date | None = None, gained: Sequence[object] = ()) -> dict[str, Any]:
        """Until when what opens is due by the policy; messages that say why it is not accepted any more."""
        kept = {"due": due.isoformat() if due else "", "gained": list(gained)}
        return {name: value for name, value in kept.items() if value}

    @property
    def due_on(self) -> date | None:
        """The due date that the policy gave with it."""
        return date.fromisoformat(self.note["due"]) if self.note.get("due") else None

    @property
    def gains(self) -> list[Message]:
        """What its subject gained, where that voided an acceptance or kept it from being accepted again."""
        said = (message_from(each) for each in self.note.get("gained", ()))
        return [each for each in said if each]
