from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runbooks", "0009_routine_pauses")]

    operations = [
        migrations.CreateModel(
            name="ReminderZone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("time_zone", models.CharField(max_length=64, unique=True)),
                ("day", models.DateField()),
                ("looked_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["time_zone"],
                "default_permissions": (),
            },
        ),
    ]
