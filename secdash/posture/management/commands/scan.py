"""`manage.py scan [ENDPOINT]`: one look at an Engine, without a database and without registering it."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

FORMATS = ("table", "json", "csv", "markdown", "sarif", "junit")
SEVERITIES = ("info", "low", "medium", "high", "critical")
USUAL = "unix:///var/run/docker.sock"
FOUND, COULD_NOT_SCAN = 1, 2
DEADLINE = 300.0  # seconds


class Command(BaseCommand):
    help = (
        "Read and judge a Docker Engine. Exit status: 0 nothing at or above the threshold, "
        "1 findings, 2 could not scan."
    )
    requires_system_checks: list[str] = []
    _said = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("endpoint", nargs="?", help=f"a socket; DOCKER_HOST, else {USUAL}")
        parser.add_argument("--format", choices=FORMATS, default="table")
        parser.add_argument("--fail-on", choices=SEVERITIES, default="high", help="the threshold (default: high)")
        parser.add_argument("--check", nargs="+", action="extend", default=[], metavar="NAME", help="only these checks")
        parser.add_argument("--host-root", metavar="PATH", help="where the host's root is mounted (default: its own)")
        parser.add_argument("--no-host-files", action="store_true", help="do not read the files of the host")
        parser.add_argument(
            "--deep",
            choices=("export", "archive"),
            help="also read the files in images: by exporting each, or through a container that is never started",
        )
        parser.add_argument("--releases", metavar="FILE", help="judge versions by this table (docs/releases.md)")
        parser.add_argument("--language", choices=("en", "fr"), default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            status = self._scan(options)
        if status:
            sys.exit(status)

    def _scan(self, options: dict[str, Any]) -> int:
        from secdash.checks import CATALOGUE, releases
        from secdash.checks.outcome import Severity
        from secdash.facts.connect import Unreachable
        from secdash.posture.report.look import look_at
        from secdash.web.saying import said

        strangers = [name for name in options["check"] if name not in CATALOGUE]
        if strangers:
            raise CommandError(
                f"No such check: {', '.join(strangers)}. “manage.py checks” lists them.", returncode=COULD_NOT_SCAN
            )
        try:
            with releases.using(_tables(options["releases"])):
                look = look_at(
                    _address(options["endpoint"]),
                    only=options["check"],
                    progress=self._progress,
                    deadline=DEADLINE,
                    files=_way(options),
                    deep=options["deep"],
                )
        except Unreachable as error:
            self._clear()
            self.stderr.write(said(error.message))
            return COULD_NOT_SCAN
        self._clear()
        self.stdout.write(self._written(look, options["format"]))
        return FOUND if look.failures(Severity[options["fail_on"].upper()]) else 0

    def _written(self, look: Any, form: str) -> str:
        from secdash.posture.report import structured, written

        if form == "table":
            return written.as_table(look, colour=self.stdout.isatty() and "NO_COLOR" not in os.environ)
        writers = {
            "json": structured.as_json,
            "csv": structured.as_csv,
            "sarif": structured.as_sarif,
            "junit": structured.as_junit,
            "markdown": written.as_markdown,
        }
        return writers[form](look)

    def _progress(self, stage: str, done: int, total: int) -> None:
        """One line that overwrites itself on a terminal; elsewhere a line a stage."""
        text = f"{stage} {done}/{total}" if total else stage
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{text}", ending="")
        elif done in (0, total) and text != self._said:
            self.stderr.write(text)
            self._said = text

    def _clear(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\x1b[K", ending="")


def _tables(file: str | None) -> Any:
    """The table of releases in the file; the one that secdash ships where none is named."""
    from secdash.checks.releases import SHIPPED
    from secdash.checks.releases.reading import Refused, read

    if file is None:
        return SHIPPED
    try:
        return read(Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Refused) as error:
        raise CommandError(f"{file} cannot be used:\n{error}", returncode=COULD_NOT_SCAN) from error


def _address(given: str | None) -> str:
    """The endpoint; a bare path is a socket."""
    address = given or os.environ.get("DOCKER_HOST") or USUAL
    return f"unix://{address}" if address.startswith("/") else address


def _way(options: dict[str, Any]) -> Any:
    """How the files of the host are read: from this machine, or not at all. Nothing is ever made on it."""
    from django.conf import settings

    from secdash.facts.files.reading import LOCAL, NONE, Way

    return Way(NONE if options["no_host_files"] else LOCAL, prefix=options["host_root"] or settings.HOST_ROOT)
