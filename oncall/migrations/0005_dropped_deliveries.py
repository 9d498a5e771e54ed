"""A delivery can be taken back before it is sent: a page that somebody has answered meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oncall", "0004_gap_reports")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="status",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("given_up", "Given up"),
                    ("dropped", "No longer needed"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_finished_has_time"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", False), ("status__in", ["sent", "given_up", "dropped"])),
                    models.Q(("finished_at__isnull", True), ("status__in", ["waiting", "sending"])),
                    _connector="OR",
                ),
                name="delivery_finished_has_time",
            ),
        ),
    ]
