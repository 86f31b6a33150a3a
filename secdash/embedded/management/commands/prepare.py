"""`manage.py prepare`: what `up` does before it starts anything. One process, for each would load all of it anew."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from secdash.embedded import plan


class Command(BaseCommand):
    help = "Bring the tables and the guide up to date, and register this machine's Docker Engine where no host is."
    requires_system_checks: list[str] = []  # each step does its own

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="add the sample fleet, unless it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        for words in plan.preparations(demo=options["demo"]):
            call_command(*words, skip_checks=False)
