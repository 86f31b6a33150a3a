"""Lets somebody try their password again at once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import ngettext

from secdash.accounts import locking
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Forget wrong tries of a name, from an address, or all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?", default="")
        parser.add_argument("--address", default="", help="an IP address that tries came from")
        parser.add_argument("--all", action="store_true", help="forget all tries")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["username"] or options["address"] or options["all"]):
            raise CommandError("Name a person, --address, or --all.")
        try:
            count = locking.unlock(name=options["username"], address=options["address"])
        except ValueError:
            raise CommandError(f"{options['address']!r} is no IP address.") from None
        self.stdout.write(ngettext("%(n)d try is forgotten.", "%(n)d tries are forgotten.", count) % {"n": count})
