from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runbooks", "0010_reminder_zone"),
    ]

    operations = [
        migrations.AddField(
            model_name="externallink",
            name="failing_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
