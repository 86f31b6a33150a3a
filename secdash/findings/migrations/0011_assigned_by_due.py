"""What is assigned to somebody is found by the day that is due: PostgreSQL read all that is open instead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0010_events")]

    operations = [
        migrations.RemoveIndex(model_name="finding", name="finding_of_assignee"),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["assignee", "state", "due_on"], name="finding_of_assignee"),
        ),
    ]
