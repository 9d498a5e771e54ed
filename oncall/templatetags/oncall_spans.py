"""How a stretch of time is printed on the pages of covers: by the reader's clock, with the team's beside it where it differs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from oncall.rota import Span, zone_named
from oncall.templatetags.oncall_moments import span_in

register = template.Library()


@register.simple_tag
def when(span: Any, team_zone: str = "") -> SafeString:
    """`Mon 30 Nov, 09:00 to Mon 7 Dec, 09:00`; takes a Span, or a range as the database gives it."""
    start, end = (span.start, span.end) if isinstance(span, Span) else (span.lower, span.upper)
    zone = timezone.get_current_timezone()
    here = (start.astimezone(zone), end.astimezone(zone))
    told = format_html(
        '<time datetime="{}">{}</time>{}<time datetime="{}">{}</time>',
        start.isoformat(),
        f"{_day(here[0])}, {here[0]:%H:%M}",
        "–" if here[0].date() == here[1].date() else " to ",
        end.isoformat(),
        f"{here[1]:%H:%M}" if here[0].date() == here[1].date() else f"{_day(here[1])}, {here[1]:%H:%M}",
    )
    if not team_zone or all(m.astimezone(zone_named(team_zone)).utcoffset() == m.utcoffset() for m in here):
        return told
    there = (start.astimezone(zone_named(team_zone)), end.astimezone(zone_named(team_zone)))
    same_days = [moment.date() for moment in there] == [moment.date() for moment in here]
    words = f"{there[0]:%H:%M} to {there[1]:%H:%M}" if same_days else span_in(Span(start, end), team_zone)
    return format_html('{} <small class="elsewhere">({} in {})</small>', told, words, team_zone)


def _day(moment: dt.datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"
