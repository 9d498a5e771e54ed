"""One person's morning: the claim, the lines that still hold, and the message, in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from oncall.models import Kind, Notification
from oncall.outbox import Item, notify
from runbooks.models import Reminder, ReminderMorning
from runbooks.review_links import NOT_MINE, RIGHT, SNOOZE, make_answer_path
from runbooks.services.reminders.finding import Line
from runbooks.services.reminders.reading import Reading, read_lines
from runbooks.services.reminders.words import Said, say_line, say_subject

MOST_LINES = 20  # written out; the rest is told by number, and stands in the queue
ANSWERS = (("Still right", RIGHT), ("Snooze", SNOOZE), ("Not mine", NOT_MINE))
INTRODUCTION = (
    "Please look at these runbooks; what matters most comes first. Each link opens a page on which one click answers."
)


@transaction.atomic
def tell_morning(person: User, lines: list[Line], today: dt.date, now: dt.datetime) -> int:
    """Tell a person (loaded with their access) what they have not heard; how many lines that were.

    The person's row is held, so whoever else looks after the same morning, or another one of theirs, comes before or after.
    """
    held = User.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("is_active", flat=True)
    if not held.first() or ReminderMorning.objects.filter(person=person, day=today).exists():
        return 0
    reading = read_lines(person, _leave_out_told(person, lines), today)
    if not reading:
        return 0
    notification = _write(person, [said for _, said in reading], today, now)
    if notification is None:
        return 0
    ReminderMorning.objects.create(person=person, day=today, looked_at=now, notification=notification)
    Reminder.objects.bulk_create(_make_rows(person, reading, notification, now), batch_size=1000)
    return len(reading)


def _leave_out_told(person: User, lines: Iterable[Line]) -> list[Line]:
    """The lines with those keys that were not told meanwhile."""
    lines = list(lines)
    keys = {key for line in lines for key in line.keys}
    rows = Reminder.objects.filter(person=person, key__in=keys, runbook__in={line.runbook_id for line in lines})
    told = set(rows.order_by().values_list("runbook_id", "key"))
    fresh = [
        Line(line.runbook_id, tuple(key for key in line.keys if (line.runbook_id, key) not in told), line.task_id)
        for line in lines
    ]
    return [line for line in fresh if line.keys]


def _write(person: User, lines: list[Said], today: dt.date, now: dt.datetime) -> Notification | None:
    queue = f"{reverse('reviews:queue')}?mine=1"
    items = [_make_item(person, line, today) for line in lines[:MOST_LINES]]
    more = len(lines) - len(items)
    if more:
        items.append(Item(f"and {more} more", url=queue))
    return notify(
        key=f"reviews:{person.pk}:{today}",
        kind=Kind.REVIEW,
        to=person,
        subject=say_subject(lines, today),
        text=INTRODUCTION,
        now=now,
        url=queue,
        action="Open your reviews",
        items=items,
    )


def _make_item(person: User, said: Said, today: dt.date) -> Item:
    """A line, and its answers; a task has its page alone."""
    url = reverse("runbooks:review", args=said.address)
    if said.task:
        return Item(say_line(said, today), url=url)
    links = tuple(
        (label, make_answer_path(person.pk, said.runbook_id, said.version_id, what, said.next_review_on))
        for label, what in ANSWERS
    )
    return Item(say_line(said, today), links, url)


def _make_rows(person: User, reading: Reading, notification: Notification, now: dt.datetime) -> list[Reminder]:
    return [
        Reminder(person=person, runbook_id=line.runbook_id, key=key, notification=notification, told_at=now)
        for line, _ in reading
        for key in line.keys
    ]
