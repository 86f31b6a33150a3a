"""`manage.py checks`: what is judged, and which benchmark numbers no machine answers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation


class Command(BaseCommand):
    help = "Print the catalogue of checks."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=("table", "json"), default="table")
        parser.add_argument("--language", choices=("en", "fr"), default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        from secdash.posture.report import listing

        with translation.override(options["language"]):
            self.stdout.write(listing.as_json() if options["format"] == "json" else listing.as_table())
