from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('handoffs', '0002_checklist_section'),
    ]

    operations = [
        migrations.AddField(
            model_name='handoff',
            name='follows_schedule',
            field=models.BooleanField(default=True, editable=False),
        ),
    ]
