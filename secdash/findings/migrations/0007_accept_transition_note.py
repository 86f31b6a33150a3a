from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0006_policy")]

    operations = [
        migrations.AddField(
            model_name="transition",
            name="note",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
