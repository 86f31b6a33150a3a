"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import pre_delete


class ScansConfig(AppConfig):
    name = "secdash.scans"
    label = "scans"

    def ready(self) -> None:
        """Follow what findings and the fleet tell.

        And load the Celery application: without it this process would send its scans to nobody's queue.
        """
        import secdash.celery  # noqa: F401
        from secdash.findings.signals import acceptances_changed
        from secdash.fleet.models import Host
        from secdash.scans import leaving, weighing

        acceptances_changed.connect(weighing.on_acceptances_changed, dispatch_uid="weigh hosts anew")
        pre_delete.connect(leaving.on_host_removed, sender=Host, dispatch_uid="keep the days of a host")
