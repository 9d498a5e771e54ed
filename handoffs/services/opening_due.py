"""Handoffs that are there before they are needed: the sweep that opens what is due.

A handoff is due `open_before` minutes ahead of the end of the outgoing turn. `OpeningSweep.looked_until` says how far the last
sweep came, so that changes of an hour without workers are opened late instead of never. Each handoff is opened in a
transaction of its own with its rotation's row held, so two workers open one between them.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from handoffs.models import EventKind, Handoff, HandoffEvent, OpeningSweep, Policy, State
from handoffs.services.events import record
from handoffs.services.opening import ShiftChange, open_handoff
from handoffs.services.turnover import AFTER, BEFORE, find_ends, find_gap, find_turnovers
from oncall.models import Rotation
from oncall.rota import Span
from oncall.schedule import RotationSchedule, load_schedules
from oncall.services.spans import say_span

MOST_LATE = dt.timedelta(hours=24)  # a change that is over for longer is not opened any more
OPEN_BEFORE = dt.timedelta(minutes=60)  # for rotations without a policy
INSTANT = dt.timedelta(microseconds=1)

log = logging.getLogger("handoffs.opening")


def open_due(now: dt.datetime) -> int:
    """Open the handoffs that are due; how many. Harmless when run twice or at once. Eleven queries where none is."""
    floor = _find_floor(now)
    notice = _load_notice()
    longest = max([OPEN_BEFORE, *(before for before in notice.values() if before)])
    rotations = Rotation.objects.in_use().exclude(pk__in=[pk for pk, before in notice.items() if before is None])
    near = load_schedules(rotations, floor, now + longest)
    known = _load_known_ends(floor)
    due = [
        schedule.rotation.pk
        for schedule in near
        if find_ends(schedule, floor, now + _before(notice, schedule.rotation)) - known[schedule.rotation.pk]
    ]
    opened, missed = _open_all(due, notice, floor, now) if due else (0, None)
    _keep_floor(min(now, missed - INSTANT) if missed else now)
    return opened


def _find_floor(now: dt.datetime) -> dt.datetime:
    """Changes after this are looked for. A clock that was put back must not hide what is ahead."""
    sweep = OpeningSweep.objects.first()
    return max(min(sweep.looked_until, now), now - MOST_LATE) if sweep else now


def _keep_floor(until: dt.datetime) -> None:
    OpeningSweep.objects.bulk_create(
        [OpeningSweep(pk=1, looked_until=until)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["looked_until"],
    )


def _load_notice() -> dict[int, dt.timedelta | None]:
    """How long before the change, by rotation, for those with a policy; None where handoffs are opened by hand only."""
    rows = Policy.objects.filter(rotation__ended_at__isnull=True)
    return {
        rotation: dt.timedelta(minutes=minutes) if is_automatic else None
        for rotation, minutes, is_automatic in rows.values_list("rotation_id", "open_before", "is_automatic")
    }


def _load_known_ends(floor: dt.datetime) -> dict[int, set[dt.datetime]]:
    """Ends of turns that have their handoff, by rotation: what is open needs no second look each minute."""
    rows = Handoff.objects.filter(shift_ends_at__gt=floor).exclude(state=State.LAPSED)
    known = defaultdict[int, set[dt.datetime]](set)
    for rotation, end in rows.values_list("rotation_id", "shift_ends_at"):
        known[rotation].add(end)
    return known


def _before(notice: dict[int, dt.timedelta | None], rotation: Rotation) -> dt.timedelta:
    return notice.get(rotation.pk) or OPEN_BEFORE


def _open_all(
    due: Sequence[int], notice: dict[int, dt.timedelta | None], floor: dt.datetime, now: dt.datetime
) -> tuple[int, dt.datetime | None]:
    """How many were opened, and the end of the first turn whose handoff could not be."""
    longest = max(notice.get(pk) or OPEN_BEFORE for pk in due)
    schedules = load_schedules(Rotation.objects.filter(pk__in=due), floor - BEFORE, now + longest + AFTER)
    found = [
        (schedule, change)
        for schedule in schedules
        for change in find_turnovers(schedule, floor, now + _before(notice, schedule.rotation))
    ]
    opened, failed = 0, list[dt.datetime]()
    for schedule, change in _leave_out_settled(found):
        try:
            opened += _open(schedule, change, now)
        except (InterfaceError, OperationalError):
            raise  # the database is away: the next sweep finds everything as it is
        except Exception:
            log.exception("no handoff of rotation %s could be opened", schedule.rotation.pk)
            failed.append(change.ends_at)
    return opened, min(failed, default=None)


def _leave_out_settled(
    found: Sequence[tuple[RotationSchedule, ShiftChange]],
) -> list[tuple[RotationSchedule, ShiftChange]]:
    """The changes that need a handoff; one query."""
    if not found:
        return []
    rotations = {schedule.rotation.pk for schedule, _ in found}
    first = min(change.starts_at for _, change in found)
    known = _load_known(rotations, first)
    return [
        (schedule, change)
        for schedule, change in found
        if not any(_settles(row, change) for row in known if row.rotation_id == schedule.rotation.pk)
    ]


def _load_known(rotations: Iterable[int], since: dt.datetime) -> list[Handoff]:
    by_somebody = HandoffEvent.objects.filter(handoff=OuterRef("pk"), kind=EventKind.LAPSED, person__isnull=False)
    rows = Handoff.objects.filter(rotation__in=rotations, changes_at__gte=since)
    return list(rows.annotate(was_called_off=Exists(by_somebody)))


def _settles(row: Handoff, change: ShiftChange) -> bool:
    """Whether that handoff is the one of the change, or makes it needless.

    One that lapsed because the schedule changed does not: the change may be back. One that is submitted is not moved any
    more, so it stands for its turn although the turn now ends at another time.
    """
    if row.state == State.LAPSED:
        return row.changes_at == change.changes_at and bool(vars(row)["was_called_off"])
    if row.changes_at == change.changes_at:
        return True
    if row.state == State.ACCEPTED:
        return row.changes_at > change.changes_at
    same_people = (row.outgoing_id, row.incoming_id) == (change.outgoing.pk, change.incoming.pk)
    return row.state == State.SUBMITTED and same_people and row.shift_starts_at == change.starts_at


def _open(schedule: RotationSchedule, change: ShiftChange, now: dt.datetime) -> bool:
    """Whether it was this worker that opened it."""
    with transaction.atomic():
        Rotation.objects.select_for_update(no_key=True).get(pk=schedule.rotation.pk)
        known = _load_known([schedule.rotation.pk], change.starts_at)
        if any(_settles(row, change) for row in known):
            return False
        try:
            with transaction.atomic():
                handoff = open_handoff(schedule.rotation, change, user=None, now=now)
        except IntegrityError as error:
            if "handoff_once_per_change" not in str(error):
                raise
            return False
        _tell_of_gap(handoff, schedule, change, now)
    return True


def _tell_of_gap(handoff: Handoff, schedule: RotationSchedule, change: ShiftChange, now: dt.datetime) -> None:
    """It is opened although nobody is on call after the change: somebody has to know what the night was like."""
    gap = find_gap(schedule, change.ends_at)
    if gap is None:
        return
    span = say_span(Span(max(gap.span.start, change.ends_at), gap.span.end), schedule.rotation.team.time_zone)
    record(handoff, EventKind.PEOPLE, f"Nobody is on call after this shift: {span}", person=None, now=now)
