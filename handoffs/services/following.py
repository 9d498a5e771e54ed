"""Handoffs that are being written follow the schedule: a swap after the opening changes who takes over, or when.

Only what the schedule said is followed. Where somebody chose the people by hand, and once it is submitted, it stays.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from accounts.models import User
from handoffs.models import OPEN, EventKind, Handoff, State
from handoffs.services.events import record
from handoffs.services.locking import lock_handoff
from handoffs.services.opening import ShiftChange
from handoffs.services.turnover import AFTER, BEFORE, find_turnovers
from oncall.models import Kind, Rotation
from oncall.outbox import notify
from oncall.schedule import RotationSchedule, load_schedule, load_schedules
from oncall.services import held
from oncall.services.moments import say_both, say_moment

MOST_MOVED = dt.timedelta(hours=24)  # a change that goes further away than this is another one
INSTANT = dt.timedelta(microseconds=1)

log = logging.getLogger("handoffs.following")


def follow_open(now: dt.datetime) -> int:
    """Bring every handoff that is being written into line with its schedule; how many changed. Nine queries where none does."""
    rows = list(_followed(now))
    if not rows:
        return 0
    start, end = min(_window(row)[0] for row in rows), max(_window(row)[1] for row in rows)
    rotations = Rotation.objects.filter(pk__in={row.rotation_id for row in rows})
    schedules = {one.rotation.pk: one for one in load_schedules(rotations, start - BEFORE, end + AFTER)}
    changed = 0
    for row in rows:
        change = find_its_change(schedules[row.rotation_id], row)
        if change is not None and not _differs(row, change):
            continue
        try:
            changed += follow_schedule(row, now)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            log.exception("handoff %s could not follow its schedule", row.pk)
    return changed


@transaction.atomic
def follow_schedule(handoff: Handoff, now: dt.datetime) -> bool:
    """Bring a handoff that is being written into line with its schedule; whether anything changed. Its people are told.

    Where the change of shift is gone, it lapses, unless somebody has written into it: then a line says so, once.
    """
    handoff = lock_handoff(handoff)
    if not handoff.is_open or not handoff.follows_schedule or handoff.changes_at <= now:
        return False
    start, end = _window(handoff)
    change = find_its_change(load_schedule(handoff.rotation, start - BEFORE, end + AFTER), handoff)
    if change is None or _is_taken(handoff, change):
        return _give_up(handoff, now)
    if not _differs(handoff, change):
        return False
    if handoff.state == State.SUBMITTED:
        _take_back(handoff, change, now)
    _move(handoff, change, _differences(handoff, change), now)
    return True


def find_its_change(schedule: RotationSchedule, handoff: Handoff) -> ShiftChange | None:
    """What the schedule says now of the change that the handoff was opened for; None where it is gone.

    It is the change at the same moment, or else the end of the same person's turn, wherever that is by now.
    """
    changes = find_turnovers(schedule, *_window(handoff))
    at_its_time = [change for change in changes if change.changes_at == handoff.changes_at]
    own = [change for change in changes if change.outgoing.pk == handoff.outgoing_id and _overlaps(change, handoff)]
    exact = [change for change in at_its_time if change.outgoing.pk == handoff.outgoing_id]
    nearest = sorted(own, key=lambda change: abs(change.ends_at - handoff.shift_ends_at))
    return next(iter([*exact, *nearest, *at_its_time]), None)


def _followed(now: dt.datetime) -> Iterable[Handoff]:
    rows = Handoff.objects.filter(state__in=OPEN, follows_schedule=True, changes_at__gt=now, is_example=False)
    return rows.select_related("rotation__team", "team", "outgoing", "incoming", "backup").order_by("pk")


def _window(handoff: Handoff) -> tuple[dt.datetime, dt.datetime]:
    """Turns that end in this time can be its own: what was before the opening can't be changed any more."""
    return min(handoff.opened_at, handoff.shift_ends_at) - INSTANT, handoff.shift_ends_at + MOST_MOVED


def _overlaps(change: ShiftChange, handoff: Handoff) -> bool:
    return change.starts_at < handoff.shift_ends_at and change.ends_at > handoff.shift_starts_at


def _differences(handoff: Handoff, change: ShiftChange) -> list[str]:
    """What the schedule says otherwise than the handoff, each as the beginning of a sentence."""
    backup = change.backup.pk if change.backup else None
    said = []
    if handoff.outgoing_id != change.outgoing.pk:
        said.append(f"Outgoing is now {change.outgoing}")
    if handoff.incoming_id != change.incoming.pk:
        said.append(f"Incoming is now {change.incoming}")
    if handoff.backup_id != backup:
        said.append(f"Backup is now {change.backup}" if change.backup else "There is no backup any more")
    if (handoff.shift_ends_at, handoff.changes_at) != (change.ends_at, change.changes_at):
        said.append(f"The shift changes {say_moment(change.changes_at, handoff.team.time_zone)}")
    return said


def _differs(handoff: Handoff, change: ShiftChange) -> bool:
    """Whether anything has to be written. Another beginning or end of the window around it is not worth a message.

    A turn can only begin later than was thought, as when somebody stood in for a part of it.
    """
    is_window_other = handoff.next_ends_at != change.next_ends_at or handoff.shift_starts_at < change.starts_at
    if handoff.state == State.SUBMITTED:  # what was signed is taken back only where it names the wrong people or moment
        other = (handoff.outgoing_id, handoff.incoming_id, handoff.changes_at)
        return other != (change.outgoing.pk, change.incoming.pk, change.changes_at)
    return is_window_other or bool(_differences(handoff, change))


def _take_back(handoff: Handoff, change: ShiftChange, now: dt.datetime) -> None:
    """It was signed for somebody else, or for another moment: whoever hands over looks at it again and signs anew."""
    handoff.state = State.RETURNED
    handoff.save(update_fields=["state"])
    what = ", ".join(_differences(handoff, change))
    text = f"returned it, to be signed again: {what}, as the schedule changed"
    record(handoff, EventKind.RETURNED, text, person=None, now=now)


def _move(handoff: Handoff, change: ShiftChange, said: Sequence[str], now: dt.datetime) -> None:
    concerned = _people(handoff)
    handoff.outgoing, handoff.incoming, handoff.backup = change.outgoing, change.incoming, change.backup
    handoff.shift_starts_at, handoff.shift_ends_at = change.starts_at, change.ends_at
    handoff.changes_at, handoff.next_ends_at = change.changes_at, change.next_ends_at
    handoff.save(
        update_fields=[
            "outgoing",
            "incoming",
            "backup",
            "shift_starts_at",
            "shift_ends_at",
            "changes_at",
            "next_ends_at",
        ]
    )
    if not said:
        return
    url = handoff.get_absolute_url()
    held.hold(handoff.rotation, change.outgoing, change.incoming, change.changes_at, url, now=now)
    text = f"{', '.join(said)}, as the schedule changed"
    event = record(handoff, EventKind.PEOPLE, text, person=None, now=now)
    _tell(handoff, concerned | _people(handoff), f"people:{event.pk}", f"{text}.", now)


def _give_up(handoff: Handoff, now: dt.datetime) -> bool:
    """There is nothing to hand over any more: it lapses, or where words would be lost, it says so once."""
    text = f"As the schedule changed, {handoff.outgoing} goes on, and there is no change of shift"
    if _is_written(handoff):
        last = handoff.events.filter(kind=EventKind.PEOPLE).order_by("-pk").values_list("text", flat=True).first()
        if last == text:
            return False
        record(handoff, EventKind.PEOPLE, text, person=None, now=now)
        return True
    handoff.state, handoff.lapse_reason = State.LAPSED, f"{text}."
    handoff.save(update_fields=["state", "lapse_reason"])
    held.call_off(handoff.rotation, handoff.get_absolute_url(), now=now)
    record(handoff, EventKind.LAPSED, f"{text}, so the handoff has lapsed", person=None, now=now)
    _tell(handoff, _people(handoff), "gone", f"{text}. The handoff has lapsed; nothing was written into it.", now)
    return True


def _is_written(handoff: Handoff) -> bool:
    """Whether anybody has put anything into it that should not be lost."""
    if handoff.round or handoff.summary or handoff.urgent or handoff.context:
        return True
    ticks = handoff.ticks.filter(Q(done_by__isnull=False) | ~Q(note=""))
    return ticks.exists() or handoff.entry_notes.exists() or handoff.questions.exists()


def _is_taken(handoff: Handoff, change: ShiftChange) -> bool:
    """Whether the moment it would move to has a handoff of its own."""
    rows = Handoff.objects.filter(rotation=handoff.rotation_id, changes_at=change.changes_at)
    return rows.exclude(state=State.LAPSED).exclude(pk=handoff.pk).exists()


def _people(handoff: Handoff) -> set[User]:
    return {person for person in (handoff.outgoing, handoff.incoming, handoff.backup) if person is not None}


def _tell(handoff: Handoff, people: Iterable[User], cause: str, text: str, now: dt.datetime) -> None:
    for person in sorted(people, key=lambda one: one.pk):
        when = say_both(handoff.changes_at, person.time_zone, handoff.team.time_zone)
        notify(
            key=f"handoff:{handoff.pk}:{cause}:user:{person.pk}",
            kind=Kind.HANDOFF,
            to=person,
            subject=f"{handoff.rotation}: the handoff from {handoff.outgoing} to {handoff.incoming} changed",
            text=f"{text}\n\nThe shift of {handoff.team} · {handoff.rotation} was to change on {when}."
            if handoff.state == State.LAPSED
            else f"{text}\n\nThe shift of {handoff.team} · {handoff.rotation} changes on {when}.",
            now=now,
            url=handoff.get_absolute_url(),
            action="Open the handoff",
        )
