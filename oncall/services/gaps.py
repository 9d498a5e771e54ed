"""Gaps: times without anybody on call. Those that are meant are marked; the team is told of all others, once each."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.errors import require
from accounts.models import User
from oncall.errors import Overlaps, Refused, WrongState
from oncall.models import Kind, Layer, PlannedGap, ReportedGap, Rotation
from oncall.outbox import notify_team
from oncall.rota import zone_named
from oncall.schedule import Gap, RotationSchedule, load_schedule, load_schedules
from oncall.services.covering import to_range
from oncall.services.spans import say_span

AHEAD = dt.timedelta(days=14)
SEEN = AHEAD * 2  # so that a gap which begins in time is told to its end
LOOK_BACK = dt.timedelta(days=400)
LONGEST = dt.timedelta(days=366)
LISTED = 10  # gaps that a message names one by one
MORNING = range(9, 12)  # hours of the team's day in which it is told; more than one, in case nobody was there to send


@transaction.atomic
def mark_gap(
    rotation: Rotation,
    rank: int,
    start: dt.datetime,
    end: dt.datetime,
    *,
    reason: str,
    user: User,
    now: dt.datetime,
) -> PlannedGap:
    """Say that nobody has to be on call in that time, and why. Raises NotAllowed, Overlaps (marked before), or Refused."""
    require(user, "oncall.add_plannedgap", "mark gaps as meant")
    rotation = Rotation.objects.select_for_update(of=("self",)).select_related("team").get(pk=rotation.pk)
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("Say why nobody has to be on call then.")
    if end <= start:
        raise Refused("The end must come after the start.")
    if end <= now:
        raise Refused("That is over already. What has been stays as it was.")
    if end - start > LONGEST:
        raise Refused("That is longer than a year. Change what the rotation expects instead.")
    if not any(gap.rank == rank for gap in load_schedule(rotation, start, end).gaps(start, end)):
        raise Refused("There is no gap in that time: somebody is on call in all of it.")
    row = PlannedGap(
        rotation=rotation, rank=rank, during=to_range((start, end)), reason=reason, marked_by=user, marked_at=now
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "planned_gap_once" not in str(error):
            raise
        raise Overlaps("Part of that time is marked as meant already.") from error
    return row


@transaction.atomic
def unmark_gap(mark: PlannedGap, *, user: User, now: dt.datetime) -> None:
    """Take the mark back; of one under way, what was stays. Raises NotAllowed, and WrongState when it is over."""
    require(user, "oncall.delete_plannedgap", "take marks of gaps back")
    Rotation.objects.select_for_update(of=("self",)).get(pk=mark.rotation_id)
    held = PlannedGap.objects.filter(pk=mark.pk).first()
    if held is None:
        raise WrongState("That mark was taken back before.")
    if held.during.upper <= now:
        raise WrongState("That gap is over. What was said of it stays.")
    if held.during.lower >= now:
        held.delete()
        return
    held.during = to_range((held.during.lower, now))
    held.save(update_fields=["during"])


def report_gaps(now: dt.datetime) -> int:
    """Tell each team, in the morning of its zone, of gaps of the next 14 days that nobody meant. How many are new.

    Each gap is told once, known by rotation, rank and start; all that are new in a rotation stand in one message.
    """
    rotations = Rotation.objects.in_use().select_related("team")
    due = [rotation.pk for rotation in rotations if _is_morning(rotation.team.time_zone, now)]
    schedules = load_schedules(Rotation.objects.filter(pk__in=due), now, now + SEEN)
    return sum(_report(schedule, now) for schedule in schedules)


@transaction.atomic
def _report(schedule: RotationSchedule, now: dt.datetime) -> int:
    rotation = schedule.rotation
    gaps = [gap for gap in find_unplanned(schedule, now, now + SEEN) if gap.span.start < now + AHEAD]
    if not gaps:
        return 0
    Rotation.objects.select_for_update(of=("self",)).get(pk=rotation.pk)  # of two workers, one tells
    told = set(ReportedGap.objects.filter(rotation=rotation).values_list("rank", "starts_at"))
    new = [gap for gap in gaps if (gap.rank, gap.span.start) not in told]
    if not new or not _tell(rotation, new, now):
        return 0
    ReportedGap.objects.bulk_create(
        ReportedGap(rotation=rotation, rank=gap.rank, starts_at=gap.span.start, reported_at=now) for gap in new
    )
    return len(new)


def find_unplanned(schedule: RotationSchedule, start: dt.datetime, end: dt.datetime) -> list[Gap]:
    """Gaps that nobody meant, in that time; whole ones, also where they began before it."""
    found = [gap for gap in schedule.gaps(start, end) if not gap.is_planned]
    if not any(gap.span.start == start for gap in found):
        return found
    before = load_schedule(schedule.rotation, start - LOOK_BACK, end).gaps(start - LOOK_BACK, end)
    whole = {gap.rank: gap for gap in before if not gap.is_planned and gap.span.start <= start < gap.span.end}
    return [whole.get(gap.rank, gap) if gap.span.start == start else gap for gap in found]


def _tell(rotation: Rotation, gaps: list[Gap], now: dt.datetime) -> bool:
    """Whether somebody was there to be told."""
    team, first = rotation.team, gaps[0]
    lines = [_say(gap, team.time_zone) for gap in gaps[:LISTED]]
    if len(gaps) > LISTED:
        lines.append(f"And {len(gaps) - LISTED} more.")
    lead = f"Nobody is on call in {team} · {rotation}:"
    hint = "Find somebody, or mark it as meant."
    rows = notify_team(
        team,
        key=f"gap:{rotation.pk}:{first.rank}:{first.span.start:%Y%m%dT%H%M%S}",
        kind=Kind.TEAM,
        subject=f"{team} · {rotation}: {len(gaps)} {'gap' if len(gaps) == 1 else 'gaps'} in the next two weeks",
        text="\n\n".join([lead, *lines, hint]),
        now=now,
        url=reverse("oncall:gaps", args=[team.slug, rotation.slug]),
        action="See the gaps",
    )
    return bool(rows)


def _say(gap: Gap, zone: str) -> str:
    role = Layer(rank=gap.rank).get_rank_display()
    return f"{say_span(gap.span, zone)}: nobody of “{role}”"


def _is_morning(zone: str, now: dt.datetime) -> bool:
    return now.astimezone(zone_named(zone)).hour in MORNING
