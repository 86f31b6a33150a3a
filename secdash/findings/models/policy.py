"""What the team asks of itself, by severity: how fast findings are fixed, how long and by whom risks are accepted."""

from __future__ import annotations

from django.db import models

from secdash.checks.outcome import Severity


class SeverityPolicy(models.Model):
    """One row a severity, written by the first migration; a number that is null sets no bound."""

    severity = models.PositiveSmallIntegerField(unique=True)
    fix_days = models.PositiveSmallIntegerField(null=True, blank=True)  # from opened to its last day in time
    accept_days = models.PositiveSmallIntegerField(null=True, blank=True)  # an acceptance holds at most
    approvals = models.PositiveSmallIntegerField(default=0)  # persons beside the one who asks

    class Meta:
        ordering = ("-severity",)

    def __str__(self) -> str:
        return self.level.word

    @property
    def level(self) -> Severity:
        return Severity(self.severity)
