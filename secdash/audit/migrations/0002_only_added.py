"""From where each change came, and triggers that refuse to change or remove rows."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from secdash.audit import append_only


def guard(apps: Any, schema_editor: Any) -> None:
    append_only.guard(schema_editor.connection)


def unguard(apps: Any, schema_editor: Any) -> None:
    append_only.unguard(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="auditentry", name="request", field=models.CharField(blank=True, default="", max_length=32)
        ),
        migrations.RunPython(guard, unguard, elidable=False),
    ]
