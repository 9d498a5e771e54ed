import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("runbooks", "0005_flags"),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="answered_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="answered_flags",
                to="runbooks.runbookversion",
            ),
        ),
    ]
