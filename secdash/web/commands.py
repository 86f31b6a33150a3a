"""Commands of manage.py that people and services start."""

from __future__ import annotations

from django.core.management.base import BaseCommand

CONFIGURATION = "configuration"  # the tag of system checks of what whoever runs secdash has set


class ConfiguredCommand(BaseCommand):
    """Begins once the configuration is right.

    The checks of addresses, templates and models are about the code, and load all pages: half of what a start takes.
    `migrate` and `check` do them.
    """

    requires_system_checks = [CONFIGURATION]
