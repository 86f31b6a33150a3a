"""`manage.py collector > secdash-collect.py`: the file that is run on hosts which nobody can reach."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from secdash.facts.offline.assembling import assembled
from secdash.fleet import uploading
from secdash.fleet.models import Connection, Host


class Command(BaseCommand):
    help = "Print secdash-collect. Of a host, with its upload key inside; --register enters a new one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("host", nargs="?", default="", help="the host as its page’s address calls it")
        parser.add_argument("--register", action="store_true", help="enter a new offline host of this name first")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["host"]
        if options["register"]:
            name = uploading.register(name, at=timezone.now()).slug
        self.stdout.write(assembled(_key_of(name) if name else ""), ending="")


def _key_of(slug: str) -> str:
    """Raises CommandError for a host that is none of these."""
    hosts = Host.objects.select_related("connection").filter(connection__kind=Connection.Kind.OFFLINE)
    host = hosts.filter(slug=slug).first()
    if host is None:
        raise CommandError(f"There is no offline host {slug}. Register it with --register.")
    return uploading.key_of(host)
