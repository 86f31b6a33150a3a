"""The guide in a real SQLite file and in a real PostgreSQL; the code under test runs on either as in service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import environ
import psycopg
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.db.utils import load_backend


@contextmanager
def serving(url: str) -> Iterator[None]:
    """This is Django's database for as long as it lasts."""
    asked: dict[str, Any] = {**environ.Env.db_url_config(url), "ATOMIC_REQUESTS": False}
    settings = connections.configure_settings({"default": asked})["default"]
    before = connections["default"]
    here = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    connections["default"] = here
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        here.close()
        connections["default"] = before
        ContentType.objects.clear_cache()


def a_database(server: str, name: str) -> str:
    """The URL of an empty database on this PostgreSQL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name}")
        connection.execute(f"create database {name}")
    return server.removesuffix("/postgres") + f"/{name}"
