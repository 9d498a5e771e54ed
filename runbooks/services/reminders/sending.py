"""Whose morning it is, zone by zone, and everybody in it once.

The rows decide: a person's morning and each line that was told are written with the message, and a zone is done for the day
when everybody in it was looked at. So a run may be killed, doubled or late, and the next one goes on from there. Somebody who
has nothing to hear costs a share of a few queries once a day, and no row.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError

from accounts.models import User
from oncall.rota.clock import UnknownZone, zone_named
from runbooks.models import ReminderZone
from runbooks.services.reminders.finding import find_lines
from runbooks.services.reminders.loading import load_facts
from runbooks.services.reminders.telling import tell_morning

FROM_HOUR = 9  # of a person's day; until midnight, in case nobody was there to send
PEOPLE_AT_ONCE = 50  # looked at together, which bounds the memory

log = logging.getLogger("runbooks.reminders")


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a run: lines that were told, and how many people they went to."""

    reminders: int = 0
    people: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(self.reminders + other.reminders, self.people + other.people)


def send_due(now: dt.datetime) -> Sent:
    """Write the messages of everybody whose own clock shows 09:00 or later at `now` (aware) and who was not looked at today.

    May run as often as it likes, and several times at once.
    """
    sent = Sent()
    for zone, today in _find_mornings(now):
        sent += _look_after(zone, today, now)
    return sent


def _find_mornings(now: dt.datetime) -> list[tuple[str, dt.date]]:
    """Zones in which somebody lives, it is late enough, and the day is not done yet."""
    done = dict(ReminderZone.objects.values_list("time_zone", "day"))
    names = User.objects.filter(is_active=True).order_by().values_list("time_zone", flat=True).distinct()
    found = []
    for name in sorted(names):
        local = _tell_time(name, now)
        if local.hour >= FROM_HOUR and done.get(name) != local.date():
            found.append((name, local.date()))
    return found


def _tell_time(zone: str, now: dt.datetime) -> dt.datetime:
    """What a clock shows there; a zone that nobody knows any more counts as UTC."""
    try:
        return now.astimezone(zone_named(zone))
    except UnknownZone:
        return now.astimezone(dt.UTC)


def _look_after(zone: str, today: dt.date, now: dt.datetime) -> Sent:
    """Everybody of a zone, and then a note that it is done, unless something failed: then the next run tries again."""
    sent, is_whole = Sent(), True
    for people in _take_people(zone):
        facts = load_facts(people, today, now)
        for person in people:
            lines = find_lines(person, facts, today)
            if not lines:
                continue
            try:
                told = tell_morning(person, lines, today, now)
            except (InterfaceError, OperationalError):
                raise  # the database is away: the next run finds everything as it is
            except Exception:
                log.exception("the morning of person %s failed", person.pk)
                is_whole = False
                continue
            sent += Sent(told, 1 if told else 0)
    if is_whole:
        _note_done(zone, today, now)
    return sent


def _note_done(zone: str, today: dt.date, now: dt.datetime) -> None:
    ReminderZone.objects.bulk_create(
        [ReminderZone(time_zone=zone, day=today, looked_at=now)],
        update_conflicts=True,
        unique_fields=["time_zone"],
        update_fields=["day", "looked_at"],
    )


def _take_people(zone: str) -> Iterator[list[User]]:
    """The active people of a zone, some at a time, with what decides what they may see."""
    last = 0
    while True:
        rows = User.objects.with_access().filter(time_zone=zone, is_active=True, pk__gt=last)
        people = list(rows.order_by("pk")[:PEOPLE_AT_ONCE])
        if people:
            yield people
        if len(people) < PEOPLE_AT_ONCE:
            return
        last = people[-1].pk
