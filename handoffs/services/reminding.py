"""Handoffs that nobody has accepted: a reminder, then the backup, then the team's lead; each step once.

The row says which step comes next and when, so nothing has to be remembered between two sweeps. Each handoff is taken in a
transaction of its own with its row held: any number of workers may sweep, and one that dies in the middle leaves it as it was.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, Value
from django.db.models.functions import Cast, Coalesce

from accounts.models import User
from handoffs.models import EventKind, Handoff, Policy
from handoffs.models.handoff import HandoffQuerySet
from handoffs.services.events import record
from handoffs.services.late_words import (
    find_actor,
    find_backup,
    say_action,
    say_done,
    say_next,
    say_state,
    say_subject,
    say_task,
)
from oncall.models import Channel, Kind, Notification
from oncall.outbox import notify, withdraw
from oncall.outbox.notifying import find_team_recipients

INCOMING, BACKUP, LEAD = 1, 2, 3  # the steps, as `Handoff.reminders` counts them
DEFAULT_MINUTES = int(Policy._meta.get_field("late_after").default)
MINUTE = dt.timedelta(minutes=1)
BATCH = 200  # handoffs of one sweep; the next one goes on
STEP_BACK = MINUTE  # a step this much further away than it can be: the clock was put back

log = logging.getLogger("handoffs.reminding")


def remind_late(now: dt.datetime, size: int = BATCH) -> int:
    """Take the next step for each handoff that is late at `now` (aware), at most `size`; how many steps were taken."""
    _mend_clock(now)
    done, skip = 0, set[int]()
    while done + len(skip) < size:
        row: Handoff | None = None
        try:
            with transaction.atomic():
                row = _claim(now, skip)
                if row is None:
                    break
                _take_step(row, now)
                done += 1
        except (InterfaceError, OperationalError):
            raise  # the database is away: the next sweep finds everything as it is
        except Exception:
            if row is None:
                raise
            log.exception("the reminder of handoff %s failed", row.pk)
            skip.add(row.pk)  # the others must not wait for it; the next sweep tries again
    return done


def stop_reminding(handoff: Handoff, *, now: dt.datetime) -> None:
    """Send nothing more of what was queued: it was accepted, or it has lapsed. In the transaction of that."""
    withdraw(f"handoff-late:{handoff.pk}:", reason="The handoff is no longer late.", now=now)


def find_late(now: dt.datetime) -> HandoffQuerySet:
    """Handoffs for which the next step is due; the longest due first. `minutes` is how long each step waits."""
    own = Coalesce(F("rotation__handoff_policy__late_after"), Value(DEFAULT_MINUTES), output_field=IntegerField())
    wait = ExpressionWrapper(Cast(own, IntegerField()) * Value(MINUTE, DurationField()), DurationField())
    first = ExpressionWrapper(F("changes_at") + wait, DateTimeField())
    rows = Handoff.objects.open().filter(reminders__lt=LEAD, changes_at__lte=now, is_example=False)
    rows = rows.annotate(minutes=own, due_at=Coalesce("remind_at", first))
    return rows.filter(due_at__lte=now).order_by("due_at", "pk")


def _claim(now: dt.datetime, skip: Collection[int]) -> Handoff | None:
    """The longest due, with its row held; a row that somebody else holds is being accepted, or swept by another."""
    people = ("team", "rotation__team", "outgoing", "incoming", "backup")
    rows = find_late(now).exclude(pk__in=skip).select_related(*people)
    return rows.select_for_update(skip_locked=True, of=("self",)).first()


def _take_step(handoff: Handoff, now: dt.datetime) -> None:
    """Tell whoever is next, write it into the history, and set when the step after it is due."""
    minutes: int = vars(handoff)["minutes"]
    step = handoff.reminders + 1
    if step == BACKUP and find_backup(handoff) is None:
        step = LEAD
    told = _tell(handoff, step, minutes, now)
    passed = int((now - handoff.changes_at) / MINUTE)
    record(handoff, EventKind.REMINDED, say_done(handoff, told, passed), person=None, now=now)
    following = now + minutes * MINUTE if step < LEAD else None
    Handoff.objects.filter(pk=handoff.pk).update(reminders=step, remind_at=following)


def _tell(handoff: Handoff, step: int, minutes: int, now: dt.datetime) -> list[str]:
    """The step's messages; whom they are for. Whoever has to act is told at every step, and each person once."""
    recipients: list[User | Channel] = []
    if step == INCOMING:
        recipients += [find_actor(handoff), handoff.outgoing, handoff.incoming]
    if step == BACKUP:
        recipients += [one for one in (find_backup(handoff), find_actor(handoff)) if one is not None]
    if step == LEAD:
        recipients += [*find_team_recipients(handoff.team), find_actor(handoff)]
    written = [_notify(handoff, to, step, minutes, now) for to in dict.fromkeys(recipients)]
    return [said.to for said in written if said is not None]


def _notify(handoff: Handoff, to: User | Channel, step: int, minutes: int, now: dt.datetime) -> Notification | None:
    person = to if isinstance(to, User) else None
    zone = person.time_zone if person else handoff.team.time_zone
    parts = [say_state(handoff, zone), say_task(handoff, person), say_next(handoff, step, minutes)]
    return notify(
        key=f"handoff-late:{handoff.pk}:{step}:{'user' if person else 'channel'}:{to.pk}",
        kind=Kind.HANDOFF,
        to=to,
        subject=say_subject(handoff),
        text="\n\n".join(part for part in parts if part),
        now=now,
        url=handoff.get_absolute_url(),
        action=say_action(handoff, to),
    )


def _mend_clock(now: dt.datetime) -> None:
    """After a clock was put back, let nobody wait for the time that it shows twice: no step is further away than its wait."""
    rows = Handoff.objects.open().filter(remind_at__gt=now + STEP_BACK, reminders__lt=LEAD)
    for pk, own, at in rows.values_list("pk", "rotation__handoff_policy__late_after", "remind_at"):
        latest = now + (own or DEFAULT_MINUTES) * MINUTE
        if at is not None and at > latest + STEP_BACK:
            Handoff.objects.filter(pk=pk, remind_at=at, reminders__lt=LEAD).update(remind_at=latest)
