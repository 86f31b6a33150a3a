"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register


class EmbeddedConfig(AppConfig):
    name = "secdash.embedded"
    label = "embedded"

    def ready(self) -> None:
        from secdash.embedded import configuration

        register(configuration.secret_key, Tags.security)
        register(configuration.public_url)
