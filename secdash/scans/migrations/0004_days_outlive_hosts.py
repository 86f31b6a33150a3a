import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0003_tags"),
        ("scans", "0003_image_inventory"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="postureday", name="posture_a_day"),
        *[
            migrations.AddField("postureday", name, models.PositiveIntegerField(default=0))
            for name in ("accepted", "accepted_begun", "accepted_ended", "fixed_in_time", "fixed_late")
        ],
        migrations.AddField("postureday", "catalogue_version", models.CharField(blank=True, max_length=16)),
        migrations.AddField("postureday", "fix_times", models.JSONField(default=dict)),
        migrations.AddField("postureday", "moves", models.JSONField(default=dict)),
        migrations.AddField(
            "postureday",
            "group",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="days", to="fleet.group"
            ),
        ),
        migrations.AddField("postureday", "host_ident", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("postureday", "host_name", models.CharField(default="", max_length=120)),
    ]
