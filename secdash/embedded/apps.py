"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "secdash.embedded"
    label = "embedded"
