"""Bringing a backup back into an empty database, of either kind, also one of an older version of secdash.

The tables are made as they were when it was written, filled, read again and compared; then they are brought up to date.
Until that comparison has passed nothing is committed.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from secdash.audit.recording import record
from secdash.backups import archive
from secdash.backups.archive import Archive, Manifest
from secdash.backups.making import last_migrations
from secdash.backups.rows import Model, account_of, insert, lines


class Refused(Exception):
    """It cannot be restored here; the message says why, in English, and what to do."""


def restore(path: Path, *, at: datetime) -> Manifest:
    """Raises archive.Broken, or Refused; then the database is as it was, but for empty tables."""
    with archive.reading(path) as found:
        found.verify()
        targets = targets_here(found.manifest)
        MigrationExecutor(connection).migrate(targets)
        _fill(found, models_of(found.manifest, targets))
    call_command("migrate", verbosity=0)
    record("backup.restored", name=path.name, after={"made at": found.manifest.made_at}, at=at)
    return found.manifest


def targets_here(manifest: Manifest) -> list[tuple[str, str]]:
    """The migrations that make the tables of this backup. Raises Refused where they cannot be made here."""
    targets = [(app, name) for app, names in manifest.migrations.items() for name in names]
    unknown = set(targets) - set(MigrationExecutor(connection).loader.graph.nodes)
    if unknown:
        raise Refused(
            f"This backup is of secdash {manifest.version}, which is newer. Install that version, or a later."
        )
    if connection.introspection.table_names() and last_migrations() not in ({}, manifest.migrations):
        raise Refused("The database has tables of another version. Restore into a new, empty database.")
    if _has_people():
        raise Refused("The database is in use: it has people. Restore into a new, empty database.")
    return targets


def models_of(manifest: Manifest, targets: list[tuple[str, str]]) -> dict[str, Model]:
    """As they were when the backup was made, whatever has become of them since. Raises Broken for unknown ones."""
    known = MigrationExecutor(connection).loader.project_state(targets).apps
    found = {model._meta.label_lower: model for model in known.get_models(include_auto_created=True)}
    unknown = sorted(set(manifest.tables) - set(found))
    if unknown:
        raise archive.Broken(f"The backup has tables that no version had: {', '.join(unknown)}.")
    return {label: found[label] for label in manifest.tables}


@transaction.atomic
def _fill(found: Archive, models: dict[str, Model]) -> None:
    """References are looked at when all is there: in no order could each row find what it refers to."""
    for model in models.values():
        model._base_manager.all()._raw_delete(connection.alias)  # what migrations wrote
    for label, model in models.items():
        insert(model, found.manifest.tables[label].columns, found.lines(label))
    connection.check_constraints()
    _reset_sequences(list(models.values()))
    tables = found.manifest.tables
    archive.different(tables, {label: account_of(lines(models[label], tables[label].columns)) for label in models})


def _reset_sequences(models: list[Any]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _has_people() -> bool:
    user = get_user_model()
    return user._meta.db_table in connection.introspection.table_names() and user._default_manager.exists()
