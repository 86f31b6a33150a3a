"""The migrations of `secdash.scans`, and one of a release to come: Django finds all of them here."""

from __future__ import annotations

from secdash.scans import migrations

__path__ = [*migrations.__path__, *__path__]
