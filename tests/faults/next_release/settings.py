"""As the product's, with the migrations of a release to come: for `manage.py migrate` while this one runs."""

from __future__ import annotations

from secdash.settings import *  # noqa: F403 - all of them, as the product has them

MIGRATION_MODULES = {"scans": "tests.faults.next_release.scans"}
