"""Making a backup while everything goes on: all tables as they stood at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

import secdash
from secdash.backups import archive
from secdash.backups.archive import FORMAT, Manifest
from secdash.backups.rows import columns, lines

# Whoever restores a backup signs in again, and processes of that time are gone.
LEFT_OUT = {"sessions.session", "usersessions.usersession", "watching.watcher"}


def make(path: Path, *, at: datetime) -> Manifest:
    """Write it, read it again and compare. Raises OSError, or archive.Broken where the disk lies."""
    with archive.writing(path) as writer:
        with one_moment():
            for model in kept():
                names = columns(model)
                writer.table(model._meta.label_lower, names, lines(model, names))
            migrations = last_migrations()
        said = Manifest(FORMAT, secdash.__version__, at, connection.vendor, migrations, writer.tables)
        writer.manifest(said)
    with archive.reading(path) as written:
        written.verify()
    return said


def kept() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and model._meta.label_lower not in LEFT_OUT]


def last_migrations() -> dict[str, list[str]]:
    """Of each app, the applied ones that no other applied one builds on."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    last: dict[str, list[str]] = {}
    for app, name in sorted(applied & set(loader.graph.nodes)):
        after = {child.key for child in loader.graph.node_map[app, name].children}
        if not any(child[0] == app for child in after & applied):
            last.setdefault(app, []).append(name)
    return last


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside stood there together, and nobody who writes waits for it."""
    if connection.in_atomic_block:  # whoever asks has a transaction of their own
        yield
    elif connection.vendor == "sqlite":
        with _sqlite_snapshot():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # a slow disk may take its time
            yield


@contextmanager
def _sqlite_snapshot() -> Iterator[None]:
    """Not `atomic`, which would take the one right to write for itself (see settings.DATABASES)."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
