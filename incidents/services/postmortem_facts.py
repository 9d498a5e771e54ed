"""What a post-mortem begins with: the incident's facts and its timeline as Markdown, so that nobody starts from nothing."""

from __future__ import annotations

import datetime as dt
import textwrap
import zoneinfo

from django.db.models import Q

from incidents.models import EntryKind, Incident, TimelineEntry
from oncall.rota import zone_named
from runbooks.filling import in_prose

TOLD = (EntryKind.OPENED, EntryKind.STATUS, EntryKind.SEVERITY, EntryKind.PAGE, EntryKind.ROLE, EntryKind.UPDATE)
MOST_ENTRIES = 300


def gather_texts(incident: Incident) -> dict[str, str]:
    """The texts a post-mortem of this incident begins with, by field; Markdown, empty ones left out."""
    texts = {
        "summary": incident.summary,
        "impact": _tell_impact(incident),
        "resolution": incident.resolution,
        "timeline": write_timeline(incident),
    }
    return {name: text.strip() for name, text in texts.items() if text.strip()}


def write_timeline(incident: Incident) -> str:
    """Pinned entries and those that tell what happened, the oldest first, by the clock of the incident's team.

    Sentences of the portal are escaped; notes are Markdown already, and stay so.
    """
    zone = zone_named(incident.team.time_zone if incident.team else "UTC")
    rows = (
        incident.timeline.filter(Q(kind__in=TOLD) | Q(pin__isnull=False))
        .exclude(kind=EntryKind.CORRECTION)
        .select_related("person")
        .prefetch_related("corrections")
        .order_by("happened_at", "pk")
    )
    entries = list(rows[: MOST_ENTRIES + 1])
    lines = [f"Times in {zone.key}."]
    day: dt.date | None = None
    for entry in entries[:MOST_ENTRIES]:
        at = entry.happened_at.astimezone(zone)
        if at.date() != day:
            day = at.date()
            lines.append(f"\n**{at:%A} {at.day} {at:%B %Y}**\n")
        lines.append(_write_entry(entry, at, zone))
    if len(entries) > MOST_ENTRIES:
        lines.append("\nThe rest stands in the timeline of the incident.")
    return "\n".join(lines)


def _write_entry(entry: TimelineEntry, at: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    latest = max(entry.corrections.all(), key=lambda row: row.pk, default=entry)
    who = f"{in_prose(str(entry.person))}: " if entry.person and latest.markdown else ""
    if entry.person and not latest.markdown:
        who = f"{in_prose(str(entry.person))} "
    words = latest.markdown.strip() if latest.markdown else in_prose(latest.text)
    first, *rest = f"{at:%H:%M} {who}{words}".splitlines()
    return "\n".join([f"- {first}", *(textwrap.indent(line, "  ") for line in rest)])


def _tell_impact(incident: Incident) -> str:
    services = ", ".join(in_prose(service.name) for service in incident.services.all())
    parts = [
        f"Services: {services}." if services else "",
        incident.affected.strip(),
        f"Customers: {incident.customer_impact.strip()}" if incident.customer_impact.strip() else "",
        f"Business: {incident.business_impact.strip()}" if incident.business_impact.strip() else "",
    ]
    return "\n\n".join(filter(None, parts))
