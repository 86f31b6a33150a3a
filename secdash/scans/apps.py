"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import pre_delete


class ScansConfig(AppConfig):
    name = "secdash.scans"
    label = "scans"

    def ready(self) -> None:
        """Load the Celery application: without it this process would send its scans to nobody's queue.

        And follow what findings and the fleet tell, and tell findings how to look up what was last seen.
        """
        import secdash.celery  # noqa: F401
        from secdash.findings import seeing
        from secdash.findings.signals import acceptances_changed
        from secdash.fleet.models import Host
        from secdash.scans import last_seen, leaving, weighing

        acceptances_changed.connect(weighing.on_acceptances_changed, dispatch_uid="weigh hosts anew")
        pre_delete.connect(leaving.on_host_removed, sender=Host, dispatch_uid="keep the days of a host")
        seeing.told_by(last_seen.privileges)
