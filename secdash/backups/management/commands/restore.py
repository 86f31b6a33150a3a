"""`manage.py restore`: a whole secdash from one file, into an empty database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from secdash import keeping_sealed
from secdash.backups import archive, restoring
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Bring a backup back into an empty database, of either kind, and compare every row."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read the backup and say whether it would fit")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            said = self._look(file) if dry_run else restoring.restore(file, at=timezone.now())
        except (archive.Broken, restoring.Refused) as error:
            raise CommandError(str(error)) from error
        rows = sum(table.rows for table in said.tables.values())
        did = "Read and found whole" if dry_run else "Restored and compared"
        self.stdout.write(f"{did}: {rows} rows of {len(said.tables)} tables, of {said.made_at:%Y-%m-%d %H:%M} UTC.")
        if not dry_run and (lost := keeping_sealed.unreadable()):
            self.stderr.write(f"No key opens: {', '.join(lost)}. Put the old SECDASH_SEALING_KEYS back.")

    def _look(self, file: Path) -> archive.Manifest:
        with archive.reading(file) as found:
            found.verify()
            restoring.targets_here(found.manifest)
            return found.manifest
