"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "secdash.findings"
    label = "findings"
