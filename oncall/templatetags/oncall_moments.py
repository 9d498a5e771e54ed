"""How moments and lengths of shifts are printed: in the reader's zone, and in the team's beside it where they differ."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from oncall.rota import Span, zone_named

register = template.Library()


@register.simple_tag
def moment(at: dt.datetime, team_zone: str = "") -> SafeString:
    """`Mon 30 Nov, 09:00 GMT`, and in brackets what the team's clock shows where that is something else."""
    here = at.astimezone(timezone.get_current_timezone())
    told = format_html('<time datetime="{}">{}</time>', at.isoformat(), _say(here))
    if not team_zone:
        return told
    there = at.astimezone(zone_named(team_zone))
    if there.utcoffset() == here.utcoffset():
        return told
    words = f"{there:%H:%M} {_zone_of(there)}" if there.date() == here.date() else _say(there)
    return format_html('{} <small class="elsewhere">({} for the team)</small>', told, words)


@register.filter
def moment_in(at: dt.datetime, zone: str) -> str:
    """`Mon 30 Nov, 09:00 WET`: the clock on the wall of that zone."""
    return _say(at.astimezone(zone_named(zone)))


@register.filter
def clock_in(at: dt.datetime, zone: str) -> str:
    """`09:00`, for places where the day and the zone are said already."""
    return f"{at.astimezone(zone_named(zone)):%H:%M}"


@register.filter
def span_in(span: Span, zone: str) -> str:
    """`Mon 30 Nov, 09:00 to Mon 7 Dec, 09:00`; the day is said once where both ends are on it."""
    start, end = (moment.astimezone(zone_named(zone)) for moment in span)
    if start.date() == end.date():
        return f"{_day(start)}, {start:%H:%M}–{end:%H:%M}"
    return f"{_day(start)}, {start:%H:%M} to {_day(end)}, {end:%H:%M}"


@register.filter
def in_hours(hours: float) -> str:
    """`167 h`, `7.5 h`."""
    return f"{hours:g} h"


@register.filter
def lasting(span: Span) -> str:
    """How long a span really lasts: `168 h`, `45 min`, `7 h 30 min`."""
    minutes = round(span.length / dt.timedelta(minutes=1))
    whole, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{whole} h" if whole else "", f"{rest} min" if rest else "") if part)


@register.filter
def as_rank(rank: int) -> str:
    """What completes “Nobody on call …” for the ranks behind the first."""
    return {2: " as backup", 3: " in the third line", 4: " in the fourth line"}.get(rank, "")


def _say(local: dt.datetime) -> str:
    return f"{_day(local)}, {local:%H:%M} {_zone_of(local)}"


def _day(local: dt.datetime) -> str:
    return f"{local:%a} {local.day} {local:%b}"


def _zone_of(local: dt.datetime) -> str:
    """`GMT`, or `UTC+05` where the zone has no letters for it."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name
