import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scans", "0005_days_name_their_host")]

    operations = [
        migrations.AlterField("postureday", "host_ident", models.PositiveBigIntegerField()),
        migrations.AlterField("postureday", "host_name", models.CharField(max_length=120)),
        migrations.AlterField(
            "postureday",
            "host",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="days", to="fleet.host"
            ),
        ),
        migrations.AddIndex("postureday", models.Index(fields=["group", "day"], name="posture_of_group")),
        migrations.AddConstraint(
            "postureday", models.UniqueConstraint(fields=["host_ident", "day"], name="posture_a_day")
        ),
    ]
