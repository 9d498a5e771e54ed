"""Which next reviews somebody stated, and which were counted from the last one. Flags that wait ask for a review."""

from django.db import migrations, models

STATED = """
UPDATE runbooks_runbook r SET next_review_stated = true
FROM runbooks_runbookversion v
WHERE v.id = r.shown_version_id AND r.next_review_on IS NOT NULL
  AND EXISTS (
    SELECT 1 FROM jsonb_array_elements(
        CASE WHEN jsonb_typeof(v.document -> 'facts') = 'array' THEN v.document -> 'facts' ELSE '[]'::jsonb END
    ) AS fact WHERE fact ->> 'name' = 'next_review' AND coalesce(fact ->> 'value', '') <> ''
  )
"""
FLAGS = """
INSERT INTO runbooks_evidence (runbook_id, kind, key, text, url, asks, succeeded, noticed_at, settled_at, answered_by_id)
SELECT f.runbook_id, 'flag', 'flag:' || f.id, left('Said to be wrong: ' || f.text, 300), '/flags/' || f.id || '/', true,
       NULL, f.raised_at, NULL, NULL
FROM runbooks_flag f WHERE f.answer = 'waiting'
ON CONFLICT (key) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("runbooks", "0007_keeping_true")]

    operations = [
        migrations.AddField("runbook", "next_review_stated", models.BooleanField(default=False, editable=False)),
        migrations.RunSQL(STATED, migrations.RunSQL.noop),
        migrations.RunSQL(FLAGS, migrations.RunSQL.noop),
    ]
