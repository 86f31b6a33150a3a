"""`manage.py export_guide DIR`: the guide as files that import_guide reads, or as Git commits."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from knowledge.exchange import exporting, git_export
from knowledge.problems import Refused
from knowledge.shipped import LANGUAGES
from secdash.web.commands import ConfiguredCommand
from secdash.web.saying import said

NOT_WRITTEN = 2


class Command(ConfiguredCommand):
    help = (
        "Write the published guide into a directory: DIR/<language>/<NNN>-<key>.md and DIR/pictures/. "
        "Exit status: 0 written, 2 nothing was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIR")
        parser.add_argument("--language", choices=LANGUAGES, action="append", help="only this one (may be repeated)")
        parser.add_argument(
            "--git", action="store_true", help="make DIR a Git working copy and commit each revision; never pushes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        languages = tuple(options["language"] or LANGUAGES)
        try:
            self.stdout.write(self._export(options["directory"], languages, options["git"]))
        except Refused as refused:
            raise CommandError(said(refused.message), returncode=NOT_WRITTEN) from None
        except OSError as error:
            raise CommandError(f"{options['directory']} cannot be written: {error}", returncode=NOT_WRITTEN) from error

    def _export(self, directory: Path, languages: tuple[str, ...], as_commits: bool) -> str:
        if as_commits:
            return f"{len(git_export.export(directory, at=timezone.now(), languages=languages))} commits"
        report = exporting.export(directory, languages=languages)
        return f"{len(report.written)} written, {len(report.unchanged)} unchanged, {len(report.removed)} removed"
