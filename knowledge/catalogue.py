"""The checks as the editor offers them: name and title."""

from __future__ import annotations

from django.utils.translation import gettext

from secdash.checks import CATALOGUE


def completions() -> list[dict[str, str]]:
    return [{"name": check.name, "title": gettext(check.title)} for check in CATALOGUE.values()]
