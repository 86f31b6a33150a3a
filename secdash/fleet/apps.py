"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class FleetConfig(AppConfig):
    name = "secdash.fleet"
    label = "fleet"

    def ready(self) -> None:
        from secdash.fleet import people

        people.listen()
        from secdash import keeping_sealed

        keeping_sealed.keeps("fleet.Connection", "sealed")
