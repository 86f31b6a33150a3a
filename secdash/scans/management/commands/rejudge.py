"""Judges the kept days by today's catalogue."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from secdash.scans import rejudging
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = (
        "Judge the kept days of a year by today's checks, from the snapshots that stood then. The worker does the same "
        "by and by; what is done is not done again, so that it may be stopped at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--most", type=int, help="stop after this many days of hosts")

    def handle(self, *args: Any, most: int | None = None, **options: Any) -> None:
        total = rejudging.left(at=timezone.now())
        wanted = total if most is None else min(most, total)
        done = 0
        while done < wanted:
            judged = rejudging.run(at=timezone.now(), most=min(rejudging.A_RUN, wanted - done))
            if not judged:
                break
            done += judged
            self.stdout.write(f"{done} of {total} days judged")
        self.stdout.write("Nothing waits." if not total else f"Done: {done} judged, {max(total - done, 0)} wait.")
