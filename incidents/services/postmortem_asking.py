"""Asking for post-mortems: once when the incident is resolved, once a day before it is due, once when it is overdue."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from incidents.models import Incident, PostMortem
from incidents.services.postmortem_telling import find_commander, only_knowing, tell_team
from oncall.models import Kind
from oncall.outbox import notify
from oncall.rota import zone_named

BEFORE = dt.timedelta(hours=24)
LOOK_BACK = dt.timedelta(days=30)  # what was resolved longer ago is not asked for any more


def due_at(incident: Incident) -> dt.datetime | None:
    """Until when the post-mortem has to be in review; None while the incident goes on, or when none is asked for."""
    if incident.resolved_at is None or not incident.severity.wants_postmortem:
        return None
    return incident.resolved_at + dt.timedelta(hours=settings.POSTMORTEM_HOURS)


def find_owed() -> QuerySet[Incident]:
    """Resolved incidents whose severity asks for a post-mortem that is not in review yet, the longest resolved first."""
    return (
        Incident.objects.over()
        .filter(Q(postmortem__isnull=True) | Q(postmortem__status=PostMortem.Status.DRAFT))
        .filter(severity__wants_postmortem=True)
        .select_related("severity", "team", "postmortem__owner")
        .order_by("resolved_at", "pk")
    )


def ask_for(incident: Incident, *, now: dt.datetime) -> bool:
    """Tell the commander, or the team where there is none, that a post-mortem is due. Once; whether somebody was told."""
    due = due_at(incident)
    if due is None or PostMortem.objects.filter(incident=incident).exists():
        return False
    return _tell(incident, "asked", "a post-mortem is due", f"Please have it in review by {_say(due, incident)}.", now)


def remind_of_postmortems(now: dt.datetime) -> int:
    """Ask for what is owed, and remind a day before it is due and when it is overdue. How many were told.

    May run as often as it likes: each of the three is told once for an incident.
    """
    owed = find_owed().filter(resolved_at__gt=now - LOOK_BACK, is_example=False)
    return sum(_remind(incident, now) for incident in owed)


def _remind(incident: Incident, now: dt.datetime) -> bool:
    due = due_at(incident)
    if due is None:
        return False
    if now >= due:
        words = f"It was due on {_say(due, incident)}."
        return _tell(incident, "overdue", "the post-mortem is overdue", words, now)
    if incident.resolved_at and incident.resolved_at < due - BEFORE <= now:
        words = f"It is due on {_say(due, incident)}."
        return _tell(incident, "soon", "the post-mortem is due within a day", words, now)
    return ask_for(incident, now=now)


def _tell(incident: Incident, step: str, what: str, words: str, now: dt.datetime) -> bool:
    key = f"postmortem-{step}:{incident.pk}"
    postmortem = PostMortem.objects.filter(incident=incident).select_related("owner").first()
    subject, text = f"{incident.reference}: {what}", f"{incident.reference}, “{incident.title}”. {words}"
    url = reverse("incidents:postmortem" if postmortem else "incidents:incident", args=[incident.pk])
    action = "Go on writing" if postmortem else "Begin it"
    person = next(iter(only_knowing(_people(incident, postmortem), incident)), None)
    if person is None:
        return bool(tell_team(incident, key=key, subject=subject, text=text, now=now, url=url, action=action))
    told = notify(
        key=f"{key}:user:{person.pk}",
        kind=Kind.INCIDENT,
        to=person,
        subject=subject,
        text=text,
        now=now,
        url=url,
        action=action,
    )
    return told is not None


def _people(incident: Incident, postmortem: PostMortem | None) -> list[User]:
    """Who answers for it: the owner, where it is begun, else the commander."""
    person = postmortem.owner if postmortem else find_commander(incident)
    return [person] if person and person.is_active else []


def _say(at: dt.datetime, incident: Incident) -> str:
    zone = incident.team.time_zone if incident.team else "UTC"
    there = at.astimezone(zone_named(zone))
    return f"{there:%A} {there.day} {there:%B}, {there:%H:%M} ({zone})"
