"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class WatchingConfig(AppConfig):
    name = "secdash.watching"
    label = "watching"
