"""Incidents in a handoff: those that go on, and those that were resolved in the shift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import find_incidents, touches_secret
from handoffs.sections.writing import close_list, count, cut, say_at, take
from incidents.models import Incident, IncidentUpdate, PostMortem, Role, RoleHolder, StatusChange
from incidents.models.incident import IncidentQuerySet
from incidents.pages.lengths import say_length

POSTMORTEM_WORDS = {
    PostMortem.Status.DRAFT: "post-mortem begun, not in review",
    PostMortem.Status.REVIEW: "post-mortem in review",
    PostMortem.Status.PUBLISHED: "post-mortem published",
}


def find_open_incidents(scope: Scope) -> list[Entry]:
    """Incidents of the team or its services that are not resolved, the worst first, then the longest; one query."""
    of = OuterRef("pk")
    holder = RoleHolder.objects.current().filter(incident=of, role=Role.COMMANDER)
    updates = IncidentUpdate.objects.filter(incident=of).order_by().values("incident")
    changes = StatusChange.objects.filter(incident=of).order_by("-at", "-pk")
    rows = take(
        _with_services(find_incidents(scope).open())
        .annotate(
            commander=Subquery(holder.values("person__display_name")[:1]),
            updated_at=Subquery(updates.annotate(last=Max("sent_at")).values("last")),
            status_at=Subquery(changes.values("at")[:1]),
        )
        .order_by("severity__rank", "started_at", "pk")
    )
    entries = [_describe_open(incident, scope.now) for incident in rows]
    return close_list("open-incidents", entries, rows, reverse("incidents:incidents"))


def find_resolved_incidents(scope: Scope) -> list[Entry]:
    """Incidents that were resolved in the shift, the worst first, and how far their post-mortems are; one query."""
    rows = take(
        _with_services(find_incidents(scope).over())
        .filter(resolved_at__gt=scope.since)
        .select_related("severity", "postmortem")
        .order_by("severity__rank", "-resolved_at", "pk")
    )
    entries = [_describe_resolved(incident) for incident in rows]
    return close_list("resolved-incidents", entries, rows, reverse("incidents:incidents"))


def _with_services(incidents: IncidentQuerySet) -> IncidentQuerySet:
    """With the names of the services that it touches, and whether one of them is Confidential."""
    touched = Incident.services.through.objects.filter(incident=OuterRef("pk")).order_by("service__name")
    return incidents.select_related("severity").annotate(
        names=ArraySubquery(touched.values("service__name")), touches_secret=touches_secret()
    )


def _describe_open(incident: Incident, now: dt.datetime) -> Entry:
    known = vars(incident)
    commander = known["commander"]
    facts = [
        incident.get_status_display(),
        _say_services(known["names"]),
        f"commander {commander}" if commander else "no commander",
        f"next step: {cut(incident.next_step)}" if incident.next_step else "no next step written",
        "" if known["updated_at"] else "no update sent",
    ]
    return _make_entry(incident, facts, tuple(_find_times(incident, now)))


def _find_times(incident: Incident, now: dt.datetime) -> Iterator[tuple[str, str]]:
    known = vars(incident)
    yield "since", say_at(incident.started_at)
    if known["status_at"] and known["status_at"] != incident.opened_at:
        yield f"{incident.get_status_display().lower()} since", say_at(known["status_at"])
    if known["updated_at"]:
        yield "last update", say_at(known["updated_at"])
    if due := incident.next_update_at:
        yield "next update due" if due > now else "update overdue since", say_at(due)


def _describe_resolved(incident: Incident) -> Entry:
    assert incident.resolved_at is not None  # filtered so
    length = say_length(incident.resolved_at - incident.started_at)
    facts = [f"took {length}", _say_services(vars(incident)["names"]), _say_postmortem(incident)]
    return _make_entry(incident, facts, (("resolved", say_at(incident.resolved_at)),))


def _say_postmortem(incident: Incident) -> str:
    postmortem: PostMortem | None = getattr(incident, "postmortem", None)
    if postmortem is not None:
        return POSTMORTEM_WORDS[PostMortem.Status(postmortem.status)]
    return "post-mortem owed" if incident.severity.wants_postmortem else ""


def _say_services(names: list[str]) -> str:
    return f"{', '.join(names[:3])} and {count(len(names) - 3, 'other')}" if len(names) > 3 else ", ".join(names)


def _make_entry(incident: Incident, facts: list[str], times: tuple[tuple[str, str], ...]) -> Entry:
    return Entry(
        key=f"incident:{incident.pk}",
        title=incident.title,
        url=incident.get_absolute_url(),
        tag=incident.severity.name,
        tone=f"sev{incident.severity.loudness}",
        facts=(incident.reference, *filter(None, facts)),
        times=times,
        secret=vars(incident)["touches_secret"],
    )
