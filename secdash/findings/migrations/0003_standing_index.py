from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0002_attestation"),
        ("fleet", "0002_how_files_are_read"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="finding",
            name="finding_host_state",
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["host", "state", "severity", "check_name"], name="finding_standing"),
        ),
    ]
