"""`manage.py verify_audit`: whether the audit log is whole, and its head to keep elsewhere."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from secdash.audit.verifying import Account, verify
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Check that no row of the audit log was changed, removed or put in, and print its head."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", default="", metavar="DIGEST", help="A head printed before: rows up to it must stand."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        account = verify(options["head"].strip().lower())
        self.stdout.write(f"Rows that hold: {account.rows}.")
        self.stdout.write(f"Head: {account.head}")
        if faults := _faults(account):
            raise CommandError(" ".join(faults))
        self.stdout.write("The log is whole. Keep the head where nobody who can write to this database can change it.")


def _faults(account: Account) -> list[str]:
    found = []
    if account.broken:
        found.append(
            f"The first row that does not fit is {account.broken.pk} ({account.broken.at:%Y-%m-%d %H:%M} UTC)."
        )
    if not account.has_anchor:
        found.append("No row that holds has the digest that --head names: rows are missing, or were written anew.")
    if not account.is_guarded:
        found.append("The database lets rows be changed: its triggers are missing.")
    return found
