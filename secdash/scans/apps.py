"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class ScansConfig(AppConfig):
    name = "secdash.scans"
    label = "scans"

    def ready(self) -> None:
        """Load the Celery application: without it this process would send its scans to nobody's queue."""
        import secdash.celery  # noqa: F401
