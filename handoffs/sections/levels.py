"""Who stands on each level of the escalation paths of the team's services when the shift changes.

`oncall.calling` says who is called at a moment as things are, and until a handoff is accepted that is whoever hands over.
Here it is told what holds once it is accepted, so the names come from the schedule itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.coming import Coming, TargetRow, load_coming
from handoffs.sections.writing import cut, shorten


def find_levels(scope: Scope) -> list[Entry]:
    """Each level of each path with whom it calls, in the order in which they are called. No query of its own."""
    coming = scope.once(load_coming)
    levels = groupby(coming.targets, key=lambda row: (row.path, row.position))
    entries = [_describe_level(list(rows), coming, scope) for _, rows in levels]
    return shorten("levels", entries, reverse("oncall:paths"))


def _describe_level(rows: Sequence[TargetRow], coming: Coming, scope: Scope) -> Entry:
    level = rows[0]
    names: dict[str, None] = {}
    notes: dict[str, None] = {}
    channels: dict[str, None] = {}
    for row in rows:
        if row.layer is not None:
            found, note = _resolve_layer(row, coming, scope)
            names |= dict.fromkeys(found)
            notes |= dict.fromkeys(filter(None, [note]))
        elif row.contact is not None:
            has_left = row.left_at is not None or row.is_active is False
            (notes if has_left else names)[f"{row.contact} has left" if has_left else row.contact] = None
        elif row.channel is not None:
            channels[row.channel] = None
    called = ", ".join([*names, *channels])
    return Entry(
        key=f"level:{level.path}:{level.position}",
        title=cut(called, 200) or "Nobody",
        url=reverse("oncall:path", args=[level.path_slug]),
        tag=level.label,
        tone="" if names else "red",
        facts=tuple(_find_facts(level, names, channels, notes)),
    )


def _find_facts(
    level: TargetRow, names: dict[str, None], channels: dict[str, None], notes: dict[str, None]
) -> Iterator[str]:
    yield level.path_name
    yield f"{level.minutes} min to answer"
    yield from notes
    if not names:
        yield "only a channel: nobody is called" if channels else "reaches nobody"


def _resolve_layer(row: TargetRow, coming: Coming, scope: Scope) -> tuple[list[str], str]:
    """Who is on call in the layer, or in another of its rank; and what is out of the ordinary about that."""
    schedule = coming.schedules[row.rotation or 0]
    shifts = schedule.on_call(scope.changes_at, rank=row.rank)
    own = [shift for shift in shifts if shift.layer.pk == row.layer]
    place = f"{row.layer_name}, {schedule.rotation.name}"
    if not shifts:
        return [], f"nobody is on call in {place}"
    names = [str(shift.person) for shift in own or shifts]
    return names, "" if own else f"{', '.join(names)} in place of {place}"
