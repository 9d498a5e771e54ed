"""Runs and incidents of before become evidence. Nobody is asked for a review because of what is long over."""

from django.db import migrations

# As `runbooks.services.noticing.use` words them from now on.
RUNS = """
WITH ended AS (
    SELECT r.*,
        (SELECT count(*) FROM runbooks_flag f
          WHERE f.runbook_id = r.runbook_id AND starts_with(f.origin, '/runs/' || r.id || '/')) AS wrong,
        (SELECT count(*) FROM incidents_runstep s WHERE s.run_id = r.id AND s.state = 'todo') AS left_open
    FROM incidents_run r WHERE r.finished_at IS NOT NULL
)
INSERT INTO runbooks_evidence (runbook_id, kind, key, text, url, asks, succeeded, noticed_at, settled_at, answered_by_id)
SELECT runbook_id, CASE purpose WHEN 'drill' THEN 'drill' ELSE 'run' END, 'run:' || id,
    CASE purpose WHEN 'drill' THEN 'Drill' ELSE 'Run' END || ' of version ' || version_number
        || CASE outcome WHEN 'done' THEN ', to the end.' ELSE ', stopped before its end.' END,
    '/runs/' || id || '/summary/', false, outcome = 'done' AND wrong = 0 AND left_open = 0, finished_at, NULL, NULL
FROM ended
ON CONFLICT (key) DO NOTHING
"""
LAST_USED = """
UPDATE runbooks_runbook r SET last_used_at = used.at
FROM (SELECT e.runbook_id, max(e.noticed_at) AS at
        FROM runbooks_evidence e
        JOIN incidents_run i ON e.key = 'run:' || i.id
        JOIN runbooks_runbookversion v ON v.id = i.version_id AND v.status IN ('active', 'superseded')
       WHERE e.succeeded GROUP BY e.runbook_id) AS used
WHERE r.id = used.runbook_id AND (r.last_used_at IS NULL OR r.last_used_at < used.at)
"""
INCIDENTS = """
INSERT INTO runbooks_evidence (runbook_id, kind, key, text, url, asks, succeeded, noticed_at, settled_at, answered_by_id)
SELECT used.runbook_id, 'incident', 'incident:' || i.id || ':runbook:' || used.runbook_id,
    left('Used in INC-' || i.id || CASE WHEN EXISTS (
        SELECT 1 FROM incidents_incident_services t JOIN oncall_service s ON s.id = t.service_id
         WHERE t.incident_id = i.id AND s.classification = 'confidential') THEN ''
        ELSE ' “' || i.title || '”' END || ', which is over.', 300),
    '/incidents/' || i.id || '/', false, NULL, i.resolved_at, NULL, NULL
FROM incidents_incident i
JOIN (SELECT incident_id, runbook_id FROM incidents_attachedrunbook
      UNION SELECT incident_id, runbook_id FROM incidents_run WHERE incident_id IS NOT NULL) AS used
  ON used.incident_id = i.id
WHERE i.resolved_at IS NOT NULL
ON CONFLICT (key) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_search_texts"), ("runbooks", "0008_next_review_stated")]

    operations = [migrations.RunSQL([RUNS, LAST_USED, INCIDENTS], migrations.RunSQL.noop)]
