"""`manage.py rotate_keys`: seal everything that is sealed with the first of SECDASH_SEALING_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from secdash import keeping_sealed
from secdash.audit.recording import record
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Seal everything with the first of SECDASH_SEALING_KEYS, so that the keys after it can go."

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = keeping_sealed.reseal_all()
        record("keys.rotated", after={"sealed": outcome.sealed, "lost": len(outcome.lost)})
        self.stdout.write(f"Sealed anew: {outcome.sealed}.")
        if outcome.lost:
            raise CommandError(f"No key opens: {', '.join(outcome.lost)}. Put the old key back, or enter these again.")
