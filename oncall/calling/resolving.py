"""“Who would be called?” for any path and any moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from accounts.models import User
from oncall.calling.answer import Call, CalledLevel, CallList, Hole
from oncall.calling.loading import Known, load_known
from oncall.calling.problems import find_problems
from oncall.models import EscalationLevel, EscalationPath, EscalationTarget, Layer
from oncall.rota import Span


def who_would_be_called(
    path: EscalationPath, at: dt.datetime, reader: User, *, now: dt.datetime | None = None
) -> CallList:
    """Whom the path calls when an alert comes at `at` (aware), as `reader` may see it.

    `now` is when the question is asked, where that is not `at`: confirmations count back from it. Whoever has not been
    relieved is called too, unless `at` is still to come: by then somebody may have accepted. A path that was loaded
    with `for_ladder` costs thirteen queries, any other three more.
    """
    return who_would_be_called_by([path], at, reader, now=now)[path.pk]


def who_would_be_called_by(
    paths: Iterable[EscalationPath], at: dt.datetime, reader: User, *, now: dt.datetime | None = None
) -> dict[int, CallList]:
    """The same for many paths by their id, in as many queries as for one."""
    paths = list(paths)
    if not all(_is_loaded(path) for path in paths):
        found = EscalationPath.objects.for_ladder().in_bulk([path.pk for path in paths])
        paths = [found[path.pk] for path in paths]
    targets = [target for path in paths for level in path.levels.all() for target in level.targets.all()]
    known = load_known(targets, at, reader)
    return {path.pk: _answer(path, at, known, now or at, reader.time_zone) for path in paths}


def _is_loaded(path: EscalationPath) -> bool:
    levels = getattr(path, "_prefetched_objects_cache", {}).get("levels")
    return levels is not None and all("targets" in level._prefetched_objects_cache for level in levels)


def _answer(path: EscalationPath, at: dt.datetime, known: Known, now: dt.datetime, zone: str) -> CallList:
    levels, minute = [], 0
    for level in path.levels.all():
        levels.append(_call_level(level, minute, at, known, asks_ahead=at > now))
        minute += level.response_minutes
    triggers = tuple(line.strip() for line in path.triggers.splitlines() if line.strip())
    problems = find_problems(levels, now, zone)
    return CallList(path.name, path.slug, at, tuple(levels), problems, triggers)


def _call_level(level: EscalationLevel, minute: int, at: dt.datetime, known: Known, *, asks_ahead: bool) -> CalledLevel:
    calls: dict[str, Call] = {}
    holes: dict[str, Hole] = {}
    for target in level.targets.all():
        for found in _resolve(target, at, known, asks_ahead=asks_ahead):
            if isinstance(found, Hole):
                holes.setdefault(found.layer, found)
            else:
                calls.setdefault(found.callee.key, found)
    return CalledLevel(
        label=level.label,
        minute=minute,
        response_minutes=level.response_minutes,
        escalates_if=level.escalates_if,
        handles=level.handles,
        calls=tuple(calls.values()),
        holes=tuple(holes.values()),
    )


def _resolve(target: EscalationTarget, at: dt.datetime, known: Known, *, asks_ahead: bool) -> Iterator[Call | Hole]:
    if target.layer is not None:
        if not asks_ahead:
            yield from _resolve_held(target.layer, at, known)
        yield from _resolve_layer(target.layer, at, known)
    elif target.contact_id is not None:
        yield Call(known.contacts[target.contact_id])
    elif target.channel_id is not None:
        yield Call(known.channels[target.channel_id])


def _resolve_held(layer: Layer, at: dt.datetime, known: Known) -> Iterator[Call]:
    """Whoever was on call before in the rotation's first rank, and whose handoff nobody has accepted yet."""
    schedule = known.schedules[layer.rotation_id]
    held = schedule.held_at(at)
    if held is not None and layer.rank == schedule.ranks[0]:
        yield Call(known.people[held.person.pk], name_layer(layer), remark=held.remark, remark_url=held.url)


def _resolve_layer(layer: Layer, at: dt.datetime, known: Known) -> Iterator[Call | Hole]:
    """Who is on call in the layer; where nobody is, whoever is in another layer of its rank."""
    schedule = known.schedules[layer.rotation_id]
    shifts = schedule.on_call(at, rank=layer.rank)
    own = [shift for shift in shifts if shift.layer.pk == layer.pk]
    if not shifts:
        planned = schedule.planned_gaps.get(layer.rank, [])
        reason = next((reason for span, reason in planned if _covers(span, at)), "")
        yield Hole(name_layer(layer), layer.rotation.get_absolute_url(), reason)
    for shift in own or shifts:
        stands_in = "" if own else name_layer(layer)
        shift.layer.rotation = layer.rotation
        yield Call(known.people[shift.person.pk], name_layer(shift.layer), shift.ends_at, stands_in)


def name_layer(layer: Layer) -> str:
    """What a layer is called where rotations of many teams meet: `Primary, On call (Harbour)`."""
    return f"{layer.name}, {layer.rotation.name} ({layer.rotation.team.name})"


def _covers(span: Span, at: dt.datetime) -> bool:
    return span.start <= at < span.end
