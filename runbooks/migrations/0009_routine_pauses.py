"""When a routine task was none for a while, so that nobody missed it then."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("runbooks", "0008_next_review_stated")]

    operations = [
        migrations.AddField(
            "routinetask", "pauses", ArrayField(DateRangeField(), default=list, blank=True, editable=False)
        )
    ]
