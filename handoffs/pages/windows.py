"""The shift of each of the two, on their clock, on the other's, and in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from handoffs.models import Handoff
from incidents.pages.times import say_day, say_zone
from oncall.rota import zone_named

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """A stretch of time on one clock: `text` is days and times, `zone` how that clock is called then."""

    text: str
    zone: str
    place: str  # whose clock: `Lisbon`


@dataclass(frozen=True, slots=True)
class Windows:
    outgoing: tuple[ZoneLine, ...]
    incoming: tuple[ZoneLine, ...]
    change: tuple[ZoneLine, ...]  # the moment at which it changes
    gap: tuple[ZoneLine, ...]  # between the two shifts, where there is something between


def describe_windows(handoff: Handoff) -> Windows:
    """Every clock once: zones that show the same over the whole stretch are one line."""
    out, into = handoff.outgoing.time_zone, handoff.incoming.time_zone
    gap = handoff.shift_ends_at < handoff.changes_at
    return Windows(
        outgoing=describe_stretch(handoff.shift_starts_at, handoff.shift_ends_at, (out, into, UTC)),
        incoming=describe_stretch(handoff.changes_at, handoff.next_ends_at, (into, out, UTC)),
        change=describe_stretch(handoff.changes_at, handoff.changes_at, (out, into, UTC)),
        gap=describe_stretch(handoff.shift_ends_at, handoff.changes_at, (out, into, UTC)) if gap else (),
    )


def describe_stretch(start: dt.datetime, end: dt.datetime | None, zones: Iterable[str]) -> tuple[ZoneLine, ...]:
    """A line for each zone that shows something of its own; `end` None is open."""
    lines: list[ZoneLine] = []
    seen: set[tuple[object, ...]] = set()
    for name in zones:
        # On one clock two moments an hour apart may look alike: they are compared before they are put on it.
        first = start.astimezone(zone_named(name))
        last = end.astimezone(zone_named(name)) if end else None
        shown = (first.utcoffset(), last.utcoffset() if last else None)
        if shown in seen:
            continue
        seen.add(shown)
        said = _say_moment(first) if start == end else _say(first, last)
        lines.append(ZoneLine(*said, place=name.rpartition("/")[2].replace("_", " ")))
    return tuple(lines)


def _say_moment(at: dt.datetime) -> tuple[str, str]:
    return f"{say_day(at)}, {at:%H:%M}", say_zone(at)


def _say(first: dt.datetime, last: dt.datetime | None) -> tuple[str, str]:
    """The text, and the zone; where the clocks change in between, each end carries its own."""
    if last is None:
        return f"from {say_day(first)}, {first:%H:%M}", say_zone(first)
    if say_zone(first) != say_zone(last):
        return f"{say_day(first)}, {first:%H:%M} {say_zone(first)} to {say_day(last)}, {last:%H:%M}", say_zone(last)
    if first.date() == last.date():
        return f"{say_day(first)}, {first:%H:%M}–{last:%H:%M}", say_zone(first)
    return f"{say_day(first)}, {first:%H:%M} to {say_day(last)}, {last:%H:%M}", say_zone(first)
