from typing import Any

from django.db import migrations

# severity → days until a finding is due, days that an acceptance may hold
FIRST = {4: (7, 30), 3: (30, 90), 2: (90, 180), 1: (180, 365), 0: (None, 365)}


def write_policy(apps: Any, schema_editor: Any) -> None:
    policies = apps.get_model("findings", "SeverityPolicy").objects
    for severity, (fix_days, accept_days) in FIRST.items():
        policies.get_or_create(severity=severity, defaults={"fix_days": fix_days, "accept_days": accept_days})


class Migration(migrations.Migration):
    dependencies = [("findings", "0005_triage")]

    operations = [migrations.RunPython(write_policy, migrations.RunPython.noop)]
