"""The frame every page stands in: template tags, icons, theme and language."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


class WebConfig(AppConfig):
    name = "secdash.web"
    label = "web"

    def ready(self) -> None:
        connection_created.connect(_opened, dispatch_uid="lists of PostgreSQL")
        if settings.TRACING:
            from secdash.web.tracing import begin  # what it needs is installed only where it is asked for

            begin()


def _opened(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    if connection.vendor == "postgresql":
        from secdash.web.postgres_lists import register  # psycopg is nothing that SQLite should wait for

        register(connection)
