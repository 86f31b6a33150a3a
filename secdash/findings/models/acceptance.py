"""Risks that people accepted: what of, why, until when, and who agreed."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.findings.models.finding import Finding, Transition
from secdash.fleet.models import Group, Host


class AcceptanceQuerySet(models.QuerySet["Acceptance"]):
    def visible_to(self, user: User) -> Self:
        """Those of hosts and groups that this person may see, and whatever holds, or held, a finding of such a host."""
        if user.sees_all:
            return self.all()
        findings = Finding.objects.visible_to(user).order_by()
        held = models.Q(pk__in=findings.filter(acceptance__isnull=False).values("acceptance"))
        moved = Transition.objects.filter(acceptance__isnull=False, finding__in=findings.values("pk")).order_by()
        chosen = Acceptance.chosen.through.objects.filter(finding__in=findings.values("pk")).values("acceptance")
        told = models.Q(pk__in=moved.values("acceptance")) | models.Q(pk__in=chosen)
        return self.filter(_of_places(user, Act.SEE_HOSTS) | held | told)

    def allowing(self, user: User, act: Act) -> Self:
        """Those whose scope this person may do that to as a whole: nobody decides for hosts of others."""
        if user.sees_all and user.can(act):
            return self.all()
        hosts = Host.objects.allowing(user, act).order_by().values("pk")
        of_findings = Acceptance.chosen.through.objects
        theirs, beyond = of_findings.filter(finding__host__in=hosts), of_findings.exclude(finding__host__in=hosts)
        all_theirs = models.Q(pk__in=theirs.values("acceptance")) & ~models.Q(pk__in=beyond.values("acceptance"))
        return self.filter(_of_places(user, act) | (models.Q(scope=Acceptance.Scope.CHOSEN) & all_theirs))

    def in_force(self) -> Self:
        return self.filter(state=Acceptance.State.IN_FORCE)

    def waiting(self) -> Self:
        return self.filter(state=Acceptance.State.WAITING)

    def awaiting(self, user: User) -> Self:
        """What this person is asked to decide: others' that wait for approval, and what labels propose."""
        waiting = models.Q(state=Acceptance.State.WAITING) & ~models.Q(by=user)
        proposed = models.Q(state=Acceptance.State.PROPOSED)
        if user.sees_all and user.can(Act.APPROVE_RISK) and user.can(Act.ACCEPT_RISK):
            return self.filter(waiting | proposed)
        approved, taken = (self.allowing(user, act).values("pk") for act in (Act.APPROVE_RISK, Act.ACCEPT_RISK))
        return self.filter((waiting & models.Q(pk__in=approved)) | (proposed & models.Q(pk__in=taken)))

    def past(self, day: date) -> Self:
        """In force though their last day is over."""
        return self.in_force().filter(until__lt=day)


def _of_places(user: User, act: Act) -> models.Q:
    """Of one host on which this person may do that, or of a group of such hosts."""
    hosts, groups = Host.objects.allowing(user, act).order_by(), Group.objects.allowing(user, act).order_by()
    one = models.Q(host__in=hosts.values("pk")) | models.Q(finding__host__in=hosts.values("pk"))
    return one | models.Q(group__in=groups.values("pk"), host=None, finding=None)


class Acceptance(models.Model):
    """One decision to live with what a check says. What it holds stands on the findings (`Finding.acceptance`)."""

    class Scope(models.TextChoices):
        """What it is about; the column of that name (and `host`, where given beside project and image) says which."""

        FINDING = "finding", _("this finding")
        CHOSEN = "chosen", _("the findings that were chosen")
        HOST = "host", _("the check on one host")
        GROUP = "group", _("the check on a group of hosts")
        PROJECT = "project", _("the check in a Compose project")
        IMAGE = "image", _("the check for an image")
        EVERYWHERE = "everywhere", _("the check everywhere")

    class Covers(models.TextChoices):
        """Whether it holds what turns up in its scope after it was decided."""

        PRESENT = "present", _("only what stands open now")
        LATER = "later", _("also what turns up later")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed by a label")
        WAITING = "waiting", _("waiting for approval")
        IN_FORCE = "in_force", _("in force")
        REFUSED = "refused", _("refused")
        ENDED = "ended", _("ended")

    class Ended(models.TextChoices):
        EXPIRED = "expired", _("its last day was over")
        WITHDRAWN = "withdrawn", _("taken back")
        VOIDED = "voided", _("what it was given for gained privilege")
        FULFILLED = "fulfilled", pgettext_lazy("acceptance", "nothing is left of what it was given for")

    check_name = models.CharField(max_length=80, blank=True)  # none where findings of several checks were chosen
    scope = models.CharField(max_length=10, choices=Scope.choices)
    covers = models.CharField(max_length=7, choices=Covers.choices, default=Covers.PRESENT)
    finding = models.ForeignKey(Finding, models.CASCADE, null=True, blank=True, related_name="acceptances")
    chosen = models.ManyToManyField(Finding, related_name="+", blank=True)
    host = models.ForeignKey(Host, models.CASCADE, null=True, blank=True, related_name="acceptances")
    group = models.ForeignKey(Group, models.CASCADE, null=True, blank=True, related_name="acceptances")
    project = models.CharField(max_length=200, blank=True)
    image = models.CharField(max_length=400, blank=True)  # the repository, without tag and digest
    reason = models.TextField(max_length=2000)
    until = models.DateField(null=True, blank=True)  # its last day; none never ends
    state = models.CharField(max_length=8, choices=State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=310, blank=True)  # who asked stays readable when the account is gone
    at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_by_name = models.CharField(max_length=310, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True)  # what the one who decided said
    ended = models.CharField(max_length=9, choices=Ended.choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["state", "until"], name="acceptance_ending"),
            models.Index(fields=["check_name", "state"], name="acceptance_of_check"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.check_name} ({self.scope})"

    def get_absolute_url(self) -> str:
        return reverse("acceptance", args=[self.pk])
