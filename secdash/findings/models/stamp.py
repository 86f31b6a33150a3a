"""How often people changed findings in ways that no transition tells."""

from __future__ import annotations

from django.db import models
from django.db.models import F

ONLY = 1


class Stamp(models.Model):
    """One row, whose number goes up in the transaction that does it: what is kept of findings then gives way.

    Raised last, after the findings are locked: those who act at once wait for each other here, and only to commit.
    """

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)

    @staticmethod
    def touch() -> None:
        """Say that whose findings are, or when they are due, has changed."""
        if not Stamp.objects.filter(pk=ONLY).update(number=F("number") + 1):
            Stamp.objects.bulk_create([Stamp(pk=ONLY, number=1)], ignore_conflicts=True)
