"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class PostureConfig(AppConfig):
    name = "secdash.posture"
    label = "posture"
