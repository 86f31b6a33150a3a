from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def name_hosts(apps: Any, schema_editor: Any) -> None:
    """Days that were kept before they could outlive their host learn its id, name and group."""
    host = apps.get_model("fleet", "Host").objects.filter(pk=OuterRef("host"))
    apps.get_model("scans", "PostureDay").objects.update(
        host_ident=Subquery(host.values("pk")),
        host_name=Subquery(host.values("name")),
        group=Subquery(host.values("group")),
    )


class Migration(migrations.Migration):
    dependencies = [("scans", "0004_days_outlive_hosts")]

    operations = [migrations.RunPython(name_hosts, migrations.RunPython.noop)]
