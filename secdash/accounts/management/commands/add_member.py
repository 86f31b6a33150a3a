"""Adds a person and prints the one-time link by which they choose their password."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from secdash.accounts import services
from secdash.accounts.roles import Role
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Add a member, or renew the link of one who has not chosen a password yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=[str(value) for value in Role.values], default=str(Role.VIEWER))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = services.add_member(options["username"], role=Role(options["role"]))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(_("One-time link for %(name)s:") % {"name": user.username})
        self.stdout.write(services.welcome_link(user))
