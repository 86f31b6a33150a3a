"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register


class EmbeddedConfig(AppConfig):
    name = "secdash.embedded"
    label = "embedded"

    def ready(self) -> None:
        from secdash import keeping_sealed
        from secdash.embedded import configuration
        from secdash.web.commands import CONFIGURATION

        register(configuration.secret_key, Tags.security, CONFIGURATION)
        register(configuration.public_url, CONFIGURATION)
        register(keeping_sealed.check, Tags.database)
