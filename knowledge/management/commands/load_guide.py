"""`manage.py load_guide`: the guide that comes with secdash, into the database."""

from __future__ import annotations

from typing import Any

from knowledge.services import load_guide
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Load the guide that comes with secdash; articles that people edited are left as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        report = load_guide()
        for problem in report.problems:
            self.stderr.write(problem)
        self.stdout.write(
            f"guide: {len(report.created)} created, {len(report.updated)} updated, "
            f"{len(report.unchanged)} unchanged, {len(report.edited)} edited here and left, "
            f"{len(report.removed)} removed here and left"
        )
