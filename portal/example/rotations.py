"""The example's rotations: layers with plans that began weeks ago, and what differs from them in the days around now."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from accounts.models import Team, User
from oncall.models import Absence, Layer, Override, Plan, PlanMember, PlannedGap, PlanWindow, Rotation, Swap
from oncall.schedule import Shift, load_schedule
from portal.example.oncall_file import (
    PEOPLE,
    AbsenceEntry,
    GapEntry,
    OncallEntries,
    OverrideEntry,
    PlanEntry,
    RotationEntry,
    SwapEntry,
)

DAY = dt.timedelta(days=1)
HALF_A_YEAR = dt.timedelta(days=180)


def load_rotations(entries: OncallEntries, teams: dict[str, Team], people: dict[str, User], now: dt.datetime) -> None:
    """Make the rotations that are not there yet, and only for those their overrides, swaps, absences and gaps."""
    new = {entry.key: _make_rotation(entry, teams, people, now) for entry in entries.rotations if _is_new(entry)}
    for override in entries.overrides:
        if _rotation_of(override.layer) in new:
            _make_override(override, people, now)
    for swap in entries.swaps:
        if _rotation_of(swap.layer) in new:
            _make_swap(swap, now)
    for gap in entries.gaps:
        if gap.rotation in new:
            _make_gap(gap, new[gap.rotation], now)
    for absence in entries.absences if new else []:
        _make_absence(absence, people, now)


def find_layer(key: str) -> Layer | None:
    """The layer that `team/rotation/layer` names."""
    team, rotation, name = key.split("/")
    return Layer.objects.filter(rotation__team__slug=team, rotation__slug=rotation, name=name).first()


def _is_new(entry: RotationEntry) -> bool:
    return not Rotation.objects.filter(team__slug=entry.team, slug=entry.slug).exists()


def _rotation_of(layer: str) -> str:
    return layer.rpartition("/")[0]


def _make_rotation(entry: RotationEntry, teams: dict[str, Team], people: dict[str, User], now: dt.datetime) -> Rotation:
    rotation = Rotation.objects.create(team=teams[entry.team], name=entry.name, slug=entry.slug, expects=entry.expects)
    for listed in entry.layers:
        layer = Layer.objects.create(rotation=rotation, name=listed.name, rank=listed.rank)
        for plan in listed.plans:
            _make_plan(plan, layer, listed.plans[0], people, now)
    return rotation


def _make_plan(entry: PlanEntry, layer: Layer, first: PlanEntry, people: dict[str, User], now: dt.datetime) -> None:
    zone = zoneinfo.ZoneInfo(entry.zone)
    today = now.astimezone(zone).date()
    monday = today - today.weekday() * DAY
    day = monday + entry.weekday * DAY
    starts_at = dt.datetime.combine(day - entry.weeks_ago * 7 * DAY, entry.at, zone)
    plan = Plan.objects.create(
        layer=layer,
        effective_from=starts_at,
        turn_length=entry.turn,
        anchor_on=day - first.weeks_ago * 7 * DAY,
        handover_at=entry.at,
        time_zone=entry.zone,
        created_at=starts_at,
    )
    PlanMember.objects.bulk_create(
        PlanMember(plan=plan, person=people[name + PEOPLE], position=position)
        for position, name in enumerate(entry.people)
    )
    PlanWindow.objects.bulk_create(
        PlanWindow(plan=plan, weekdays=hours.days, starts_at=hours.starts_at, ends_at=hours.ends_at)
        for hours in entry.hours
    )


def _make_override(entry: OverrideEntry, people: dict[str, User], now: dt.datetime) -> None:
    layer = find_layer(entry.layer)
    assert layer is not None  # its rotation was just made
    zone = zoneinfo.ZoneInfo(layer.rotation.team.time_zone)
    day = now.astimezone(zone).date() + entry.in_days * DAY
    person = people[entry.person + PEOPLE]
    Override.objects.create(
        layer=layer,
        person=person,
        during=(dt.datetime.combine(day, entry.starts_at, zone), dt.datetime.combine(day, entry.ends_at, zone)),
        reason=entry.reason,
        created_by=person,
        created_at=now - DAY,
    )


def _make_swap(entry: SwapEntry, now: dt.datetime) -> None:
    """The shift is asked of whoever has the one given for it, else of whoever has the next one."""
    layer = find_layer(entry.layer)
    assert layer is not None  # its rotation was just made
    coming = _find_coming(layer, now)
    asked = coming[entry.turns[0]]
    given = coming[entry.turns[1]] if len(entry.turns) > 1 else None
    colleague = (given or coming[entry.turns[0] + 1]).person
    is_agreed = entry.status == Swap.Status.AGREED
    swap = Swap.objects.create(
        asker=asked.person,
        colleague=colleague,
        layer=layer,
        during=tuple(asked.span),
        return_layer=layer if given else None,
        return_during=tuple(given.span) if given else None,
        message=entry.message,
        status=entry.status,
        asked_at=now - 2 * DAY,
        answered_at=now - DAY if is_agreed else None,
    )
    pairs = [(asked, colleague), *([(given, asked.person)] if given else [])]
    for shift, person in pairs if is_agreed else []:
        Override.objects.create(
            layer=layer,
            person=person,
            during=tuple(shift.span),
            reason="Swap",
            swap=swap,
            created_by=colleague,
            created_at=now - DAY,
        )


def _find_coming(layer: Layer, now: dt.datetime) -> list[Shift]:
    """The layer's shifts that start after now."""
    schedule = load_schedule(layer.rotation, now, now + HALF_A_YEAR)
    own = next(one for one in schedule.layers if one.layer == layer)
    return [shift for shift in own.shifts(now, now + HALF_A_YEAR) if shift.starts_at > now]


def _make_gap(entry: GapEntry, rotation: Rotation, now: dt.datetime) -> None:
    zone = zoneinfo.ZoneInfo(rotation.team.time_zone)
    today = now.astimezone(zone).date()
    saturday = today + (5 - today.weekday() + 7 * entry.weekend) * DAY
    start, end = (dt.datetime.combine(day, dt.time(0), zone) for day in (saturday, saturday + 2 * DAY))
    PlannedGap.objects.create(
        rotation=rotation, rank=entry.rank, during=(start, end), reason=entry.reason, marked_at=now - DAY
    )


def _make_absence(entry: AbsenceEntry, people: dict[str, User], now: dt.datetime) -> None:
    person = people[entry.person + PEOPLE]
    zone = zoneinfo.ZoneInfo(person.time_zone)
    first = now.astimezone(zone).date() + entry.in_days * DAY
    during = tuple(dt.datetime.combine(day, dt.time(0), zone) for day in (first, first + entry.days * DAY))
    if not Absence.objects.filter(person=person, during__overlap=during).exists():
        Absence.objects.create(person=person, during=during, reason=entry.reason, created_at=now - 3 * DAY)
