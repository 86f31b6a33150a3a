"""`manage.py load_releases FILE`: judge versions by a newer table, without a new secdash."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from secdash.checks.releases import SHIPPED
from secdash.checks.releases.reading import Refused, write


class Command(BaseCommand):
    help = "Load a table of release lines and known flaws (docs/releases.md has its form). All of it or nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="the table as JSON")
        parser.add_argument("--print", action="store_true", help="print the table that secdash ships, to start from")
        parser.add_argument("--force", action="store_true", help="load it though it is older than the one in use")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print"]:
            self.stdout.write(write(SHIPPED), ending="")
        elif options["file"]:
            self._load(options["file"], force=options["force"])
        else:
            raise CommandError("Name a file, or --print.")

    def _load(self, file: str, *, force: bool) -> None:
        from secdash.scans import release_tables

        try:
            tables = release_tables.load(Path(file).read_text(encoding="utf-8"), at=timezone.now(), force=force)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except Refused as error:
            raise CommandError(f"{file} was not loaded:\n{error}") from error
        self.stdout.write(
            f"Loaded {tables.version}, read on {tables.read_on}: "
            f"{len(tables.lines)} release lines, {len(tables.advisories)} advisories."
        )
