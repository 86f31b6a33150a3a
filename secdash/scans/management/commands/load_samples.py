"""Loads the sample fleet."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import ngettext

from secdash.scans.sample import fleet
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Add the sample fleet: simulated hosts with ninety days of history, marked as sample data."

    def handle(self, *args: Any, **options: Any) -> None:
        count = fleet.load(at=timezone.now())
        self.stdout.write(
            ngettext("%(count)d sample host added.", "%(count)d sample hosts added.", count) % {"count": count}
        )
