"""`manage.py backup`: everything in one file, while everything goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from secdash.audit.recording import record
from secdash.backups import archive, making
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Write everything into one file, and read it again to be sure. The keys that seal credentials are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where to write it; must not exist yet")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        now = timezone.now()
        record("backup.made", name=file.name, at=now)
        try:
            said = making.make(file, at=now)
        except FileExistsError as error:
            raise CommandError(f"{file} is there already. Choose another name.") from error
        except (OSError, archive.Broken) as error:
            raise CommandError(f"No backup was made: {error}") from error
        rows = sum(table.rows for table in said.tables.values())
        self.stdout.write(f"Backed up and read again: {rows} rows of {len(said.tables)} tables.")
        self.stdout.write(f"SHA-256 {archive.digest_of(file)}")
        self.stdout.write(
            "Keep SECDASH_SEALING_KEYS and SECDASH_SECRET_KEY elsewhere: without them credentials are lost."
        )
