"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class ScansConfig(AppConfig):
    name = "secdash.scans"
    label = "scans"

    def ready(self) -> None:
        """Load the Celery application: without it this process would send its scans to nobody's queue.

        And tell findings how to look up what was last seen.
        """
        import secdash.celery  # noqa: F401
        from secdash.findings import seeing
        from secdash.scans import last_seen

        seeing.told_by(last_seen.privileges)
