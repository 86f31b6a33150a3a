"""`manage.py reseal`: seal every kept address with the first of SECDASH_SEALING_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from secdash.messaging import channels


class Command(BaseCommand):
    help = "Seal every kept address with the first of SECDASH_SEALING_KEYS, so that the keys after it can go."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed, lost = channels.reseal_all()
        self.stdout.write(f"Sealed anew: {sealed}.")
        if lost:
            names = ", ".join(f"{channel.name} (#{channel.pk})" for channel in lost)
            raise CommandError(f"No key opens the address of: {names}. Put the old key back, or enter these again.")
