"""`manage.py import_guide FILE|DIR`: articles out of Markdown, as people write it or as an export wrote it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from knowledge.exchange import bringing
from knowledge.exchange.bringing import Order, Run
from knowledge.exchange.files import text_of
from knowledge.exchange.importing import Result, Way, What
from knowledge.exchange.keys import Keys, read_keys
from knowledge.problems import Refused
from knowledge.shipped import LANGUAGES
from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.web.commands import ConfiguredCommand
from secdash.web.saying import said

INCOMPLETE, UNREADABLE = 1, 2
SPLITS = ("auto", "letters", "keys", *map(str, range(1, 7)))
DONE = {What.PUBLISHED: "published as version {}", What.PROPOSED: "proposed as proposal {}"}


class Command(ConfiguredCommand):
    help = (
        "Import articles from a Markdown file, a directory, or a Git working copy that export_guide made. "
        "Exit status: 0 all of it came in, 1 something did not, 2 it could not be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a Markdown file, or a directory of them")
        parser.add_argument("--language", choices=LANGUAGES, help="of files that lie in no folder en or fr")
        parser.add_argument(
            "--split",
            choices=SPLITS,
            default="auto",
            help="where articles begin: a level of headings, lettered headings, or the sections named by the keys",
        )
        parser.add_argument(
            "--as",
            dest="way",
            choices=("proposal", "published"),
            help="by default what is new is published and what stands gets a proposal",
        )
        parser.add_argument("--author", metavar="USERNAME", help="who proposes or publishes (default: the import)")
        parser.add_argument("--keys", metavar="FILE", type=Path, help="lines of “SECTION = key”")
        parser.add_argument("--dry-run", action="store_true", help="print the report, and write nothing")
        parser.add_argument("--report", metavar="FILE", type=Path, help="write the full report there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self._run(options)
        except Refused as refused:
            raise CommandError(said(refused.message), returncode=UNREADABLE) from None
        if options["report"]:
            self._write(options["report"], run)
        for fault in run.faults:
            self.stderr.write(fault)
        if not run.done:
            sys.exit(INCOMPLETE)

    def _run(self, options: dict[str, Any]) -> Run:
        bundle = bringing.gathered(options["path"], options["language"])
        way = Way(options["way"] or "either")
        order = Order(options["split"], _keys(options["keys"]), way, _author(options["author"], way))
        if options["dry_run"]:
            run = bringing.looked_at(bundle, order)
            self.stdout.write("\n".join(run.report))
            return run
        run = bringing.brought(bundle, order, at=timezone.now())
        for result in run.results:
            if result.what is not What.UNCHANGED:
                self.stdout.write(_line(result))
        self.stdout.write(", ".join(f"{run.count(what)} {what}" for what in What))
        return run

    def _write(self, file: Path, run: Run) -> None:
        try:
            file.write_text("\n".join([*run.report, *map(_line, run.results), *run.faults, ""]), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error}", returncode=UNREADABLE) from error


def _line(result: Result) -> str:
    done = DONE.get(result.what, str(result.what)).format(result.number)
    return f"{result.article}: {done}{f' ({result.words})' if result.words else ''}"


def _keys(file: Path | None) -> Keys | None:
    if file is None:
        return None
    try:
        return read_keys(text_of(file.read_bytes(), str(file)))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error}", returncode=UNREADABLE) from error


def _author(name: str | None, way: Way) -> User | None:
    """Whoever is named must be allowed to do it themselves."""
    if name is None:
        return None
    author = User.objects.filter(username=name).first()
    if author is None:
        raise CommandError(f"There is no member named {name}.", returncode=UNREADABLE)
    needed = Act.PUBLISH_GUIDE if way is Way.PUBLISHED else Act.EDIT_GUIDE
    if not author.can(needed):
        raise CommandError(f"{name} may not do this: {needed.label}.", returncode=UNREADABLE)
    return author
