"""Stretches of time in words, for messages and refusals: always with the zone they are told in."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from oncall.rota import Span, zone_named


def say_span(span: Span, zone: str) -> str:
    """`Tue 17 Nov 2026, 09:00–18:00 (Europe/Lisbon)`: the clock on the wall of that IANA zone, the end's day where it differs."""
    start, end = (moment.astimezone(zone_named(zone)) for moment in span)
    if start.date() == end.date():
        return f"{_day(start)} {start.year}, {start:%H:%M}–{end:%H:%M} ({zone})"
    if start.year == end.year:
        return f"{_day(start)}, {start:%H:%M} – {_day(end)} {end.year}, {end:%H:%M} ({zone})"
    return f"{_day(start)} {start.year}, {start:%H:%M} – {_day(end)} {end.year}, {end:%H:%M} ({zone})"


def say_span_for(person: User, span: Span, team_zone: str) -> str:
    """The span in a person's own zone, and in the team's too where its clock shows something else."""
    own = say_span(span, person.time_zone)
    if _offsets(span, person.time_zone) == _offsets(span, team_zone):
        return own
    return f"{own}, which is {say_span(span, team_zone)}"


def _day(moment: dt.datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"


def _offsets(span: Span, zone: str) -> list[dt.timedelta | None]:
    return [moment.astimezone(zone_named(zone)).utcoffset() for moment in span]
