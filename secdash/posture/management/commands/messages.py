"""Collects every text for translation: Django's own, `say("…")` of the pure core, and the titles of the checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

from secdash.checks import CATALOGUE

TITLES = Path("secdash") / "collected_titles.py"
ELSEWHERE = (".venv/*", "node_modules/*", "data/*", "tests/*", "staticfiles/*", "bench/*", "static/*")


class Command(makemessages.Command):
    help = "Collect the texts to translate into secdash/locale (needs gettext)."
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=say",
        "--keyword=told",
        "--keyword=counted:1,2",
        "--sort-output",
    ]
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--sort-output", "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        # Titles are docstrings, which xgettext does not read: for a moment they stand in a file that it does.
        titles = settings.BASE_DIR / TITLES
        words = sorted({entry.title for entry in CATALOGUE.values()})
        titles.write_text("".join(f"gettext_noop({word!r})\n" for word in words), encoding="utf-8")
        languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        collected = {
            "locale": languages,
            "ignore_patterns": list(ELSEWHERE),
            "no_obsolete": True,
            "no_location": True,
            "no_wrap": True,
        }
        try:
            super().handle(*args, **{**options, **collected})
        finally:
            titles.unlink()
