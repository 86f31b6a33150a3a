"""Who changed what."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "secdash.audit"

    def ready(self) -> None:
        from secdash.audit import signing_in

        signing_in.listen()
