"""Prints how the first administrator signs in: a one-time link, until a password is chosen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from secdash.accounts import services
from secdash.web.commands import ConfiguredCommand


class Command(ConfiguredCommand):
    help = "Make the first administrator if there is none, and print how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        user = services.first_administrator()
        if user.has_usable_password():
            self.stdout.write(_("Sign in as %(name)s with your password.") % {"name": user.username})
        else:
            self.stdout.write(_("Sign in as %(name)s with this one-time link:") % {"name": user.username})
            self.stdout.write(services.welcome_link(user))
