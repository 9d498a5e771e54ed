"""What an update can say of an incident, by the names of `incidents.filling.NAMES`."""

from __future__ import annotations

import datetime as dt

from incidents.filling import Known
from incidents.models import Incident, Role, Status
from oncall.models import Classification, Service
from oncall.rota import zone_named


def find_zone(incident: Incident) -> str:
    """The zone in which others are told times: that of the incident's team."""
    return incident.team.time_zone if incident.team else "UTC"


def say_time(at: dt.datetime, zone: str) -> str:
    """`Tue 17 Nov 2026, 04:14 CET (03:14 UTC)`: the zone's clock, and UTC beside it where that shows something else."""
    local, utc = at.astimezone(zone_named(zone)), at.astimezone(dt.UTC)
    if not local.utcoffset():
        return f"{_say_day(local)}, {local:%H:%M} {_name_zone(local)}"
    beside = f"{utc:%H:%M} UTC" if utc.date() == local.date() else f"{utc:%a %H:%M} UTC"
    return f"{_say_day(local)}, {local:%H:%M} {_name_zone(local)} ({beside})"


def say_length(length: dt.timedelta) -> str:
    """`2 h 5 min`, `3 days 4 h`; never less than a minute."""
    minutes = max(round(length / dt.timedelta(minutes=1)), 1)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} day{'s' if days > 1 else ''}" if days else "", f"{hours} h" if hours else ""]
    parts.append(f"{rest} min" if rest and not days else "")
    return " ".join(filter(None, parts))


def gather_facts(
    incident: Incident,
    *,
    zone: str,
    now: dt.datetime,
    next_update_at: dt.datetime | None,
    status: str = "",
    changed: str = "",
) -> dict[str, Known]:
    """The facts as they will be once `status` (default: the present one) is set. `changed` is Markdown of the sender.

    Words of the incident come in as text; those of the sender as they were typed. Names of Confidential services are left
    out: whoever gets an update may not be meant to know of them.
    """
    status = status or incident.status
    ended = _find_end(incident, status, now)
    plain = {
        "title": incident.title,
        "reference": incident.reference,
        "services": ", ".join(map(str, _find_services(incident))),
        "status": Status(status).label,
        "severity": str(incident.severity),
        "summary": incident.summary,
        "affected": incident.affected,
        "impact": incident.customer_impact or incident.affected,
        "business_impact": incident.business_impact,
        "started": say_time(incident.started_at, zone),
        "ended": say_time(ended, zone) if ended else "",
        "duration": say_length((ended or now) - incident.started_at),
        "next_update": say_time(next_update_at, zone) if next_update_at else "",
        "next_step": incident.next_step,
        "commander": _find_commander(incident),
        "resolution": incident.resolution,
    }
    facts = {name: Known(text) for name, text in plain.items()}
    typed = Known(changed, tuple(changed.strip().splitlines())) if changed.strip() else Known()
    facts["changed"] = typed
    for name in ("summary", "resolution"):
        if not plain[name].strip():
            facts[name] = typed
    return facts


def _find_services(incident: Incident) -> list[Service]:
    return [s for s in incident.services.all() if s.classification != Classification.CONFIDENTIAL]


def _find_commander(incident: Incident) -> str:
    holder = incident.role_holders.current().filter(role=Role.COMMANDER).select_related("person").first()
    return str(holder.person) if holder else ""


def _find_end(incident: Incident, status: str, now: dt.datetime) -> dt.datetime | None:
    if incident.resolved_at is not None:
        return incident.resolved_at
    return now if status in (Status.RESOLVED, Status.CLOSED) else None


def _say_day(local: dt.datetime) -> str:
    return f"{local:%a} {local.day} {local:%b %Y}"


def _name_zone(local: dt.datetime) -> str:
    """`CET`, or `UTC+05` where the zone has no letters for it."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name
