"""`manage.py take_snapshot HOST FILE`: judge what secdash-collect wrote on an offline host."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from secdash.facts.offline.envelope import LARGEST, Refused
from secdash.fleet.models import Host
from secdash.scans import offline
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Take a snapshot that secdash-collect wrote on an offline host, and queue its judging (docs/offline.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("host", help="the host as its page’s address calls it")
        parser.add_argument("file", help="what secdash-collect wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        host = Host.objects.select_related("connection").filter(slug=options["host"]).first()
        if host is None:
            raise CommandError(f"There is no host {options['host']}.")
        try:
            with Path(options["file"]).open("rb") as file:
                scan = offline.take(host, file.read(LARGEST + 1), by=None, at=timezone.now())
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Scan {scan.pk} of {host.name} judges it.")
