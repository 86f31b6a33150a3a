"""The frame every page stands in: template tags, icons, theme and language."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "secdash.web"
    label = "web"
