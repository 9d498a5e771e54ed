"""Finding incidents and post-mortems by words, as they are now: bounded statements without an index of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from accounts.models import User
from incidents.models import Incident
from oncall.models import Service

MOST = 20
LONGEST_TEXT = 20_000  # characters of a post-mortem that are searched

# As in the directory: each word is compared with the beginning of words, lower case and without accents. What the asker may
# know of is asked inside the statement. The newest come first among those that fit alike.
_TIDY = "translate(lower(unaccent(' ' || {text})), E'-_./,:;()\\\"''#@*`[]\\n\\t', repeat(' ', 19))"
_FIND = """
WITH visible AS MATERIALIZED ({visible}), known AS MATERIALIZED ({known}),
services AS MATERIALIZED (
    SELECT touched.incident_id, string_agg(service.name, ' ') AS names FROM incidents_incident_services touched
    JOIN oncall_service service ON service.id = touched.service_id
    WHERE service.id IN (SELECT id FROM known) GROUP BY touched.incident_id
),
listed AS MATERIALIZED (
    SELECT 'incident' AS kind, incident.id, incident.title, incident.status, severity.name AS severity,
        {names} AS names, {about} AS texts, incident.summary AS about
    FROM incidents_incident incident
    JOIN incidents_severity severity ON severity.id = incident.severity_id
    LEFT JOIN services ON services.incident_id = incident.id
    WHERE incident.id IN (SELECT id FROM visible)
    UNION ALL
    SELECT 'postmortem', incident.id, incident.title, postmortem.status, severity.name, {post_names}, {post_texts},
        coalesce(nullif(postmortem.summary, ''), postmortem.root_cause)
    FROM incidents_postmortem postmortem
    JOIN incidents_incident incident ON incident.id = postmortem.incident_id
    JOIN incidents_severity severity ON severity.id = incident.severity_id
    WHERE incident.id IN (SELECT id FROM visible)
)
SELECT kind, id, title, status, severity, about, names LIKE ALL(%s) AS is_named
FROM listed
WHERE names || texts LIKE ALL(%s) AND NOT names || texts LIKE ANY(%s)
ORDER BY is_named DESC, id DESC, kind
LIMIT {most}
"""
_POSTMORTEM_TEXTS = (
    "summary",
    "root_cause",
    "impact",
    "resolution",
    "prevention",
    "lessons",
    "went_well",
    "could_be_better",
    "lucky",
    "users_affected",
    "data_loss",
    "timeline",
)


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
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(visible=visible, known=known),
            [*visible_params, *known_params, wanted, wanted, [f"% {_escape(word)}%" for word in unwanted]],
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


def _tidy(text: str) -> str:
    return _TIDY.format(text=text)


def _make_sql() -> str:
    """Everything but the two subqueries of what may be seen, which differ by person."""
    texts = " || ' ' || ".join(f"postmortem.{name}" for name in _POSTMORTEM_TEXTS)
    about = "concat_ws(' ', incident.summary, incident.affected, incident.resolution, severity.name, services.names)"
    return (
        _FIND.format(
            visible="{visible}",
            known="{known}",
            names=_tidy("'incident inc ' || incident.id || ' inc' || incident.id || ' ' || incident.title"),
            about=_tidy(about),
            post_names=_tidy(
                "'postmortem post mortem inc ' || incident.id || ' inc' || incident.id || ' ' || incident.title"
            ),
            post_texts=_tidy(f"left({texts}, {LONGEST_TEXT})"),
            most=MOST,
        )
        .replace("%", "%%")
        .replace("%%s", "%s")
    )


_SQL = _make_sql()
