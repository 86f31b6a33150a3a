"""What docs/releases.md lets a release do to a large table: a column, filled in batches, an index; and a table."""

from __future__ import annotations

from pkgutil import iter_modules
from typing import Any

from django.db import migrations, models

from secdash.migrating import AddIndexConcurrently, InBatches
from secdash.scans import migrations as ours

NEWEST = max(module.name for module in iter_modules(ours.__path__))


def fill(rows: list[Any]) -> None:
    for row in rows:
        row.weighed = 1
        row.save(update_fields=["weighed"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("scans", NEWEST)]

    operations = [
        migrations.AddField("scan", "weighed", models.IntegerField(default=0, db_default=0)),
        migrations.AddField("scan", "noted", models.TextField(null=True)),
        migrations.RunPython(InBatches("scans", "Scan", fill, size=4), migrations.RunPython.noop),
        AddIndexConcurrently("scan", models.Index(fields=["weighed"], name="scan_weighed")),
        migrations.CreateModel("Weight", [("id", models.BigAutoField(primary_key=True)), ("of", models.TextField())]),
    ]
