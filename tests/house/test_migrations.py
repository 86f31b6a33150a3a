"""Migrations after the first release hold nobody up: on large tables they add nothing that is written under a lock.

And they break nothing of the release before, which goes on while they are made.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import base
from django.utils import timezone

from secdash.migrating import AddIndexConcurrently, InBatches
from tests.fleet.hosts import a_host

OURS = ("secdash.", "knowledge")
# The number of each room's newest migration in the first release: what came until then is its tables.
BASELINE = {
    "accounts": 5, "api": 1, "audit": 2, "findings": 11, "fleet": 5, "knowledge": 4, "messaging": 2, "reports": 1,
    "scans": 12, "watching": 1,
}  # fmt: skip
LARGE = {
    ("findings", "finding"), ("findings", "transition"), ("scans", "scan"), ("scans", "snapshot"),
    ("scans", "postureday"), ("scans", "rejudged"), ("audit", "auditentry"), ("messaging", "told"),
}  # fmt: skip
# (app, migration) → why it may do to a large table what is refused otherwise.
ALLOWED: dict[tuple[str, str], str] = {}


def faults(app: str, migration: migrations.Migration) -> list[str]:
    """What this migration does that somebody would wait for."""
    return [said for operation in migration.operations if (said := fault(app, migration, operation))]


def fault(app: str, migration: migrations.Migration, operation: base.Operation) -> str:
    if isinstance(operation, migrations.RunPython):
        return "" if isinstance(operation.code, InBatches) and not migration.atomic else "RunPython: use InBatches"
    if isinstance(operation, migrations.RunSQL):
        return "RunSQL: nobody can tell what it locks"
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        inner = (fault(app, migration, each) for each in operation.database_operations)
        return next((said for said in inner if said), "")
    if isinstance(operation, migrations.AddField) and _wants_a_value(operation.field):
        return "AddField without db_default: the release before this one makes rows that have no value for it"
    if (app, _table(operation)) not in LARGE:
        return ""
    return _on_large(migration, operation)


def _table(operation: base.Operation) -> str:
    return str(getattr(operation, "model_name_lower", getattr(operation, "name_lower", "")))


def _on_large(migration: migrations.Migration, operation: base.Operation) -> str:
    match operation:
        case AddIndexConcurrently():
            return "AddIndexConcurrently: set atomic = False" if migration.atomic else ""
        case migrations.AddField(field=field):
            return _column(field)
        case migrations.RemoveField() | migrations.RemoveIndex() | migrations.RemoveConstraint():
            return ""
        case migrations.AlterModelOptions() | migrations.AlterModelManagers():
            return ""
    return f"{type(operation).__name__} reads, or writes, the whole table under a lock"


def _wants_a_value(field: models.Field) -> bool:
    """Django gives its own default to the rows that are there, and then takes it out of the table again."""
    return not (field.null or field.many_to_many or field.has_db_default())


def _column(field: models.Field) -> str:
    if field.db_index or field.unique:
        return "AddField with an index: add it without, and AddIndexConcurrently"
    if callable(field.default) and field.default not in (dict, list):
        return "AddField whose default is another for each row"
    return ""


def ours():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if apps.get_app_config(app).name.startswith(OURS) and int(name[:4]) > BASELINE.get(app, 0):
            yield app, name, migration


def test_migrations_after_the_first_release_hold_nobody_up():
    found = {(app, name): faults(app, migration) for app, name, migration in ours() if (app, name) not in ALLOWED}

    assert {key: said for key, said in found.items() if said} == {}


def test_large_tables_are_called_as_they_are():
    assert {(app, model.lower()) for app, model in LARGE} <= {
        (model._meta.app_label, model._meta.model_name) for model in apps.get_models()
    }


class Plain(migrations.Migration):
    """What follows is put into it."""


class Unlocked(Plain):
    atomic = False


INDEX = models.Index(fields=["score"], name="scan_score")


def of(way, *operations):
    made = way("x", "scans")
    made.operations = list(operations)
    return made


@pytest.mark.parametrize(
    ("migration", "begins"),
    [
        (of(Plain, migrations.AddIndex("scan", INDEX)), "AddIndex reads"),
        (of(Plain, AddIndexConcurrently("scan", INDEX)), "AddIndexConcurrently: set"),
        (of(Plain, migrations.AddField("scan", "x", models.IntegerField(db_index=True, null=True))), "AddField with"),
        (
            of(Plain, migrations.AddField("scan", "x", models.DateTimeField(default=timezone.now, null=True))),
            "AddField whose",
        ),
        (of(Plain, migrations.AddField("host", "x", models.IntegerField(default=0))), "AddField without db_default"),
        (of(Plain, migrations.AlterField("scan", "score", models.BigIntegerField())), "AlterField reads"),
        (of(Plain, migrations.RunPython(lambda apps, editor: None)), "RunPython"),
        (of(Plain, migrations.RunPython(InBatches("scans", "Scan", print))), "RunPython"),
        (of(Plain, migrations.RunSQL("SELECT 1")), "RunSQL"),
        (of(Plain, migrations.SeparateDatabaseAndState([migrations.AddIndex("scan", INDEX)])), "AddIndex reads"),
    ],
)
def test_what_would_lock_is_named(migration, begins):
    (said,) = faults("scans", migration)

    assert said.startswith(begins)


@pytest.mark.parametrize(
    "migration",
    [
        of(Unlocked, AddIndexConcurrently("scan", INDEX)),
        of(Plain, migrations.AddField("scan", "x", models.IntegerField(default=0, db_default=0))),
        of(Plain, migrations.AddField("host", "x", models.JSONField(default=dict, null=True))),
        of(Unlocked, migrations.RunPython(InBatches("scans", "Scan", print))),
        of(Plain, migrations.AddIndex("upload", models.Index(fields=["version"], name="small"))),
        of(Plain, migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])),
    ],
)
def test_what_holds_nobody_up_passes(migration):
    assert faults("scans", migration) == []


@pytest.mark.django_db
def test_rows_are_changed_a_few_at_a_time_each_once():
    for number in range(5):
        a_host(f"h{number}")
    seen = []

    InBatches("fleet", "Host", lambda rows: seen.append([row.name for row in rows]), size=2)(apps, None)

    assert seen == [["h0", "h1"], ["h2", "h3"], ["h4"]]
