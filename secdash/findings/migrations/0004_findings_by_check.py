from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0003_standing_index"),
        ("fleet", "0002_how_files_are_read"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="finding",
            name="finding_check_state",
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                fields=["state", "check_name", "host", "severity", "opened_at", "subject_kind"], name="finding_by_check"
            ),
        ),
    ]
