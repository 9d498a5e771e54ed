"""Finding incidents and post-mortems by words, in one bounded statement.

What is compared was made when the rows were written (columns `search_names` and `search_texts`, migration 0004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from accounts.models import User
from incidents.models import Incident
from oncall.models import Service

MOST = 20

# As in the directory: each word is compared with the beginning of words, lower case and without accents. What the asker may
# know of is asked inside the statement. The newest come first among those that fit alike.
_SQL = """
WITH visible AS MATERIALIZED ({visible}), known AS MATERIALIZED ({known}),
services AS MATERIALIZED (
    SELECT touched.incident_id, string_agg(service.name, '') AS names FROM incidents_incident_services touched
    JOIN (SELECT id, portal_tidy(name) AS name FROM oncall_service WHERE id IN (SELECT id FROM known)) AS service
        ON service.id = touched.service_id
    WHERE service.name LIKE ANY(%s)  -- the others have no say
    GROUP BY touched.incident_id
),
listed AS (
    SELECT 'incident' AS kind, incident.id, incident.status, incident.severity_id, incident.title, incident.summary AS about,
        incident.search_names AS names,
        incident.search_texts || lower(replace(' ' || severity.name, '-', ' ')) || coalesce(services.names, '') AS texts
    FROM incidents_incident incident
    JOIN incidents_severity severity ON severity.id = incident.severity_id
    LEFT JOIN services ON services.incident_id = incident.id
    WHERE incident.id IN (SELECT id FROM visible)
    UNION ALL
    SELECT 'postmortem', incident.id, postmortem.status, incident.severity_id, incident.title,
        coalesce(nullif(postmortem.summary, ''), postmortem.root_cause),
        ' postmortem post mortem' || substr(incident.search_names, 10), postmortem.search_texts
    FROM incidents_postmortem postmortem
    JOIN incidents_incident incident ON incident.id = postmortem.incident_id
    WHERE incident.id IN (SELECT id FROM visible)
)
SELECT kind, listed.id, title, status, severity.name, about, names LIKE ALL(%s) AS is_named
FROM listed
JOIN incidents_severity severity ON severity.id = listed.severity_id
WHERE names || texts LIKE ALL(%s) AND NOT names || texts LIKE ANY(%s)
ORDER BY is_named DESC, listed.id DESC, kind
LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An incident or a post-mortem; `is_named` says that its number or title has all words."""

    kind: str  # incident or postmortem
    number: int
    title: str
    status: str  # as the database has it
    severity: str
    about: str
    url: str
    is_named: bool

    @property
    def name(self) -> str:
        """`INC-12 Tickets can't be sold`."""
        return f"INC-{self.number} {self.title}"


def find_incidents(user: User, words: Sequence[str], unwanted: Sequence[str] = ()) -> list[Found]:
    """What has all of the words, each as the beginning of one of its own, and none of the unwanted; names first.

    Words are lower case, without accents. One query; none for somebody who may not look at incidents.
    """
    if not words or not user.has_perm("incidents.view_incident"):
        return []
    visible, visible_params = Incident.objects.visible_to(user).order_by().values("id").query.sql_with_params()
    known, known_params = Service.objects.visible_to(user).order_by().values("id").query.sql_with_params()
    wanted = [f"% {_escape(word)}%" for word in words]
    barred = [f"% {_escape(word)}%" for word in unwanted]
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(visible=visible, known=known, most=MOST),
            [*visible_params, *known_params, [*wanted, *barred], wanted, wanted, barred],
        )
        rows = cursor.fetchall()
    views = {"incident": "incidents:incident", "postmortem": "incidents:postmortem"}
    return [
        Found(kind, number, title, status, severity, about, reverse(views[kind], args=[number]), is_named)
        for kind, number, title, status, severity, about, is_named in rows
    ]


def _escape(word: str) -> str:
    """A word as LIKE takes it for itself; joined words are compared as their parts stand."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
