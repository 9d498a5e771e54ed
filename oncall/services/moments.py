"""Moments in words, for messages and sentences: always with the zone they are told in."""

from __future__ import annotations

import datetime as dt

from oncall.rota import zone_named


def say_moment(at: dt.datetime, zone: str) -> str:
    """`Mon 23 Nov 2026, 09:00 (Europe/Lisbon)`: the clock on the wall of that IANA zone."""
    local = at.astimezone(zone_named(zone))
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} ({zone})"


def say_both(at: dt.datetime, zone: str, other: str) -> str:
    """The moment in the first zone, and in the other one too where its clock shows something else."""
    same = at.astimezone(zone_named(zone)).utcoffset() == at.astimezone(zone_named(other)).utcoffset()
    return say_moment(at, zone) if same else f"{say_moment(at, zone)}, which is {say_moment(at, other)}"


def say_when(at: dt.datetime, now: dt.datetime, zone: str) -> str:
    """`tomorrow at 09:00 (Europe/London)`: the day by the zone's own calendar, the weekday when it is further away."""
    local, today = at.astimezone(zone_named(zone)), now.astimezone(zone_named(zone)).date()
    days = (local.date() - today).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {local:%A} {local.day} {local:%B}")
    return f"{day} at {local:%H:%M} ({zone})"


def say_day(at: dt.datetime, zone: str) -> str:
    """`23 Nov 2026`: where the hour does not matter."""
    local = at.astimezone(zone_named(zone))
    return f"{local.day} {local:%b %Y}"
